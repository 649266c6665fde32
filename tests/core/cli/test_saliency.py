from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from core.services import experiments
from core.workspace import Workspace
from db.enums import EMOTIONS

Feelingit = Callable


@pytest.fixture
def run_id(workspace: Workspace, fill: Callable[..., None]) -> int:
    """A run whose Grad-CAM maps are there."""
    fill(workspace)
    return min(run.id for run in experiments.runs(workspace))


def test_scores_are_printed_with_controls_as_one_document(feelingit: Feelingit, run_id: int):
    document = feelingit("saliency", run_id, "--json").document
    assert (document["run"], document["method"], document["cells"]) == (run_id, "grad_cam", [6, 6])
    assert document["n"] == 28
    assert document["human"] == "wegrzyn2017"
    assert document["source"].startswith("Measured: Wegrzyn")
    assert list(document["scores"]) == list(EMOTIONS)
    fear = document["scores"]["fear"]
    assert set(fear) == {"correlation", "similarity", "interval", "n", "spread"}
    known = [one["correlation"] for one in document["scores"].values()]
    assert document["mean_correlation"] == pytest.approx(np.mean(known))
    assert document["faithfulness"] is None
    assert set(document["baselines"]) == {"uniform", "centre", "edges", "shuffled", "untrained"}


def test_other_human_maps_and_only_wrong_faces_can_be_asked_for(feelingit: Feelingit, run_id: int):
    arguments = ("--human", "facs", "--outcome", "wrong", "--json")
    document = feelingit("saliency", run_id, *arguments).document
    assert (document["human"], document["outcome"]) == ("facs", "wrong")
    assert document["scores"]["neutral"]["correlation"] is None
    assert 0 < document["n"] < 28


def test_the_tables_name_the_controls_and_the_noise_ceiling(feelingit: Feelingit, run_id: int):
    out = feelingit("saliency", run_id).out
    for part in ("fear", "untrained", "centre", "People with people: 0.71", "not examined yet"):
        assert part in out


def test_maps_are_written_as_a_figure_for_print(feelingit: Feelingit, run_id: int, tmp_path: Path):
    assert feelingit("saliency", run_id, "--figure", tmp_path / "maps.svg").status == 0
    words = (tmp_path / "maps.svg").read_text()
    assert ">#1 Fast, no mask beside people</text>" in words
    assert feelingit("saliency", run_id, "--figure", tmp_path / "maps.png").status == 0
    with Image.open(tmp_path / "maps.png") as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert feelingit("saliency", run_id, "--figure", tmp_path / "maps.gif").status == 2
    again = feelingit("saliency", run_id, "--figure", tmp_path / "maps.png")
    assert (again.status, "maps.png" in again.err) == (1, True)


def test_unknown_human_maps_are_one_sentence_before_anything_is_computed(
    feelingit: Feelingit, run_id: int
):
    done = feelingit("saliency", run_id, "--method", "gradient", "--human", "nobody")
    assert done.status == 1
    assert "There are no human maps 'nobody'" in done.err


def test_own_human_maps_are_added_listed_and_deleted(feelingit: Feelingit, tmp_path: Path):
    picture = np.zeros((48, 48), dtype=np.uint8)
    picture[30:] = 200
    cv2.imwrite(str(tmp_path / "happy.png"), picture)
    added = feelingit(
        "human-maps", "--add", "My maps", "--from", tmp_path, "--source", "A survey", "--json"
    ).document["human_maps"]
    assert [one["key"] for one in added] == ["wegrzyn2017", "du2014", "facs", "my-maps"]
    assert (added[-1]["emotions"], added[-1]["source"]) == (["happy"], "A survey")
    assert "My maps" in feelingit("human-maps").out
    left = feelingit("human-maps", "--delete", "my-maps", "--json").document["human_maps"]
    assert len(left) == 3


def test_half_a_request_is_wrong_usage_and_bad_ones_are_sentences(
    feelingit: Feelingit, tmp_path: Path
):
    assert feelingit("human-maps", "--add", "x").status == 2
    assert feelingit("human-maps", "--delete", "x", "--add", "y", "--from", tmp_path).status == 2
    done = feelingit("human-maps", "--delete", "facs")
    assert (done.status, "came along and stay" in done.err) == (1, True)
