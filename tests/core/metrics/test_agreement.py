"""Textbook tables, and laws that hold for any judgements."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.metrics import agreement

# Fleiss (1971), table 1: 30 patients, 6 psychiatrists each, 5 diagnoses; kappa 0.430.
FLEISS_1971 = np.array([
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
])  # fmt: skip
# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: 4 observers,
# 12 units, missing data; nominal alpha 0.743.
KRIPPENDORFF_2011 = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, -1, 3],
    [-1, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, -1],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, -1],
], dtype=np.int8).T  # fmt: skip

codes = arrays.arrays(np.int8, st.tuples(st.integers(1, 12), st.integers(2, 5)),
                      elements=st.integers(-1, 6))  # fmt: skip


def column(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int8)


def test_fleiss_kappa_of_fleiss_own_table_is_0_430():
    found = agreement.fleiss(FLEISS_1971)
    assert found.value == pytest.approx(0.430, abs=5e-4)
    assert found.n == 30


def test_alpha_of_krippendorffs_own_example_is_0_743():
    found = agreement.krippendorff_alpha(agreement.count_table(KRIPPENDORFF_2011))
    assert found.value == pytest.approx(0.743, abs=5e-4)
    assert found.n == 11  # the twelfth unit has one value


def test_cohens_kappa_of_a_table_worked_by_hand():
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.7, by chance 0.5, kappa 0.4.
    first = column(*[0] * 25, *[1] * 25)
    second = column(*[0] * 20, *[1] * 5, *[0] * 10, *[1] * 15)
    found = agreement.cohen(first, second)
    assert found.value == pytest.approx(0.4)
    assert found.n == 50


def test_cohens_kappa_counts_only_what_both_judged():
    assert agreement.cohen(column(0, 1, -1, 3), column(0, 1, 2, -1)) == agreement.Agreement(1.0, 2)


@pytest.mark.parametrize("second", [column(-1, -1), column(0, 0)])
def test_nothing_in_common_or_one_emotion_only_has_no_kappa(second: np.ndarray):
    assert agreement.cohen(column(0, 0), second).value is None


def test_a_face_with_one_judgement_tells_nothing_of_agreement():
    counts = agreement.count_table(np.array([[0, -1], [-1, 3]], dtype=np.int8))
    assert agreement.fleiss(counts) == agreement.Agreement(None, 0)
    assert agreement.krippendorff_alpha(counts) == agreement.Agreement(None, 0)


def test_fleiss_kappa_rests_on_the_most_frequent_number_of_judgements():
    counts = np.array([[2, 0], [0, 2], [1, 1], [3, 0], [1, 0]])
    # Two each on three faces: observed 2/3, by chance 1/2, kappa 1/3.
    assert agreement.fleiss(counts) == agreement.Agreement(pytest.approx(1 / 3), 3)


def test_one_against_rest_keeps_the_number_of_judgements():
    counts = np.array([[2, 1, 3], [0, 0, 1]])
    assert agreement.one_against_rest(counts, 1).tolist() == [[1, 5], [0, 1]]


def test_two_groups_of_one_annotator_each_agree_as_the_two_do():
    first, second = column(0, 1, 2, 2, -1), column(0, 1, 1, 2, 3)
    groups = [agreement.count_table(one[:, None]) for one in (first, second)]
    assert agreement.between(*groups) == agreement.cohen(first, second)


def test_agreement_within_a_group_is_that_of_its_pairs_both_ways():
    # Faces 00, 01, 11 by two annotators: pairs 00, 00, 01, 10, 11, 11; observed 4/6, chance 1/2.
    counts = agreement.count_table(np.array([[0, 0], [0, 1], [1, 1]], dtype=np.int8))
    assert agreement.within(counts) == agreement.Agreement(pytest.approx(1 / 3), 3)


def alpha_by_definition(table: np.ndarray) -> float | None:
    """Krippendorff's alpha from his formula, pair by pair."""
    units = [[value for value in row if value >= 0] for row in table.tolist()]
    units = [unit for unit in units if len(unit) >= 2]
    pooled = [value for unit in units for value in unit]
    n = len(pooled)
    expected = sum(a != b for a in pooled for b in pooled) / (n * (n - 1)) if n else 0
    if not expected:
        return None
    observed = sum(sum(a != b for a in unit for b in unit) / (len(unit) - 1) for unit in units)
    return 1 - observed / n / expected


@given(codes)
def test_alpha_is_krippendorffs_formula(table: np.ndarray):
    found = agreement.krippendorff_alpha(agreement.count_table(table)).value
    expected = alpha_by_definition(table)
    assert (found is None) == (expected is None)
    assert found is None or found == pytest.approx(expected)


@given(codes)
def test_no_coefficient_depends_on_the_order_of_annotators_and_none_exceeds_one(table: np.ndarray):
    counts = agreement.count_table(table)
    assert (counts == agreement.count_table(table[:, ::-1])).all()
    kappa = agreement.cohen(table[:, 0], table[:, 1])
    mirrored = agreement.cohen(table[:, 1], table[:, 0])
    assert kappa == agreement.Agreement(
        None if mirrored.value is None else pytest.approx(mirrored.value), mirrored.n
    )
    measures = (agreement.fleiss, agreement.krippendorff_alpha, agreement.within)
    values = [kappa.value, *(measure(counts).value for measure in measures)]
    assert all(value is None or value <= 1 + 1e-9 for value in values)
