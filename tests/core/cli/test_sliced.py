import pytest

from core.metrics.intervals import share_interval
from core.services import experiments, results
from db.enums import JobStatus


@pytest.fixture
def run(workspace, fill) -> int:
    fill(workspace)
    return min(r.id for r in experiments.runs(workspace) if r.status is JobStatus.DONE)


def test_results_have_intervals_and_say_that_images_are_few(feelingit, run):
    document = feelingit("results", run, "--json").document
    n_right = round(document["accuracy"] * document["n"])
    ends = [float(end) for end in share_interval(n_right, document["n"])]
    assert document["intervals"]["accuracy"] == pytest.approx(ends)
    assert document["is_too_small"] is True
    assert set(document["intervals"]["per_class"]["sad"]) == {"accuracy", "precision", "f1"}


def test_a_slice_takes_the_place_of_all_images(feelingit, workspace, run):
    document = feelingit("results", run, "--slice", "leak-free", "--json").document
    rows = results.predictions(workspace, run).query("leak_free")
    assert document["n"] == len(rows) == document["leak_free"]["n"]
    assert document["accuracy"] == pytest.approx((rows["label"] == rows["predicted"]).mean())
    assert document["weighted_f1"] == pytest.approx(document["leak_free"]["weighted_f1"])
    assert document["per_class"]["sad"]["n"] == (rows["label"] == "sad").sum()
    assert document["slice"] == "leak-free"


def test_people_read_the_slice_with_its_intervals(feelingit, run):
    done = feelingit("results", run, "--slice", "leak-free")
    assert done.status == 0
    assert "Test images: leak-free" in done.out
    assert " to " in done.out


def test_a_slice_without_images_is_one_sentence(feelingit, run):
    done = feelingit("results", run, "--slice", "relabeled")
    assert done.status == 1
    assert done.err.strip() == (
        f"No test image of run {run} is in the slice 'relabeled'; choose another."
    )
