from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from db.enums import Emotion, ImageState, Split
from db.models import Image, ImageBlob
from db.repositories import datasets, images
from db.rows import NewImage


def new_image(path):
    return NewImage(
        source_path=path,
        split=Split.TRAIN,
        label=Emotion.SAD,
        file_sha256="f" + path,
        pixel_sha256="p" + path,
        phash=-(2**63),
        width=3,
        height=2,
        content=path.encode(),
    )


@pytest.fixture
def dataset_id(workspace):
    with workspace.writing() as session:
        return datasets.create(session, "faces", now=datetime.now(UTC)).id


def test_images_are_stored_in_order_with_their_bytes(workspace, dataset_id):
    with workspace.writing() as session:
        images.insert_all(session, dataset_id, [new_image("b"), new_image("a")])
    with workspace.reading() as session:
        statement = select(Image.source_path, ImageBlob.content).join(ImageBlob).order_by(Image.id)
        assert [tuple(row) for row in session.execute(statement)] == [("b", b"b"), ("a", b"a")]


def test_a_new_image_is_kept_and_has_its_label_as_the_original_one(workspace, dataset_id):
    with workspace.writing() as session:
        images.insert_all(session, dataset_id, [new_image("a")])
    with workspace.reading() as session:
        stored = session.scalars(select(Image)).one()
        assert (stored.label, stored.original_label) == (Emotion.SAD, Emotion.SAD)
        assert (stored.state, stored.phash) == (ImageState.KEPT, -(2**63))
        assert (stored.width, stored.height) == (3, 2)


def test_file_hashes_are_those_of_one_data_set(workspace, dataset_id):
    with workspace.writing() as session:
        other = datasets.create(session, "other", now=datetime.now(UTC)).id
        images.insert_all(session, dataset_id, [new_image("a")])
        images.insert_all(session, other, [new_image("a"), new_image("b")])
        assert images.file_hashes(session, dataset_id) == {"a": "fa"}


def test_a_path_is_stored_once_a_data_set(workspace, dataset_id):
    with pytest.raises(IntegrityError), workspace.writing() as session:
        images.insert_all(session, dataset_id, [new_image("a"), new_image("a")])


def test_nothing_to_store_is_no_error(workspace, dataset_id):
    with workspace.writing() as session:
        images.insert_all(session, dataset_id, [])
        assert images.file_hashes(session, dataset_id) == {}
