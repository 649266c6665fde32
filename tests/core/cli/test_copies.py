from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.quality.embedding_pairs import pictures
from core.quality.near_duplicates import NearPairs
from core.services.embeddings import Embedding, record_embedding
from core.services.experiments import enqueue_training
from core.services.versions import face_set, freeze
from core.workspace import Workspace
from db.enums import JobStatus, Mask, ModelName
from db.models import Job

Feelingit = Callable


@pytest.fixture
def lab(feelingit: Feelingit, tmp_path: Path) -> str:
    """A face in training, its exact copy in test, its mirror image and a stranger in training."""
    rng = np.random.default_rng(0)
    face, stranger = (cv2.resize(rng.integers(0, 256, (6, 6), np.uint8), (48, 48)) for _ in "ab")
    files = {"train/happy/1": face, "test/happy/2": face, "train/sad/3": face[:, ::-1],
             "train/sad/4": stranger}  # fmt: skip
    for name, pixels in files.items():
        path = tmp_path / "lab" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), pixels)
    feelingit("import", tmp_path / "lab", "--name", "lab")
    return "lab"


def test_near_copies_are_counted_beside_the_exact_ones(feelingit: Feelingit, lab: str):
    document = feelingit("duplicates", lab, "--near", "4", "--json").document
    assert (document["exact"]["groups"], document["exact"]["cross_split_groups"]) == (1, 1)
    near = document["near"]
    assert (near["bits"], near["pairs"], near["exact_pairs"], near["groups"]) == (4, 1, 1, 0)
    assert near["per_distance"]["0"] == 1
    assert (near["mirrored"]["pairs"], near["mirrored"]["groups"]) == (2, 1)
    assert near["mirrored"]["images"] == 3


def test_without_a_limit_only_exact_copies_are_counted(feelingit: Feelingit, lab: str):
    assert set(feelingit("duplicates", lab, "--json").document) == {"exact", "leakage"}


def test_a_limit_too_wide_is_one_sentence(feelingit: Feelingit, lab: str):
    done = feelingit("duplicates", lab, "--near", "40")
    assert (done.status, "give 0 to 16" in done.err) == (1, True)


def test_a_dry_run_changes_nothing_and_the_split_leaves_no_crossing_group(
    feelingit: Feelingit, lab: str
):
    planned = feelingit("split", lab, "--leak-free", "--dry-run", "--json").document
    assert (planned["batch"], planned["moved"], planned["moves"]) == (None, 1, {"test>train": 1})
    assert planned["before"] == {"train/validation": 0, "train/test": 1, "validation/test": 0}
    assert planned["after"]["train/test"] == 0
    done = feelingit("split", lab, "--leak-free", "--json").document
    assert done["before"] == planned["before"]
    exact = feelingit("duplicates", lab, "--json").document["exact"]
    assert exact["cross_split_groups"] == 0
    assert feelingit("undo", done["batch"], "--json").document["changed"] == 1


def test_split_says_what_it_can_do(feelingit: Feelingit, lab: str):
    done = feelingit("split", lab)
    assert (done.status, "--leak-free" in done.err) == (2, True)


def test_tables_show_the_same(feelingit: Feelingit, lab: str):
    assert "judged_different" in feelingit("duplicates", lab, "--near", "4").out
    assert "takes it back" in feelingit("split", lab, "--leak-free").out


@pytest.fixture
def run_id(workspace: Workspace, lab: str) -> int:
    """A finished run whose network finds pictures 0 and 2 to be 0.8 alike."""
    version = freeze(workspace, lab)
    run = enqueue_training(workspace, version=version.digest, model=ModelName.FAST, mask=Mask.NONE)
    with workspace.writing() as session:
        job = session.get(Job, run.job_id)
        assert job is not None
        job.status = JobStatus.DONE
    picture_of, places = pictures(face_set(workspace, version.id).groups)
    embedding = Embedding(
        image_ids=face_set(workspace, version.id).image_ids,
        pictures=picture_of,
        features=np.zeros((len(picture_of), 1), dtype=np.float16),
        vectors=np.zeros((len(places), 1), dtype=np.float16),
        pairs=NearPairs(np.array([0]), np.array([2]), np.array([200])),
        reach=500,
    )
    record_embedding(workspace, run.id, embedding)
    return run.id


def test_faces_that_a_network_finds_alike_are_counted(feelingit: Feelingit, lab: str, run_id: int):
    document = feelingit(
        "duplicates", lab, "--run", run_id, "--similarity", "0.8", "--json"
    ).document
    found = document["network"]
    assert (found["similarity"], found["pairs"], found["exact_pairs"]) == (0.8, 3, 1)
    assert (found["groups"], found["not_compared"]) == (1, 0)
    assert {at: n for at, n in found["per_similarity"].items() if n} == {"1.00": 1, "0.80": 2}
    tight = feelingit("duplicates", lab, "--run", run_id, "--similarity", "0.9", "--json").document
    assert tight["network"]["pairs"] == 1
    assert "not_compared" in feelingit("duplicates", lab, "--run", run_id).out


def test_a_run_that_there_is_not_is_one_sentence(feelingit: Feelingit, lab: str):
    done = feelingit("duplicates", lab, "--run", "99")
    assert (done.status, "There is no run '99'" in done.err) == (1, True)
    assert feelingit("duplicates", lab, "--run", "99", "--similarity", "0.2").status == 2
