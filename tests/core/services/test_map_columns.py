from dataclasses import replace

import numpy as np
import pytest

from core.errors import HumanMapError, NotReadyError, UnknownRunError
from core.maps.canonical import soften
from core.maps.means import Outcome
from core.services import experiments
from core.services.map_columns import MapColumn, column_maps, usual_columns
from core.services.saliency import record_run_maps, run_maps
from core.settings import Settings
from core.workspace import open_workspace
from db.enums import EMOTIONS, Emotion, Mask, ModelName, SaliencyMethod

GRAD_CAM = SaliencyMethod.GRAD_CAM


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace for all tests here."""
    data = tmp_path_factory.mktemp("columns")
    opened = open_workspace(Settings(data=data, database_url=None))
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def run(workspace, fill):
    """The run with maps of a filled workspace."""
    fill(workspace)
    return min(experiments.runs(workspace), key=lambda run: run.id)


def row(run, run_id, model, mask=Mask.NONE):
    return replace(run, id=run_id, model=model, mask=mask)


def test_a_column_is_named_in_addresses():
    assert MapColumn.of_run(3, GRAD_CAM).text == "3.grad_cam"
    assert MapColumn.of_people("facs").text == "human.facs"
    assert MapColumn.of_people().method is None


def test_the_newest_vgg_and_resnet_that_see_whole_faces_are_shown_first(run):
    runs = [
        row(run, 1, ModelName.VGG16),
        row(run, 2, ModelName.VGG16_BN),
        row(run, 3, ModelName.VGG16_BN, Mask.EYES),
        row(run, 4, ModelName.RESNET50),
        row(run, 5, ModelName.FAST),
    ]
    texts = [column.text for column in usual_columns(runs)]
    assert texts == ["2.grad_cam", "4.grad_cam", "human.wegrzyn2017"]


def test_the_newest_others_stand_in_for_a_network_that_is_missing(run):
    runs = [
        row(run, 1, ModelName.FAST),
        row(run, 2, ModelName.RESNET50),
        row(run, 3, ModelName.FAST),
    ]
    assert [column.text for column in usual_columns(runs)][:2] == ["2.grad_cam", "3.grad_cam"]
    assert [column.run_id for column in usual_columns(runs[:1])] == [1, None]


def test_a_runs_column_has_softened_means_with_n_and_spread(workspace, run):
    found = column_maps(workspace, MapColumn.of_run(run.id, GRAD_CAM))
    maps = run_maps(workspace, run.id, GRAD_CAM)
    fear = found.by_emotion[Emotion.FEAR]
    own = maps.maps[maps.labels == EMOTIONS.index(Emotion.FEAR)].astype(np.float64)
    assert np.allclose(fear.density, soften(own.mean(axis=0)))
    assert fear.density.mean() == pytest.approx(1, abs=0.02)
    assert fear.n == len(own)
    assert fear.spread == pytest.approx(np.sqrt(own.var(axis=0, ddof=1).mean()))
    assert found.detected_share == pytest.approx(maps.is_detected.mean())


def test_right_and_wrong_faces_are_apart(workspace, run):
    column = MapColumn.of_run(run.id, GRAD_CAM)
    counts = [
        sum(one.n for one in column_maps(workspace, column, outcome).by_emotion.values())
        for outcome in (Outcome.ALL, Outcome.RIGHT, Outcome.WRONG)
    ]
    assert counts[0] == counts[1] + counts[2]
    assert min(counts) > 0


def test_maps_computed_anew_are_shown(workspace, run):
    column = MapColumn.of_run(run.id, GRAD_CAM)
    before = column_maps(workspace, column)
    maps = run_maps(workspace, run.id, GRAD_CAM)
    record_run_maps(workspace, run.id, GRAD_CAM, replace(maps, cells=np.array([8, 8])))
    assert (before.cells, column_maps(workspace, column).cells) == ((6, 6), (8, 8))


def test_human_maps_are_densities_too(workspace):
    found = column_maps(workspace, MapColumn.of_people("du2014"))
    assert Emotion.NEUTRAL not in found.by_emotion
    assert all(one.density.mean() == pytest.approx(1) for one in found.by_emotion.values())
    assert (found.cells, found.faces, found.detected_share) == (None, {}, None)


def test_what_is_missing_is_said(workspace, run):
    with pytest.raises(NotReadyError, match="feelingit saliency"):
        column_maps(workspace, MapColumn.of_run(run.id, SaliencyMethod.GRADIENT))
    with pytest.raises(UnknownRunError):
        column_maps(workspace, MapColumn.of_run(99, GRAD_CAM))
    with pytest.raises(HumanMapError):
        column_maps(workspace, MapColumn.of_people("nobody"))
