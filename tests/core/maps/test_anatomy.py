import numpy as np
import pytest

from core.errors import HumanMapError
from core.maps.action_units import ACTION_UNITS
from core.maps.anatomy import PREVALENCE, PROTOTYPES, du2014, facs, unit_area, units_of
from core.maps.canonical import landmarks
from db.enums import EMOTIONS, Emotion

MAPPED = [emotion for emotion in EMOTIONS if emotion is not Emotion.NEUTRAL]
LOWER_HALF = slice(24, 48)  # the study's nose and mouth band


@pytest.mark.parametrize("emotion", MAPPED)
@pytest.mark.parametrize("source", [du2014, facs])
def test_a_drawn_map_is_symmetric_and_a_distribution(source, emotion):
    drawn = source().distribution(emotion)
    assert drawn.shape == (48, 48)
    assert drawn.dtype == np.float64
    assert drawn.min() >= 0
    assert drawn.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(drawn, drawn[:, ::-1], atol=1e-15)


@pytest.mark.parametrize("source", [du2014, facs])
def test_neutral_has_no_map_and_says_so(source):
    assert source().emotions == tuple(MAPPED)
    with pytest.raises(HumanMapError, match="no human map for neutral"):
        source().raw(Emotion.NEUTRAL)


def test_every_other_emotion_has_a_map_of_its_own():
    for index, emotion in enumerate(MAPPED):
        for other in MAPPED[:index]:
            for source in (du2014(), facs()):
                assert not np.allclose(source.raw(emotion), source.raw(other))


def test_all_weights_are_shares_of_action_units_that_can_be_drawn():
    for table in (PREVALENCE, PROTOTYPES):
        for weights in table.values():
            assert set(weights) <= set(ACTION_UNITS)
            assert all(0 < weight <= 1 for weight in weights.values())


def test_happiness_sits_lower_in_the_face_than_anger_and_sadness():
    share = {emotion: du2014().distribution(emotion)[LOWER_HALF].sum() for emotion in MAPPED}
    assert share[Emotion.HAPPY] > 0.8
    assert share[Emotion.HAPPY] > share[Emotion.ANGRY]
    assert share[Emotion.HAPPY] > share[Emotion.SAD]


def test_disgust_peaks_at_the_nose():
    row, column = np.unravel_index(du2014().raw(Emotion.DISGUST).argmax(), (48, 48))
    assert 20 < row < 36
    assert abs(column - 23.5) < 8


@pytest.mark.parametrize(("source", "table"), [(du2014, PREVALENCE), (facs, PROTOTYPES)])
def test_openings_of_eyes_and_mouth_are_filled(source, table):
    eye = (landmarks()[36:42].mean(axis=0) * 48).astype(int)
    mouth = (landmarks()[60:68].mean(axis=0) * 48).astype(int)
    assert source().raw(Emotion.FEAR)[eye[1], eye[0]] > 0.65 * table[Emotion.FEAR][5]
    assert source().raw(Emotion.SURPRISE)[mouth[1], mouth[0]] > 0.65 * table[Emotion.SURPRISE][26]


def test_the_units_of_an_emotion_are_those_that_half_of_the_people_show():
    assert units_of(Emotion.HAPPY) == (6, 12, 25)
    assert units_of(Emotion.ANGRY) == (4, 7, 17, 24)
    assert units_of(Emotion.NEUTRAL) == ()


def test_the_area_of_an_emotions_units_is_a_part_of_the_face():
    for emotion in MAPPED:
        assert 0.05 < unit_area(emotion).mean() < 0.45
    assert not unit_area(Emotion.NEUTRAL).any()
    mouth = (landmarks()[48:68].mean(axis=0) * 48).astype(int)
    assert unit_area(Emotion.HAPPY)[mouth[1], mouth[0]]
    assert not unit_area(Emotion.HAPPY)[:12].any()


def test_both_say_whose_maps_they_are_not_and_who_may_bring_those():
    for source in (du2014(), facs()):
        assert "Liu et al. 2022" in source.limits
        assert "maps of their own" in source.limits
