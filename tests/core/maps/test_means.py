import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.maps.means import Outcome, chosen, mean_map
from core.maps.run_maps import MAP_SIDE, RunMaps
from db.enums import EMOTIONS, Emotion

SHAPE = (MAP_SIDE, MAP_SIDE)
LEFT, TOP, NOTHING = np.zeros(SHAPE), np.zeros(SHAPE), np.zeros(SHAPE)
LEFT[:, :24] = 2
TOP[:24] = 2


def made(rows: list[tuple[Emotion, Emotion, np.ndarray]], seed: int = 0) -> RunMaps:
    """Maps of images given as (label, predicted, map); untrained networks look anywhere."""
    maps = np.array([one for _, _, one in rows], dtype=np.float16).reshape(-1, *SHAPE)
    return RunMaps(
        image_ids=np.arange(len(rows)),
        labels=np.array([EMOTIONS.index(label) for label, _, _ in rows], dtype=np.int64),
        predicted=np.array([EMOTIONS.index(said) for _, said, _ in rows], dtype=np.int64),
        is_detected=np.ones(len(rows), dtype=np.bool_),
        faces=np.arange(len(rows), dtype=np.uint8)[:, None, None] * np.ones(SHAPE, np.uint8),
        maps=maps,
        untrained=np.random.default_rng(seed).random(maps.shape).astype(np.float16),
        cells=np.array([6, 6]),
    )


MAPS = made(
    [
        (Emotion.SAD, Emotion.SAD, LEFT),
        (Emotion.HAPPY, Emotion.HAPPY, LEFT),
        (Emotion.SAD, Emotion.FEAR, TOP),
        (Emotion.SAD, Emotion.SAD, NOTHING),
    ]
)


def test_all_images_of_an_emotion_with_a_map_count_the_same():
    found = mean_map(MAPS, Emotion.SAD)
    np.testing.assert_array_equal(found.mean_map, (LEFT + TOP) / 2)
    assert found.mean_map.mean() == 1
    assert (found.n, found.n_empty) == (2, 1)
    # One has 2 and the other 0: a standard deviation of sqrt(2). Both have the same elsewhere.
    assert found.spread[0, 0] == 0
    assert found.spread[0, 47] == pytest.approx(np.sqrt(2))
    assert found.mean_face[0, 0] == pytest.approx((0 + 2 + 3) / 3)


def test_right_and_wrong_images_are_averaged_apart():
    right = mean_map(MAPS, Emotion.SAD, Outcome.RIGHT)
    np.testing.assert_array_equal(right.mean_map, LEFT)
    assert (right.n, right.n_empty) == (1, 1)
    assert not right.spread.any()
    wrong = mean_map(MAPS, Emotion.SAD, Outcome.WRONG)
    np.testing.assert_array_equal(wrong.mean_map, TOP)
    assert (wrong.n, wrong.n_empty) == (1, 0)


def test_the_untrained_network_has_maps_of_its_own():
    found = mean_map(MAPS, Emotion.HAPPY, untrained=True)
    np.testing.assert_array_equal(found.mean_map, MAPS.untrained[1])


def test_an_emotion_without_images_is_nothing_and_no_error():
    found = mean_map(MAPS, Emotion.FEAR)
    assert (found.n, found.n_empty) == (0, 0)
    for picture in (found.mean_map, found.spread, found.mean_face):
        assert not picture.any()


@given(st.lists(st.tuples(st.sampled_from(EMOTIONS), st.sampled_from(EMOTIONS)), max_size=20))
def test_every_image_is_either_right_or_wrong(pairs):
    maps = made([(label, said, LEFT) for label, said in pairs])
    for emotion in EMOTIONS:
        right, wrong = (chosen(maps, emotion, one) for one in (Outcome.RIGHT, Outcome.WRONG))
        both = sorted([*right, *wrong])
        assert both == list(chosen(maps, emotion))
        assert len(both) == sum(label is emotion for label, _ in pairs)
