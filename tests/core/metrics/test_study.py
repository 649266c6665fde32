from core.metrics.study import study_rows
from db.enums import Mask, ModelName


def test_the_study_has_five_rows_for_each_of_two_networks():
    rows = study_rows()
    assert len({(row.model, row.mask) for row in rows}) == 10
    assert [row.mask for row in rows[:5]] == [row.mask for row in rows[5:]]


def test_covering_nose_and_mouth_costs_the_study_fifteen_points():
    figures = {(row.model, row.mask): row.accuracy for row in study_rows()}
    baseline = figures[ModelName.VGG16_BN, Mask.NONE]
    assert round(100 * (baseline - figures[ModelName.VGG16_BN, Mask.MOUTH]), 2) == 14.91
