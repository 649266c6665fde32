import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score
from statsmodels.stats.proportion import confint_proportions_2indep

from core.metrics import estimates
from core.metrics.classification import confusion
from core.metrics.estimates import Estimates, Metric
from core.metrics.intervals import f1_interval, share_interval
from core.metrics.resampling import figures, paired_resamples, percentile_interval

RATIOS = (Metric.ACCURACY, Metric.PRECISION, Metric.F1)
THEIRS = {
    Metric.ACCURACY: recall_score,
    Metric.PRECISION: precision_score,
    Metric.F1: f1_score,
}


def noisy(labels: np.ndarray, share_right: float, rng: np.random.Generator) -> np.ndarray:
    wrong = (labels + rng.integers(1, 7, len(labels))) % 7
    return np.where(rng.random(len(labels)) < share_right, labels, wrong)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def labels(rng) -> np.ndarray:
    return rng.integers(0, 7, 700)


def estimated(labels: np.ndarray, seeds: list[np.ndarray], metric: Metric):
    """Return the mean figures of seeds as estimates, shape (8,), and images' influence on them."""
    matrices = np.array([confusion(labels, said) for said in seeds])
    values = estimates.values(matrices, metric).mean(axis=0)
    moved = estimates.influences(matrices, metric)
    influence = np.mean([m[:, 7 * labels + said] for m, said in zip(moved, seeds, strict=True)], 0)
    variance = np.square(influence).mean(axis=1) / len(labels)
    behind = estimates.images_behind(matrices, metric).mean(axis=0)
    return Estimates(values, *estimates.intervals(values, variance, behind, metric)), influence


@pytest.mark.parametrize("metric", RATIOS)
def test_figures_are_scikit_learns(labels, rng, metric):
    said = noisy(labels, 0.6, rng)
    found = estimates.values(confusion(labels, said)[None], metric)[0]
    assert np.allclose(found[1:], THEIRS[metric](labels, said, average=None))
    assert found[0] == pytest.approx(THEIRS[metric](labels, said, average="weighted"))


def test_support_counts_the_true_images(labels, rng):
    matrix = confusion(labels, noisy(labels, 0.6, rng))[None]
    found = estimates.values(matrix, Metric.SUPPORT)[0]
    assert found.tolist() == [700, *np.bincount(labels)]


def test_support_has_no_influences(labels):
    with pytest.raises(ValueError, match="support is no ratio"):
        estimates.influences(confusion(labels, labels)[None], Metric.SUPPORT)


@pytest.mark.parametrize("metric", RATIOS)
def test_an_influence_is_how_a_figure_moves_with_a_little_more_of_an_image(labels, rng, metric):
    matrix = confusion(labels, noisy(labels, 0.6, rng))
    for label, said in ((2, 2), (2, 5)):
        grown = 10_000_000 * matrix
        grown[label, said] += len(labels)  # one in ten million of the sample
        moved = estimates.values(np.array([grown, matrix]), metric)
        slope = (moved[0] - moved[1]) * (1 + 1e7)
        ours = estimates.influences(matrix[None], metric)[0][:, 7 * label + said]
        assert np.allclose(slope, ours, atol=1e-5)


@pytest.mark.parametrize("metric", RATIOS)
def test_influences_have_mean_zero_over_the_images(labels, rng, metric):
    influence = estimated(labels, [noisy(labels, 0.6, rng)], metric)[1]
    assert np.allclose(influence.mean(axis=1), 0)


def test_intervals_of_one_run_are_wilsons_for_the_images_behind_each_figure(labels, rng):
    said = noisy(labels, 0.6, rng)
    hits = np.bincount(labels[labels == said], minlength=7)
    n, called = np.bincount(labels), np.bincount(said)
    recall, precision, f1 = (estimated(labels, [said], metric)[0] for metric in RATIOS)
    assert np.allclose([recall.low[1:], recall.high[1:]], share_interval(hits, n))
    assert np.allclose([precision.low[1:], precision.high[1:]], share_interval(hits, called))
    assert np.allclose([f1.low[1:], f1.high[1:]], f1_interval(hits, n, called))
    assert np.allclose([recall.low[0], recall.high[0]], share_interval(hits.sum(), n.sum()))


def test_a_figure_that_is_all_right_or_missing_has_wilsons_interval_or_none():
    labels = np.repeat(np.arange(6), 20)
    found = estimated(labels, [labels], Metric.ACCURACY)[0]
    assert np.allclose([found.low[1], found.high[1]], share_interval(20, 20))
    assert np.isnan([found.values[7], found.low[7], found.high[7]]).all()


