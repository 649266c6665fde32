import pytest

from core.services import experiments, results
from db.enums import JobStatus


@pytest.fixture
def two_runs(workspace, fill) -> list[int]:
    fill(workspace)
    return sorted(r.id for r in experiments.runs(workspace) if r.status is JobStatus.DONE)


def test_two_runs_are_compared_with_intervals_and_corrected_p_values(
    feelingit, workspace, two_runs
):
    document = feelingit("compare", *two_runs, "--json").document
    (pair,) = document["pairs"]
    rows = results.overall(workspace, two_runs)
    expected = rows[two_runs[1]].accuracy - rows[two_runs[0]].accuracy
    assert pair["accuracy"]["difference"] == pytest.approx(expected)
    assert pair["accuracy"]["low"] <= expected <= pair["accuracy"]["high"]
    assert pair["accuracy"]["p_adjusted"] >= pair["accuracy"]["p"]
    assert document["is_too_small"] is True
    assert len(pair["recall"]) == 7


def test_people_read_it_as_tables(feelingit, two_runs):
    done = feelingit("compare", *two_runs)
    assert done.status == 0
    assert "28 test images (all), too few for a statement" in done.out
    assert f"Run {two_runs[1]} less run {two_runs[0]}, in points" in done.out


def test_one_run_is_refused_in_one_sentence(feelingit, two_runs):
    done = feelingit("compare", two_runs[0])
    assert done.status == 1
    assert done.err.strip() == "1 different runs were given; choose 2 to 6, each once."
