import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from core.errors import ConfigError, NotReadyError, UnknownRunError
from core.images.landmarks import template
from core.images.masks import mask_array
from core.maps.canonical import soften
from core.maps.measured import wegrzyn2017
from core.maps.run_maps import MAP_SIDE, RunMaps, write_run_maps
from core.services import experiments, outcomes
from core.services.covering import COVERING, covering, covering_document
from core.services.saliency import maps_path
from core.services.versions import freeze
from db.enums import EMOTIONS, Emotion, Mask, ModelName, SaliencyMethod, Split

N = 20  # test images of each emotion
GRADIENT = SaliencyMethod.GRADIENT
UPPER, LOWER = slice(0, 24), slice(24, 48)


@pytest.fixture
def tested(workspace, add_faces):
    """Return a function that stores a run by how many of 20 faces it gets right.

    The number may differ by emotion: {mask: {emotion: n_right}}.
    """
    add_faces([(Split.TRAIN, Emotion.SAD, 1), (Split.VALIDATION, Emotion.SAD, 2)])
    version = freeze(workspace, "faces")

    def run(right: dict[Mask, dict[Emotion, int]], *, mask: Mask = Mask.NONE) -> int:
        found = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=mask
        )
        labels = np.repeat(np.arange(7), N)
        tables = []
        for test_mask, counts in right.items():
            n_right = np.repeat([counts.get(emotion, N) for emotion in EMOTIONS], N)
            said = np.where(np.tile(np.arange(N), 7) < n_right, labels, (labels + 1) % 7)
            tables.append(
                outcomes.prediction_table(
                    np.arange(7 * N),
                    labels,
                    np.eye(7, dtype=np.float32)[said],
                    leak_free=np.ones(7 * N, dtype=np.bool_),
                    mask=test_mask,
                )
            )
        outcomes.record_outcome(workspace, found.id, pd.concat(tables), seconds=1)
        return found.id

    return run


def look(workspace, run_id: int, places: dict[Emotion, slice]) -> None:
    """Keep maps of a network that looks at one half of the face for each emotion."""
    maps = np.zeros((7, MAP_SIDE, MAP_SIDE), dtype=np.float16)
    for emotion, rows in places.items():
        maps[EMOTIONS.index(emotion), rows] = 2
    found = RunMaps(
        image_ids=np.arange(7),
        labels=np.arange(7),
        predicted=np.arange(7),
        is_detected=np.ones(7, dtype=np.bool_),
        faces=np.zeros(maps.shape, dtype=np.uint8),
        maps=maps,
        untrained=maps,
        cells=np.array([48, 48]),
    )
    write_run_maps(maps_path(workspace, run_id, GRADIENT), found)


HALVES = {emotion: LOWER if emotion is Emotion.HAPPY else UPPER for emotion in EMOTIONS}
HURTS = {
    Mask.NONE: {},
    Mask.MOUTH: {Emotion.HAPPY: 4, Emotion.SAD: 19},
    Mask.FOREHEAD: {Emotion.HAPPY: 20, Emotion.SAD: 12, Emotion.FEAR: 10},
}


def test_each_emotion_under_each_mask_is_a_point_with_its_drop_and_shares(workspace, tested):
    run_id = tested(HURTS)
    look(workspace, run_id, HALVES)
    found = covering(workspace, run_id, GRADIENT)
    assert [(point.mask, point.emotion) for point in found.points] == [
        (mask, emotion) for mask in (Mask.FOREHEAD, Mask.MOUTH) for emotion in EMOTIONS
    ]
    happy = next(p for p in found.points if (p.mask, p.emotion) == (Mask.MOUTH, Emotion.HAPPY))
    assert happy.n == N
    assert happy.drop == pytest.approx(16 / 20)
    assert happy.low < happy.drop < happy.high
    assert happy.p_value == pytest.approx(2 / 2**16)  # McNemar: 16 images lost, none won
    assert happy.network_share == pytest.approx(0.97, abs=0.03)  # softened over the border
    assert happy.area_share == 0.5
    people = wegrzyn2017().distribution(Emotion.HAPPY)
    assert happy.human_share == pytest.approx(people[24:].sum())


