"""What is known about a face: its copies, its nearest others, its past, what a run said."""

import numpy as np
import pytest

from core.errors import UnknownImageError
from core.services import curation, datasets, inspecting
from core.workspace import Workspace
from db.enums import Emotion, Split
from db.models import Image


def dataset_id(workspace: Workspace) -> int:
    return datasets.find_dataset(workspace, "faces").id


def test_copies_are_told_from_look_alikes_and_the_nearest_comes_first(workspace, add_faces):
    set_id = add_faces([(Split.TRAIN, Emotion.SAD, shade) for shade in (7, 7, 8, 9, 10)])
    hashes = (0, 0, 0b111, 0b1, -1)  # -1: all 64 bits differ from 0
    with workspace.writing() as session:
        for image_id, phash in enumerate(hashes, start=1):
            session.get(Image, image_id).phash = phash
    found = inspecting.details(workspace, set_id, 1)
    assert [twin.id for twin in found.twins] == [2]
    near = [(one.image.id, one.distance_bits) for one in found.look_alikes]
    assert near == [(4, 1), (3, 3), (5, 64)]


def test_look_alikes_agree_with_comparing_all(workspace, add_faces):
    set_id = add_faces([(Split.TRAIN, Emotion.SAD, shade) for shade in range(40)])
    hashes = np.random.default_rng(0).integers(-(2**63), 2**63 - 1, 40)
    with workspace.writing() as session:
        for image_id, phash in enumerate(hashes, start=1):
            session.get(Image, image_id).phash = int(phash)
    found = inspecting.details(workspace, set_id, 5).look_alikes
    distances = {
        other + 1: bin((int(hashes[4]) ^ int(hashes[other])) % 2**64).count("1")
        for other in range(40)
        if other != 4
    }
    nearest = sorted(distances, key=lambda image_id: (distances[image_id], image_id))
    assert [one.image.id for one in found] == nearest[: inspecting.N_LOOK_ALIKES]


def test_an_import_is_seen_by_the_next_question(workspace, add_faces):
    set_id = add_faces([(Split.TRAIN, Emotion.SAD, 1)])
    assert inspecting.details(workspace, set_id, 1).look_alikes == []
    with workspace.writing() as session:
        first = session.get(Image, 1)
        columns = {c.name: getattr(first, c.name) for c in Image.__table__.columns}
        added = {"id": 2, "source_path": "new.png", "pixel_sha256": "f" * 64}
        session.add(Image(**(columns | added)))
    assert [one.image.id for one in inspecting.details(workspace, set_id, 1).look_alikes] == [2]


def test_the_past_of_a_face_is_newest_first(workspace, add_faces):
    set_id = add_faces([(Split.TRAIN, Emotion.SAD, 1), (Split.TRAIN, Emotion.SAD, 2)])
    for emotion in (Emotion.FEAR, Emotion.ANGRY):
        curation.label(workspace, 1, emotion, annotator="ada")
    curation.label(workspace, 2, Emotion.FEAR, annotator="ada")
    events = inspecting.details(workspace, set_id, 1).events
    assert [event.new for event in events] == ["angry", "fear"]


def test_a_run_says_what_it_predicted_and_nothing_of_faces_it_was_not_tested_on(workspace, fill):
    fill(workspace)
    table = inspecting.results.predictions(workspace, 1)
    row = table.iloc[3]
    found = inspecting.prediction(workspace, 1, int(row["image_id"]))
    assert found.predicted.value == row["predicted"]
    assert sum(found.probabilities) == pytest.approx(1)
    assert max(found.probabilities) == found.probabilities[list(Emotion).index(found.predicted)]
    assert inspecting.prediction(workspace, 1, 1) is None


def test_a_face_of_another_data_set_is_unknown(workspace, add_faces):
    set_id = add_faces([(Split.TRAIN, Emotion.SAD, 1)])
    add_faces([(Split.TRAIN, Emotion.SAD, 1)], name="other")
    for question in (inspecting.details, inspecting.content):
        with pytest.raises(UnknownImageError):
            question(workspace, set_id, 2)
    assert [row.id for row in inspecting.rows(workspace, set_id, [2, 1, 99])] == [1]
