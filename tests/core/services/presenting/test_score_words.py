import pytest

from core.services import experiments
from core.services.human_maps import find
from core.services.presenting.score_words import (
    HEADS,
    emotion_rows,
    human_words,
    interval_words,
    network_words,
    score_rows,
    signed,
)
from core.services.saliency_scores import saliency_scores
from core.services.terms import Emotion
from core.settings import Settings
from core.workspace import open_workspace


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A workspace for all tests here, which only read it."""
    data = tmp_path_factory.mktemp("scored")
    workspace = open_workspace(Settings(data=data, database_url=None))
    yield workspace
    workspace.engine.dispose()


@pytest.fixture(scope="module")
def scores(opened, fill):
    """The scores of random maps."""
    fill(opened)
    run = min(experiments.runs(opened), key=lambda run: run.id)
    return saliency_scores(opened, run.id)


def test_correlations_have_signs_and_what_is_unknown_a_dash():
    assert (signed(0.414), signed(-0.02), signed(None)) == ("+0.41", "-0.02", "-")
    assert interval_words((0.351, 0.469)) == "+0.35 to +0.47"
    assert interval_words(None) == "-"


def test_a_networks_map_says_its_r_and_all_else_when_pointed_at(scores):
    said = network_words(scores)[Emotion.FEAR]
    assert said.lines[0] == f"r {signed(scores.by_emotion[Emotion.FEAR].raw.scores.correlation)}"
    for part in ("similarity", "KL", "AUC", "action-unit enrichment", "Noise ceiling", "removed"):
        assert part in said.hover


def test_the_table_has_each_network_with_its_controls_and_the_noise_ceiling(scores):
    rows = score_rows([("A", scores), ("B", scores)])
    assert [row.name for row in rows] == [
        "A",
        "Control: the same untrained",
        "Control: other emotions' human maps",
        "B",
        "Control: the same untrained",
        "Control: other emotions' human maps",
        "Control: edges of the mean face",
        "Control: centre Gaussian",
        "Control: uniform",
        "People with people (noise ceiling)",
    ]
    assert all(len(row.cells) == len(HEADS) for row in rows)
    assert [row.name for row in rows if not row.is_control] == ["A", "B"]
    by_name = {row.name: dict(zip(HEADS, row.cells, strict=True)) for row in rows}
    assert by_name["A"][HEADS[0]].startswith(signed(scores.raw.scores.correlation) + " (")
    assert by_name["Control: uniform"][HEADS[0]] == "-"
    assert by_name["People with people (noise ceiling)"][HEADS[0]] == "+0.71"


def test_no_network_no_table():
    assert score_rows([]) == []


def test_all_scores_of_one_map_are_beside_those_without_the_mean(scores):
    rows = emotion_rows(scores.by_emotion[Emotion.SAD])
    assert [name for name, *_ in rows][:3] == ["r", "95 % interval", "Similarity"]
    assert all(len(row) == 3 for row in rows)


def test_human_maps_are_held_against_each_other(opened):
    measured, drawn = find(opened, "wegrzyn2017"), find(opened, "du2014")
    assert human_words(measured, measured)[Emotion.ANGRY].lines == ("people r 0.65",)
    angry = human_words(drawn, measured)[Emotion.ANGRY].lines[0]
    assert 0.3 < float(angry.removeprefix("r ")) < 1
    assert Emotion.NEUTRAL not in human_words(drawn, measured)