def test_the_share_is_of_the_softened_mean_map_inside_the_mask_of_the_canonical_face(
    workspace, tested
):
    run_id = tested({Mask.NONE: {}, Mask.LM_EYES: {Emotion.FEAR: 5}})
    look(workspace, run_id, HALVES)
    point = covering(workspace, run_id, GRADIENT).points[EMOTIONS.index(Emotion.FEAR)]
    inside = mask_array(Mask.LM_EYES, 48, template().astype(np.float32)[None])[0]
    drawn = np.zeros((48, 48))
    drawn[UPPER] = 1
    assert point.network_share == pytest.approx(soften(drawn)[inside].sum() / soften(drawn).sum())
    assert point.area_share == pytest.approx(inside.mean())


def test_covering_hurts_where_this_network_looks(workspace, tested):
    run_id = tested(HURTS)
    look(workspace, run_id, HALVES)
    found = covering(workspace, run_id, GRADIENT)
    drops = [point.drop for point in found.points]
    for name, one in (("network", found.network), ("human", found.human), ("area", found.area)):
        expected = spearmanr(drops, [getattr(point, f"{name}_share") for point in found.points])
        assert one.rho == pytest.approx(expected.statistic)
        assert one.p_value == pytest.approx(expected.pvalue)
        assert one.n == 14
    assert found.network.rho > 0.4


def test_an_emotion_without_a_human_map_counts_for_the_network_only(workspace, tested):
    run_id = tested(HURTS)
    look(workspace, run_id, HALVES)
    found = covering(workspace, run_id, GRADIENT, source="du2014")
    neutral = [point for point in found.points if point.emotion is Emotion.NEUTRAL]
    assert [point.human_share for point in neutral] == [None, None]
    assert (found.network.n, found.human.n) == (14, 12)


def test_an_emotion_without_maps_is_left_out(workspace, tested):
    run_id = tested(HURTS)
    look(workspace, run_id, {Emotion.HAPPY: LOWER})
    found = covering(workspace, run_id, GRADIENT)
    assert {point.emotion for point in found.points} == {Emotion.HAPPY}
    assert (found.network.rho, found.network.p_value, found.network.n) == (None, None, 2)


def test_drops_that_are_all_alike_have_no_rank_correlation(workspace, tested):
    run_id = tested({Mask.NONE: {}, Mask.EYES: {}})
    look(workspace, run_id, HALVES)
    assert covering(workspace, run_id, GRADIENT).network.rho is None


def test_masks_without_a_place_of_their_own_are_left_out(workspace, tested):
    run_id = tested({Mask.NONE: {}, Mask.EYES: {}, Mask.CTL_EYES: {}, Mask.CROP_EYES: {}})
    look(workspace, run_id, HALVES)
    assert {point.mask for point in covering(workspace, run_id, GRADIENT).points} == {Mask.EYES}
    with pytest.raises(ConfigError, match="ctl-eyes covers no part"):
        covering(workspace, run_id, GRADIENT, masks=[Mask.CTL_EYES])
    assert not {Mask.NONE, Mask.RANDOM, Mask.CTL_EYES} & set(COVERING)


def test_what_is_missing_is_named_with_the_command_that_makes_it(workspace, tested):
    with pytest.raises(UnknownRunError):
        covering(workspace, 7, GRADIENT)
    covered_only = tested({Mask.EYES: {}}, mask=Mask.EYES)
    with pytest.raises(NotReadyError, match="trained on whole faces"):
        covering(workspace, covered_only, GRADIENT)
    run_id = tested({Mask.NONE: {}})
    look(workspace, run_id, HALVES)
    with pytest.raises(NotReadyError, match=f"feelingit evaluate {run_id} --mask eyes"):
        covering(workspace, run_id, GRADIENT)
    without_maps = tested({Mask.NONE: {}, Mask.EYES: {}})
    with pytest.raises(NotReadyError, match=f"feelingit saliency {without_maps}"):
        covering(workspace, without_maps, GRADIENT)


def test_the_document_is_plain_json(workspace, tested):
    run_id = tested(HURTS)
    look(workspace, run_id, HALVES)
    found = covering_document(covering(workspace, run_id, GRADIENT, source="facs"))
    document = json.loads(json.dumps(found, allow_nan=False))
    assert (document["run"], document["method"], document["source"]) == (run_id, "gradient", "facs")
    assert document["points"][0]["mask"] == "forehead"
    assert set(document["network"]) == {"rho", "p_value", "n"}
