from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import SourceError, UnknownDatasetError
from core.images.encoding import encode
from core.services import annotators, curation, policies, undoing, voting
from core.services.datasets import find_dataset
from core.services.importing import import_records
from core.services.vote_importing import import_votes
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.enums import Emotion, LabelPolicy, Split

HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)
ROWS = (
    "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0",
    "Training,fer0000001.png,0,7,0,0,0,0,0,1,2,0",
    "Training,,0,0,0,0,0,0,0,0,0,10",
    "PublicTest,fer0000003.png,0,0,0,0,0,0,0,0,3,7",
    "PrivateTest,fer0000004.png,0,10,0,0,0,0,0,0,0,0",
    "PrivateTest,fer0000005.png,0,x,0,0,0,0,0,0,0,0",
)
NAMED = ("train/happy/00000.png", "train/sad/fer0000001.png", "validation/sad/00003.png",
         "train/happy/90000.png")  # fmt: skip


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "fer2013new.csv"
    path.write_text("\n".join([HEADER, *ROWS, ""]))
    return path


@pytest.fixture
def add_images(workspace: Workspace) -> Callable[..., int]:
    def add(*images: tuple[str, Split]) -> int:
        face = encode(np.full((48, 48), 9, dtype=np.uint8))
        records = [SourceRecord(p, p, split, Emotion.FEAR, face) for p, split in images]
        import_records(workspace, records, name="fer")
        return find_dataset(workspace, "fer").id

    return add


@pytest.fixture
def named(add_images: Callable[..., int]) -> int:
    return add_images(*((path, Split.TRAIN) for path in NAMED))


def votes_on(workspace: Workspace, dataset_id: int, image_id: int) -> list[tuple[str, str]]:
    table = voting.judgements(workspace, dataset_id)
    rows = table[table["image_id"] == image_id]
    return [(str(row.annotator), str(row.emotion)) for row in rows.itertuples()]


def test_an_images_ten_votes_become_those_of_ten_annotators(
    workspace: Workspace, named: int, csv: Path
):
    import_votes(workspace, csv, name="fer")
    emotions = ["angry"] * 3 + ["disgust"] * 2 + ["neutral"] * 4 + ["sad"]
    expected = [(f"ferplus-{n}", emotion) for n, emotion in enumerate(emotions, start=1)]
    assert votes_on(workspace, named, 1) == expected
    assert curation.find_image(workspace, 1).label is Emotion.FEAR


def test_the_report_counts_what_was_matched_left_out_and_refused(
    workspace: Workspace, named: int, csv: Path
):
    found = import_votes(workspace, csv, name="fer")
    assert (found.matched, found.already, found.unmatched) == (3, 0, 2)
    assert (found.votes, found.left_out) == (10 + 7, 3 + 10)
    (refused,) = found.refused
    assert (refused.where, refused.why) == (
        "fer2013new.csv line 7", "'x' is no number of votes.",
    )  # fmt: skip


def test_importing_again_adds_nothing(workspace: Workspace, named: int, csv: Path):
    first = import_votes(workspace, csv, name="fer")
    again = import_votes(workspace, csv, name="fer")
    assert (again.votes, again.already, again.batch) == (0, 2, first.batch)
    assert len(voting.judgements(workspace, named)) == 17


def test_all_votes_go_with_one_undo_and_can_come_again(workspace: Workspace, named: int, csv: Path):
    batch = import_votes(workspace, csv, name="fer").batch
    assert batch is not None
    assert undoing.undo(workspace, batch, annotator="ada") == 2
    assert voting.judgements(workspace, named).empty
    assert import_votes(workspace, csv, name="fer").votes == 17


def test_an_import_that_was_cut_short_is_completed_in_the_same_batch(
    workspace: Workspace, named: int, csv: Path, tmp_path: Path
):
    part = tmp_path / "part.csv"
    part.write_text("\n".join([HEADER, ROWS[0]]))
    first = import_votes(workspace, part, name="fer")
    rest = import_votes(workspace, csv, name="fer")
    assert (rest.votes, rest.batch) == (7, first.batch)


def test_labels_that_follow_the_majority_follow_these_votes_too(
    workspace: Workspace, named: int, csv: Path
):
    policies.set_policy(workspace, named, LabelPolicy.MAJORITY, annotator="ada")
    batch = import_votes(workspace, csv, name="fer").batch or ""
    labels = [curation.find_image(workspace, image_id).label for image_id in (1, 2)]
    assert labels == [Emotion.FEAR, Emotion.HAPPY]  # 4 of 10 are no majority, 7 of 7 are
    undoing.undo(workspace, batch, annotator="ada")
    assert curation.find_image(workspace, 2).label is Emotion.FEAR


def test_the_taggers_get_a_group_of_their_own_unless_they_have_one(
    workspace: Workspace, named: int, csv: Path
):
    annotators.set_group(workspace, "ferplus-1", "crowd")
    import_votes(workspace, csv, name="fer")
    groups = annotators.groups(workspace)
    assert (groups["ferplus-1"], groups["ferplus-2"]) == ("crowd", "FER+")


def test_images_of_a_fer2013_csv_are_found_by_their_row(
    workspace: Workspace, add_images: Callable[..., int], csv: Path
):
    splits = (Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.TEST)
    rows = [(f"fer2013.csv/{row}", split) for row, split in enumerate(splits, start=1)]
    dataset_id = add_images(*rows)
    assert import_votes(workspace, csv, name="fer").matched == 5
    assert votes_on(workspace, dataset_id, 5)[0] == ("ferplus-1", "happy")


def test_a_fer2013_csv_in_another_order_is_refused_and_nothing_is_stored(
    workspace: Workspace, add_images: Callable[..., int], csv: Path
):
    dataset_id = add_images(("fer2013.csv/1", Split.TRAIN), ("fer2013.csv/2", Split.TEST))
    with pytest.raises(SourceError, match="line 3 is a train image and the data set has a test"):
        import_votes(workspace, csv, name="fer")
    assert voting.judgements(workspace, dataset_id).empty


def test_votes_for_an_unknown_data_set_are_refused(workspace: Workspace, csv: Path):
    with pytest.raises(UnknownDatasetError):
        import_votes(workspace, csv, name="nowhere")