def test_seeds_that_err_on_the_same_images_have_the_interval_of_one(labels, rng):
    said = noisy(labels, 0.6, rng)
    once, thrice = (estimated(labels, [said] * k, Metric.F1)[0] for k in (1, 3))
    assert np.allclose([once.low, once.high], [thrice.low, thrice.high])


def test_seeds_that_err_on_other_images_have_a_shorter_interval(labels, rng):
    seeds = [noisy(labels, 0.6, rng) for _ in range(4)]
    one, four = (estimated(labels, seeds[:k], Metric.ACCURACY)[0] for k in (1, 4))
    assert ((four.high - four.low) < 0.6 * (one.high - one.low)).all()


@pytest.mark.parametrize(
    ("hits", "n"), [((56, 48), (70, 80)), ((9, 3), (10, 10)), ((0, 4), (9, 8))]
)
def test_differences_of_other_images_have_statsmodels_newcombe_interval(hits, n):
    one, other = (
        Estimates(np.array([h / m]), *(np.array([end]) for end in share_interval(h, m)))
        for h, m in zip(hits, n, strict=True)
    )
    ours = estimates.difference_interval(one, other, np.zeros(1))
    theirs = confint_proportions_2indep(
        hits[0], n[0], hits[1], n[1], method="newcomb", compare="diff"
    )
    assert np.allclose(np.ravel(ours), theirs)


Row = tuple[Estimates, np.ndarray]


def difference(row: Row, base: Row) -> np.ndarray:
    """Return difference and ends of its paired interval between two rows, shape (3, 8)."""
    (one, moves), (other, other_moves) = row, base
    sizes = np.square(moves).sum(axis=1) * np.square(other_moves).sum(axis=1)
    together = (moves * other_moves).sum(axis=1) / np.sqrt(np.where(sizes > 0, sizes, 1))
    ends = estimates.difference_interval(one, other, together)
    return np.array([one.values - other.values, *ends])


@pytest.mark.parametrize("metric", RATIOS)
def test_paired_intervals_agree_with_the_paired_bootstrap(labels, rng, metric):
    first = noisy(labels, 0.6, rng)
    second = np.where(rng.random(len(labels)) < 0.3, labels, first)
    _, *ours = difference(*(estimated(labels, [said], metric) for said in (second, first)))
    drawn = [figures(one) for one in paired_resamples(labels, first, second, rng=rng)]
    name = {Metric.ACCURACY: "recall"}.get(metric, metric.value)
    theirs = percentile_interval(getattr(drawn[1], name) - getattr(drawn[0], name))
    assert np.allclose([end[1:] for end in ours], theirs, atol=0.02)


def test_a_run_less_itself_has_an_interval_around_zero(labels, rng):
    said = noisy(labels, 0.6, rng)
    row = estimated(labels, [said], Metric.ACCURACY)
    found, low, high = difference(row, row)
    assert (found == 0).all()
    assert (np.abs([low, high]) < 0.03).all()


def estimates_of(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return figures and differences of two networks with ends, shape (3, 2, 2, 3, 8).

    By metric, by one or three seeds, by figure or difference. A face's difficulty, the same for
    all networks and seeds, decides most of what they say, chance the rest; the second is better.
    """
    easy = rng.random(len(labels))
    second, first = (
        [
            np.where(
                0.7 * easy + 0.3 * rng.random(len(labels)) < skill,
                labels,
                (labels + rng.integers(1, 3, len(labels))) % 7,
            )
            for _ in range(3)
        ]
        for skill in (0.62, 0.55)
    )
    found = []
    for metric in RATIOS:
        for n_seeds in (1, 3):
            rows = [estimated(labels, row[:n_seeds], metric) for row in (second, first)]
            one = rows[1][0]
            found += [[one.values, one.low, one.high], difference(*rows).tolist()]
    return np.array(found).reshape(3, 2, 2, 3, 8)


def test_ninety_five_percent_intervals_of_every_kind_hold_the_truth_about_as_often():
    rng = np.random.default_rng(21)
    truth = estimates_of(rng.integers(0, 7, 400_000), rng)[..., 0, :]
    held = np.zeros(truth.shape)
    n_draws = 800
    for _ in range(n_draws):
        found = estimates_of(rng.integers(0, 7, 420), rng)
        held += (found[..., 1, :] <= truth) & (truth <= found[..., 2, :])
    overall, of_emotions = held[..., 0] / n_draws, held[..., 1:].mean(axis=-1) / n_draws
    assert overall.min() >= 0.93
    assert overall.max() <= 0.97
    assert of_emotions.min() >= 0.93
    assert of_emotions.max() <= 0.97
