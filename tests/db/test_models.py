from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from core.services.curation import label
from core.workspace import Workspace
from db.enums import Emotion, Split
from db.models import Dataset, Image


@pytest.mark.parametrize(
    "change", ["UPDATE label_event SET new = 'sad'", "DELETE FROM label_event"]
)
def test_a_label_event_can_never_be_changed(
    workspace: Workspace, add_faces: Callable[..., int], change: str
):
    add_faces([(Split.TRAIN, Emotion.HAPPY, 10)])
    label(workspace, 1, Emotion.SAD, annotator="ada")
    with (
        pytest.raises(IntegrityError, match="append-only"),
        workspace.writing() as session,
    ):
        session.execute(text(change))


def test_two_data_sets_cannot_share_a_name(workspace: Workspace, add_faces: Callable[..., int]):
    add_faces([], name="twice")
    with pytest.raises(IntegrityError):
        add_faces([], name="twice")


def test_one_source_path_cannot_be_stored_twice_in_a_data_set(
    workspace: Workspace, add_faces: Callable[..., int]
):
    add_faces([(Split.TRAIN, Emotion.HAPPY, 10)])
    with workspace.writing() as session:
        image = session.get_one(Image, 1)
        columns = {c.key: getattr(image, c.key) for c in Image.__table__.columns if c.key != "id"}
    with pytest.raises(IntegrityError), workspace.writing() as session:
        session.add(Image(**columns))


def test_an_image_needs_a_data_set(workspace: Workspace):
    with pytest.raises(IntegrityError), workspace.writing() as session:
        session.execute(
            text(
                "INSERT INTO image VALUES (1, 99, 'a', 'train', 'sad', 'sad', 'kept', NULL,"
                " '', '', 0, 48, 48, 'train')"
            )
        )


def test_times_come_back_in_utc_whatever_zone_they_went_in_with(workspace: Workspace):
    noon_in_delhi = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with workspace.writing() as session:
        session.add(Dataset(name="delhi", created_at=noon_in_delhi))
    with workspace.reading() as session:
        stored = session.get_one(Dataset, 1).created_at
    assert stored == datetime(2026, 5, 1, 6, 30, tzinfo=UTC)
    assert stored.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(workspace: Workspace):
    naive = datetime(2026, 5, 1, 12)  # noqa: DTZ001  (the point of this test)
    with pytest.raises(StatementError, match="no time zone"), workspace.writing() as session:
        session.add(Dataset(name="naive", created_at=naive))
