import numpy as np
import pytest

from core.images.drawing.action_units import SHARES, ActionUnit, draw_expression, prototype
from db.enums import EMOTIONS, Emotion


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_an_expression_names_every_action_unit_within_its_range(emotion):
    expression = draw_expression(emotion, np.random.default_rng(1))
    assert set(expression) == set(ActionUnit)
    assert all(0 <= strength <= 1.3 for strength in expression.values())


def test_every_unit_in_the_table_can_be_drawn():
    assert {unit for shares in SHARES.values() for unit in shares} <= set(ActionUnit)


def test_every_smile_pulls_the_lip_corners():
    rng = np.random.default_rng(2)
    faces = [draw_expression(Emotion.HAPPY, rng) for _ in range(50)]
    assert all(face[ActionUnit.LIP_CORNER_PULLER] > 0.4 for face in faces)


def test_units_take_part_about_as_often_as_the_table_says():
    rng = np.random.default_rng(3)
    faces = [draw_expression(Emotion.FEAR, rng) for _ in range(400)]
    # A unit that takes part has at least 0.7 * 0.7 of its strength; restlessness stays below 0.3.
    share = np.mean([face[ActionUnit.OUTER_BROW_RAISER] > 0.4 for face in faces])
    assert share == pytest.approx(0.57, abs=0.08)


def test_a_neutral_face_only_twitches():
    rng = np.random.default_rng(4)
    faces = [draw_expression(Emotion.NEUTRAL, rng) for _ in range(50)]
    assert max(max(face.values()) for face in faces) <= 0.3


def test_only_neutral_has_an_empty_prototype():
    at_rest = {emotion for emotion in EMOTIONS if not any(prototype(emotion).values())}
    assert at_rest == {Emotion.NEUTRAL}
