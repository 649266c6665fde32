import numpy as np
import pytest

from core.errors import NoHumanMapError
from core.maps.action_units import ACTION_UNITS
from core.maps.human import PREVALENCE, has_human_map, human_map, human_map_at
from db.enums import EMOTIONS, Emotion

MAPPED = [emotion for emotion in EMOTIONS if emotion is not Emotion.NEUTRAL]
LOWER_HALF = slice(48, 96)  # the study's nose and mouth band


@pytest.mark.parametrize("emotion", MAPPED)
def test_a_human_map_is_a_symmetric_distribution(emotion):
    drawn = human_map(emotion)
    assert drawn.shape == (96, 96)
    assert drawn.dtype == np.float64
    assert drawn.min() >= 0
    assert drawn.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(drawn, drawn[:, ::-1], atol=1e-15)


def test_neutral_has_no_map_and_says_so():
    assert not has_human_map(Emotion.NEUTRAL)
    with pytest.raises(NoHumanMapError, match="no human map for neutral"):
        human_map(Emotion.NEUTRAL)


def test_every_other_emotion_has_a_map_of_its_own():
    for index, emotion in enumerate(MAPPED):
        assert has_human_map(emotion)
        for other in MAPPED[:index]:
            assert not np.allclose(human_map(emotion), human_map(other))


def test_all_weights_are_shares_of_action_units_that_can_be_drawn():
    for weights in PREVALENCE.values():
        assert set(weights) <= set(ACTION_UNITS)
        assert all(0 < weight <= 1 for weight in weights.values())


def test_happiness_sits_lower_in_the_face_than_anger_and_sadness():
    share = {emotion: human_map(emotion)[LOWER_HALF].sum() for emotion in MAPPED}
    assert share[Emotion.HAPPY] > 0.8
    assert share[Emotion.HAPPY] > share[Emotion.ANGRY]
    assert share[Emotion.HAPPY] > share[Emotion.SAD]


def test_disgust_peaks_at_the_nose():
    row, column = np.unravel_index(human_map(Emotion.DISGUST).argmax(), (96, 96))
    assert 40 < row < 72
    assert abs(column - 47.5) < 16


@pytest.mark.parametrize("side", [48, 96, 128])
def test_a_resampled_map_keeps_its_sum_and_its_centre(side):
    drawn = human_map_at(Emotion.FEAR, side)
    assert drawn.shape == (side, side)
    assert drawn.min() >= 0
    assert drawn.sum() == pytest.approx(1, abs=1e-12)
    assert centre_of_mass(drawn) == pytest.approx(centre_of_mass(human_map(Emotion.FEAR)), abs=2e-3)


def centre_of_mass(drawn: np.ndarray) -> tuple[float, float]:
    places = (np.arange(len(drawn)) + 0.5) / len(drawn)
    return float(drawn.sum(axis=1) @ places), float(drawn.sum(axis=0) @ places)
