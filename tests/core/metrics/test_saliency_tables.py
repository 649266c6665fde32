import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.metrics import saliency
from core.metrics.saliency_tables import (
    correlations,
    score_tables,
    standardised,
    tables_without_mean,
    without_mean,
)

# Three emotions on twelve places: all share the first four, each has three of its own but one.
SHARED = np.array([4.0] * 4 + [0.0] * 8)
OWN = np.zeros((3, 12))
OWN[0, 4:6], OWN[1, 6:8], OWN[2, 8:10] = 2, 2, 2
PEOPLE = SHARED + OWN
AREAS = OWN > 0

rows = arrays(np.float64, (3, 12), elements=st.integers(0, 50).map(float))


def uneven(maps: np.ndarray) -> bool:
    return bool((np.ptp(maps, axis=1) > 0).all())


def test_every_cell_is_the_score_of_its_row_with_its_column():
    maps = np.random.default_rng(0).random((3, 12))
    tables = score_tables(maps, PEOPLE, AREAS)
    for i, one in enumerate(maps):
        for j, human in enumerate(PEOPLE):
            assert tables.correlation[i, j] == pytest.approx(saliency.correlation(one, human))
            assert tables.similarity[i, j] == pytest.approx(saliency.similarity(one, human))
            assert tables.kl[i, j] == pytest.approx(saliency.divergence(one, human))
            is_fixated = saliency.looked_at(human)[None]
            area = saliency.areas_under_curve(one[None], is_fixated)
            assert tables.auc[i, j] == pytest.approx(area[0, 0])
            assert tables.enrichment[i, j] == pytest.approx(saliency.enrichment(one, AREAS[j]))


def test_people_below_average_count_as_nothing_where_shares_are_needed():
    tables = score_tables(PEOPLE, PEOPLE - 1, AREAS)
    above = np.maximum(PEOPLE - 1, 0)
    assert tables.similarity[0, 0] == pytest.approx(saliency.similarity(PEOPLE[0], above[0]))
    assert tables.correlation[0, 0] == pytest.approx(1)


def test_what_all_emotions_share_is_no_match_once_the_mean_is_removed():
    maps = np.tile(SHARED, (3, 1)) + OWN[[1, 2, 0]]  # the shared part right, the rest mixed up
    raw, special = score_tables(maps, PEOPLE, AREAS), tables_without_mean(maps, PEOPLE, AREAS)
    assert (np.diagonal(raw.correlation) > 0.75).all()
    assert (np.diagonal(special.correlation) < 0).all()
    assert (special.enrichment.argmax(axis=1) == [1, 2, 0]).all()


def test_the_right_maps_match_fully_with_and_without_the_mean():
    for tables in (score_tables(PEOPLE, PEOPLE, AREAS), tables_without_mean(PEOPLE, PEOPLE, AREAS)):
        np.testing.assert_allclose(np.diagonal(tables.correlation), 1)
        np.testing.assert_allclose(np.diagonal(tables.similarity), 1)
        np.testing.assert_allclose(np.diagonal(tables.auc), 1)
        assert (tables.kl.argmin(axis=1) == [0, 1, 2]).all()
    np.testing.assert_allclose(np.diagonal(score_tables(PEOPLE, PEOPLE, AREAS).kl), 0, atol=1e-9)


def test_without_the_mean_kl_asks_what_is_missed_of_where_people_look_more_than_elsewhere():
    maps = np.random.default_rng(0).random((3, 12))
    special, people = without_mean(maps), np.maximum(without_mean(PEOPLE), 0)
    found = tables_without_mean(maps, PEOPLE, AREAS).kl
    expected = saliency.divergence(special[1] - special[1].min(), people[2])
    assert found[1, 2] == pytest.approx(expected)


def test_enrichment_without_the_mean_is_density_beyond_the_mean_maps():
    # PEOPLE have the mean (16 + 4) / 12 = 5/3; 2 of the own places is a density of 1.2, and the
    # mean map has a third of it there.
    special = tables_without_mean(PEOPLE, PEOPLE, AREAS)
    np.testing.assert_allclose(np.diagonal(special.enrichment), 1.2 - 0.4)
    assert special.enrichment[0, 1] == pytest.approx(-0.4)


def test_maps_that_do_not_differ_between_emotions_have_nothing_of_their_own():
    maps = np.tile(np.random.default_rng(0).random(12), (3, 1))
    special = tables_without_mean(maps, PEOPLE, AREAS)
    assert np.isnan(special.correlation).all()
    assert np.isnan(special.similarity).all()
    assert np.isnan(special.kl).all()
    assert np.isnan(special.auc).all()
    np.testing.assert_allclose(special.enrichment, 0, atol=1e-12)


def test_a_uniform_map_scores_what_chance_scores():
    tables = score_tables(np.ones((3, 12)), PEOPLE, AREAS)
    assert np.isnan(tables.correlation).all()
    np.testing.assert_allclose(tables.auc, 0.5)
    np.testing.assert_allclose(tables.enrichment, 1)


def test_an_emotion_without_action_units_has_no_enrichment():
    tables = score_tables(PEOPLE, PEOPLE, np.zeros((3, 12), dtype=np.bool_))
    assert np.isnan(tables.enrichment).all()
    assert not np.isnan(tables.correlation).any()


@given(rows.filter(uneven), st.lists(st.floats(0.01, 100), min_size=3, max_size=3))
def test_how_bright_each_map_is_changes_no_score(maps, gains):
    brighter = maps * np.array(gains)[:, None]
    for tables in (score_tables, tables_without_mean):
        one, other = tables(maps, PEOPLE, AREAS), tables(brighter, PEOPLE, AREAS)
        for name in ("correlation", "similarity", "kl", "auc", "enrichment"):
            first, second = getattr(one, name), getattr(other, name)
            if name == "auc" and tables is tables_without_mean:
                continue  # rounding parts places that are exactly equal
            np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-5)


@given(rows.filter(uneven))
def test_standardised_maps_have_mean_0_and_norm_1(maps):
    unit = standardised(maps)
    np.testing.assert_allclose(unit.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose((unit**2).sum(axis=1), 1)


@given(rows.filter(uneven))
def test_without_their_mean_maps_sum_to_nothing(maps):
    special = without_mean(maps)
    known = ~np.isnan(special)
    if known.all():
        np.testing.assert_allclose(special.sum(axis=0), 0, atol=1e-9)


def test_many_tables_at_once_are_the_tables_one_by_one():
    many = np.random.default_rng(0).random((5, 3, 12)).astype(np.float32)
    found = correlations(many, PEOPLE)
    assert found.shape == (5, 3, 3)
    for one, table in zip(many, found, strict=True):
        np.testing.assert_allclose(correlations(one, PEOPLE), table, atol=1e-6)
