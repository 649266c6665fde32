import json
import time
from datetime import UTC, datetime

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.errors import EmptySetError, HumanMapError, NotReadyError, UnknownRunError
from core.maps.anatomy import unit_area
from core.maps.canonical import soften
from core.maps.measured import wegrzyn2017
from core.maps.run_maps import MAP_SIDE, RunMaps, write_run_maps
from core.metrics import saliency as metrics
from core.services.experiments import enqueue_training
from core.services.human_maps import Disc, save_own
from core.services.saliency import maps_path
from core.services.saliency_scores import Baseline, Outcome, saliency_scores, scores_document
from core.services.versions import freeze
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.models import Job

METHOD = SaliencyMethod.GRADIENT
SHAPE = (MAP_SIDE, MAP_SIDE)


@pytest.fixture
def run_id(workspace, add_faces):
    """A run whose job is done."""
    add_faces([(Split.TRAIN, Emotion.HAPPY, 1), (Split.VALIDATION, Emotion.SAD, 2)])
    digest = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=digest, model=ModelName.FAST, mask=Mask.NONE)
    with workspace.writing() as session:
        job = session.get(Job, run.job_id)
        job.status, job.finished_at = JobStatus.DONE, datetime.now(UTC)
    return run.id


def looking_like(
    targets: dict[Emotion, np.ndarray], *, n: int = 6, noise: float = 0.5, seed: int = 0
) -> RunMaps:
    """Maps of n images an emotion: its target and noise; every third image is called wrongly."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([EMOTIONS.index(emotion) for emotion in targets], n)
    maps = np.concatenate([target + noise * rng.random((n, *SHAPE)) for target in targets.values()])
    maps = maps / maps.mean(axis=(1, 2), keepdims=True)
    untrained = rng.random(maps.shape)
    is_wrong = np.arange(len(labels)) % 3 == 2
    return RunMaps(
        image_ids=np.arange(len(labels)),
        labels=labels.astype(np.int64),
        predicted=np.where(is_wrong, (labels + 1) % 7, labels).astype(np.int64),
        is_detected=np.ones(len(labels), dtype=np.bool_),
        faces=rng.integers(0, 256, maps.shape, dtype=np.uint8),
        maps=maps.astype(np.float16),
        untrained=(untrained / untrained.mean(axis=(1, 2), keepdims=True)).astype(np.float16),
        cells=np.array([12, 12]),
    )


def as_people_look() -> dict[Emotion, np.ndarray]:
    people = wegrzyn2017()
    return {one: MAP_SIDE**2 * people.distribution(one) for one in EMOTIONS}


def keep(workspace, run_id: int, maps: RunMaps) -> None:
    write_run_maps(maps_path(workspace, run_id, METHOD), maps)


def test_a_network_that_looks_where_people_look_scores_high_and_beyond_chance(workspace, run_id):
    keep(workspace, run_id, looking_like(as_people_look()))
    found = saliency_scores(workspace, run_id, METHOD)
    assert (found.source, found.outcome, found.cells) == ("wegrzyn2017", Outcome.ALL, (12, 12))
    assert list(found.by_emotion) == list(found.scored) == list(EMOTIONS)
    assert found.raw.scores.correlation > 0.85
    assert found.mean_removed.scores.correlation > 0.85
    assert found.raw.p_value == found.mean_removed.p_value == pytest.approx(1 / 5040)
    assert found.raw.identification.n_right == 7
    assert found.ceiling == pytest.approx(np.mean([0.65, 0.87, 0.69, 0.89, 0.51, 0.60, 0.77]))
    for emotion, one in found.by_emotion.items():
        assert (one.n, one.n_empty) == (6, 0)
        assert one.raw.best_match is one.mean_removed.best_match is emotion
        low, high = one.raw.interval
        assert low <= one.raw.scores.correlation <= high
        assert one.raw.scores.auc > 0.9


def test_scores_are_those_of_the_softened_mean_map(workspace, run_id):
    maps = looking_like(as_people_look())
    keep(workspace, run_id, maps)
    mean = soften(maps.maps[maps.labels == 3].astype(np.float64).mean(axis=0))
    people = wegrzyn2017()
    scores = saliency_scores(workspace, run_id, METHOD).by_emotion[Emotion.HAPPY].raw.scores
    raw, shares = people.raw(Emotion.HAPPY), people.distribution(Emotion.HAPPY)
    assert scores.correlation == pytest.approx(metrics.correlation(mean, raw))
    assert scores.similarity == pytest.approx(metrics.similarity(mean, shares))
    assert scores.kl == pytest.approx(metrics.divergence(mean, shares))
    assert scores.auc == pytest.approx(roc_auc_score(metrics.looked_at(raw).ravel(), mean.ravel()))
    assert scores.enrichment == pytest.approx(metrics.enrichment(mean, unit_area(Emotion.HAPPY)))


def test_eyes_and_mouth_for_every_emotion_score_well_until_the_mean_is_removed(workspace, run_id):
    generic = np.mean(list(as_people_look().values()), axis=0)
    keep(workspace, run_id, looking_like(dict.fromkeys(EMOTIONS, generic), noise=0.2))
    found = saliency_scores(workspace, run_id, METHOD)
    assert found.raw.scores.correlation > 0.6
    assert abs(found.mean_removed.scores.correlation) < 0.2
    assert found.raw.p_value > 0.01
    assert found.baselines[Baseline.SHUFFLED].raw.correlation == pytest.approx(
        found.raw.scores.correlation, abs=0.2
    )


def test_baselines_are_scored_alike_and_fall_behind(workspace, run_id):
    keep(workspace, run_id, looking_like(as_people_look()))
    found = saliency_scores(workspace, run_id, METHOD)
    assert set(found.baselines) == set(Baseline)
    uniform = found.baselines[Baseline.UNIFORM].raw
    assert (uniform.correlation, uniform.auc) == (None, pytest.approx(0.5))
    assert uniform.enrichment == pytest.approx(1)
    assert found.baselines[Baseline.CENTRE].mean_removed.correlation is None
    for one in found.baselines.values():
        assert set(one.by_emotion) == set(EMOTIONS)
        assert one.raw.similarity < found.raw.scores.similarity
        assert one.raw.auc < found.raw.scores.auc
        assert (one.raw.correlation or 0) < found.raw.scores.correlation
        assert (one.mean_removed.correlation or 0) < found.mean_removed.scores.correlation


def test_right_and_wrong_images_are_scored_apart(workspace, run_id):
    targets = as_people_look()
    maps = looking_like(targets)
    is_wrong = maps.predicted != maps.labels
    maps.maps[is_wrong] = np.float16(2.0) - np.minimum(maps.maps[is_wrong], np.float16(2.0))
    keep(workspace, run_id, maps)
    right, wrong = (
        saliency_scores(workspace, run_id, METHOD, outcome=one)
        for one in (Outcome.RIGHT, Outcome.WRONG)
    )
    assert right.raw.scores.correlation > 0.8 > 0 > wrong.raw.scores.correlation
    assert sum(one.n for one in right.by_emotion.values()) == (~is_wrong).sum()


def test_an_emotion_without_images_or_human_map_is_left_out_and_named(workspace, run_id):
    targets = as_people_look()
    del targets[Emotion.FEAR]
    keep(workspace, run_id, looking_like(targets))
    found = saliency_scores(workspace, run_id, METHOD, source="du2014")
    assert set(found.scored) == set(EMOTIONS) - {Emotion.FEAR, Emotion.NEUTRAL}
    assert found.by_emotion[Emotion.FEAR].raw.scores.correlation is None
    assert found.by_emotion[Emotion.NEUTRAL].n == 6
    assert found.by_emotion[Emotion.NEUTRAL].raw.best_match is None
    assert found.raw.identification.n == 5
    assert found.ceiling is None


def test_neutral_is_scored_against_measured_maps_but_has_no_action_units(workspace, run_id):
    keep(workspace, run_id, looking_like(as_people_look()))
    neutral = saliency_scores(workspace, run_id, METHOD).by_emotion[Emotion.NEUTRAL].raw.scores
    assert neutral.correlation > 0.8
    assert neutral.enrichment is None


def test_one_own_map_is_scored_without_a_mean_to_remove(workspace, run_id):
    save_own(workspace, "Mine", {Emotion.HAPPY: [Disc(centre=(0.5, 0.8), radius=0.15)]})
    keep(workspace, run_id, looking_like(as_people_look()))
    found = saliency_scores(workspace, run_id, METHOD, source="mine")
    assert found.scored == (Emotion.HAPPY,)
    assert found.raw.scores.correlation > 0.4
    assert found.raw.p_value == 1
    assert found.mean_removed.scores.correlation is None
    assert (found.mean_removed.interval, found.mean_removed.p_value) == (None, None)


def test_a_single_image_has_no_interval_and_an_empty_map_is_counted(workspace, run_id):
    maps = looking_like(as_people_look(), n=2)
    maps.maps[0] = 0
    keep(workspace, run_id, maps)
    found = saliency_scores(workspace, run_id, METHOD)
    angry = found.by_emotion[Emotion.ANGRY]
    assert (angry.n, angry.n_empty, angry.raw.interval) == (1, 1, None)
    assert found.by_emotion[Emotion.SAD].raw.interval is not None
    assert found.raw.interval is None


def test_more_alike_images_have_a_narrower_interval(workspace, run_id):
    widths = []
    for noise in (0.5, 50.0):
        keep(workspace, run_id, looking_like(as_people_look(), noise=noise))
        low, high = saliency_scores(workspace, run_id, METHOD).raw.interval
        widths.append(high - low)
    assert widths[0] < widths[1] / 3


def test_the_same_maps_have_the_same_scores_every_time(workspace, run_id):
    keep(workspace, run_id, looking_like(as_people_look()))
    first, second = (scores_document(saliency_scores(workspace, run_id, METHOD)) for _ in "ab")
    assert first == second


def test_the_document_is_plain_json_without_nan(workspace, run_id):
    keep(workspace, run_id, looking_like(as_people_look()))
    found = saliency_scores(workspace, run_id, METHOD, source="du2014")
    document = json.loads(json.dumps(scores_document(found), allow_nan=False))
    assert (document["run"], document["method"]) == (run_id, "gradient")
    assert (document["source"], document["n"], document["cells"]) == ("du2014", 42, [12, 12])
    assert document["emotions"]["neutral"]["raw"]["correlation"] is None
    assert document["emotions"]["happy"]["raw"]["best_match"] == "happy"
    assert len(document["raw"]["interval"]) == 2
    assert document["raw"]["identification"]["chance"] == pytest.approx(1 / 6)
    assert document["baselines"]["uniform"]["emotions"]["sad"]["raw"]["auc"] == pytest.approx(0.5)


def test_what_is_missing_is_named(workspace, run_id):
    with pytest.raises(NotReadyError, match=f"feelingit saliency {run_id} --method gradient"):
        saliency_scores(workspace, run_id, METHOD)
    with pytest.raises(UnknownRunError):
        saliency_scores(workspace, run_id + 1, METHOD)
    maps = looking_like({Emotion.NEUTRAL: np.ones(SHAPE)})
    keep(workspace, run_id, maps)
    with pytest.raises(HumanMapError, match="no human maps 'nobody'"):
        saliency_scores(workspace, run_id, METHOD, source="nobody")
    with pytest.raises(EmptySetError, match="choose another outcome"):
        saliency_scores(workspace, run_id, METHOD, source="facs")


def test_nine_hundred_images_are_scored_in_a_moment(workspace, run_id):
    keep(workspace, run_id, looking_like(as_people_look(), n=129))
    started = time.process_time()
    saliency_scores(workspace, run_id, METHOD)
    assert time.process_time() - started < 2  # half a second on an idle machine
