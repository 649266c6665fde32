"""What became of a data set between import and a version."""

import pytest

from core.services import curation, datasets, duplicates, undoing, versions
from core.services.report.cleaning import NOT_DROPPED, version_record, work_record
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, Split
from db.repositories import labels

HAPPY, SAD = Emotion.HAPPY, Emotion.SAD


@pytest.fixture
def cleaned(workspace: Workspace, add_faces) -> Workspace:
    """Six faces: a copy across splits, one relabeled, one moved, one dropped."""
    add_faces([
        (Split.TRAIN, HAPPY, 10), (Split.TRAIN, HAPPY, 20), (Split.TRAIN, SAD, 30),
        (Split.VALIDATION, SAD, 10), (Split.VALIDATION, SAD, 40), (Split.TRAIN, SAD, 50),
    ])  # fmt: skip
    curation.label(workspace, 2, SAD, annotator="ada")
    curation.drop(workspace, 6, annotator="bo", reason="blank")
    with workspace.writing() as session:
        labels.set_splits(session, [5], Split.TRAIN)
    return workspace


def test_a_record_tells_what_was_left_out_relabeled_and_moved(cleaned: Workspace):
    version = versions.freeze(cleaned, "faces")
    record = version_record(cleaned, version.id)
    assert (record.n_imported, record.version.n_images, record.is_current) == (6, 5, True)
    assert record.left_out == {"blank": 1}
    assert record.relabeled[EMOTIONS.index(HAPPY), EMOTIONS.index(SAD)] == 1
    assert record.relabeled.sum() == 5
    assert record.moved.tolist() == [[3, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert list(record.counts) == datasets.counts(cleaned, 1)


def test_copies_of_a_version_are_those_of_the_data_set_it_froze(cleaned: Workspace):
    version = versions.freeze(cleaned, "faces")
    then = duplicates.exact_report(cleaned, 1)
    assert (then.groups, then.leakage[Split.VALIDATION].images) == (1, 1)
    duplicates.dedupe(cleaned, 1, annotator="ada")
    assert version_record(cleaned, version.id).copies == then


def test_a_version_stays_as_it_was_while_the_data_goes_on(cleaned: Workspace):
    before = version_record(cleaned, versions.freeze(cleaned, "faces").id)
    curation.label(cleaned, 1, SAD, annotator="ada")
    curation.restore(cleaned, 6, annotator="bo")
    after = version_record(cleaned, before.version.id)
    assert not after.is_current
    assert after.left_out == {NOT_DROPPED: 1}
    assert (after.relabeled == before.relabeled).all()


def test_work_is_told_by_person_kind_and_reason_in_the_order_it_began(cleaned: Workspace):
    curation.drop(cleaned, 1, annotator="bo", reason="blank")
    undoing.undo(cleaned, curation.label(cleaned, 3, HAPPY, annotator="ada").batch, annotator="bo")
    told = [tuple(one[:5]) for one in work_record(cleaned, 1)]
    assert told == [
        ("ada", EventKind.LABEL, None, False, 2),
        ("bo", EventKind.DROP, "blank", False, 2),
        ("bo", EventKind.LABEL, "undo", True, 1),
    ]
    first = work_record(cleaned, 1)[0]
    assert first.first.tzinfo is not None
    assert first.first <= first.last
