import csv

import numpy as np
import pytest

from core.maps.built_in import BUILT_IN, DEFAULT_KEY
from core.maps.measured import TILES_PATH, tile_weights, wegrzyn2017
from core.maps.tile_grid import tile_of
from db.enums import EMOTIONS, Emotion


def upper_share(emotion: Emotion) -> float:
    """The share of an emotion's weight above the nose: the first four rows of tiles."""
    tiles = tile_of(48)
    return float(wegrzyn2017().distribution(emotion)[(tiles >= 0) & (tiles < 24)].sum())


def test_every_emotion_has_all_its_tiles_as_the_file_has_them():
    weights = tile_weights()
    assert list(weights) == list(EMOTIONS)
    assert all(tiles.shape == (8, 6) and np.isfinite(tiles).all() for tiles in weights.values())
    assert weights[Emotion.SAD][2, 4] == 0.875
    with TILES_PATH.open() as file:
        assert len(list(csv.reader(file))) == 1 + 7 * 8


@pytest.mark.parametrize(
    ("emotion", "published"),  # shares of rows 0 to 3 of positive weight, facts of the experiment
    [("happy", 0.07), ("disgust", 0.0), ("surprise", 0.36), ("fear", 0.58), ("sad", 0.89)],
)
def test_weight_lies_in_the_part_of_the_face_that_was_measured(emotion, published):
    assert upper_share(Emotion(emotion)) == pytest.approx(published, abs=0.07)


def test_raw_maps_keep_places_below_average_and_distributions_drop_them():
    for emotion in EMOTIONS:
        assert wegrzyn2017().raw(emotion).min() < -0.1
        assert wegrzyn2017().distribution(emotion).min() == 0
        assert wegrzyn2017().distribution(emotion).sum() == pytest.approx(1)


def test_the_eyes_of_fear_and_the_mouth_of_happiness_stand_out():
    fear = wegrzyn2017().raw(Emotion.FEAR)
    assert int(tile_of(48).ravel()[fear.argmax()]) in (2 * 6 + 1, 2 * 6 + 4)
    happy = wegrzyn2017().raw(Emotion.HAPPY)
    assert int(tile_of(48).ravel()[happy.argmax()]) // 6 == 5


def test_the_ceiling_is_known_for_every_emotion():
    assert set(wegrzyn2017().ceiling) == set(EMOTIONS)
    assert wegrzyn2017().ceiling[Emotion.HAPPY] == 0.89


def test_built_in_maps_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        wegrzyn2017().raw(Emotion.SAD)[0, 0] = 1


def test_every_source_that_comes_along_has_its_key_and_tells_of_itself():
    assert next(iter(BUILT_IN)) == DEFAULT_KEY
    for key, made in BUILT_IN.items():
        found = made()
        assert found.key == key
        assert made() is found
        assert min(len(found.title), len(found.source), len(found.licence), len(found.limits)) > 9
