"""On drawn faces it is known what moves for each emotion, so it is known what a map has to show."""

import pytest

from core.configs import SHORT_RUN
from core.images.drawing.action_units import SHARES
from core.jobs import transitions
from core.jobs.run import run_job
from core.maps.anatomy import PREVALENCE, units_of
from core.services.experiments import enqueue_training
from core.services.jobs import find_job
from core.services.saliency import enqueue_saliency
from core.services.saliency_scores import Baseline, saliency_scores
from core.services.sampling import make_sample
from core.services.versions import freeze
from db.enums import JobStatus, Mask, ModelName, SaliencyMethod

N_FACES, N_EPOCHS, SIDE_PX = 400, 6, 32  # enough to get half of the held-out faces right


@pytest.fixture
def run_id(workspace):
    """A run of `fast` that learnt drawn faces for a few seconds, with its gradient maps."""
    make_sample(workspace, n_images=N_FACES)
    run = enqueue_training(
        workspace,
        version=freeze(workspace, "sample").digest,
        model=ModelName.FAST,
        mask=Mask.NONE,
        overrides={
            **SHORT_RUN,
            "epochs": N_EPOCHS,
            "batch_size": 32,
            "image_size": SIDE_PX,
            "start_size": SIDE_PX,
        },
    )
    work_off(workspace, run.job_id)
    work_off(workspace, enqueue_saliency(workspace, run.id, SaliencyMethod.GRADIENT).id)
    return run.id


def work_off(workspace, job_id: int) -> None:
    transitions.claim(workspace, "me")
    run_job(workspace, job_id)
    assert find_job(workspace, job_id).status is JobStatus.DONE


def test_faces_are_drawn_by_the_units_that_their_human_maps_are_made_of():
    for emotion in PREVALENCE:
        assert set(units_of(emotion)) <= set(SHARES[emotion])


@pytest.mark.timeout(600)  # it trains: half a minute of CPU time, minutes beside others
def test_a_trained_network_looks_where_drawn_faces_move_and_an_untrained_one_does_not(
    workspace, run_id
):
    found = saliency_scores(workspace, run_id, SaliencyMethod.GRADIENT, source="du2014")
    untrained = found.baselines[Baseline.UNTRAINED]
    assert found.raw.scores.correlation > untrained.raw.correlation + 0.15
    assert found.mean_removed.scores.correlation > untrained.mean_removed.correlation + 0.1
    assert found.raw.scores.enrichment > untrained.raw.enrichment + 0.2
    assert found.raw.p_value < 0.05
    assert found.mean_removed.interval[0] > 0
    for baseline in (Baseline.SHUFFLED, Baseline.CENTRE, Baseline.EDGES):
        assert found.raw.scores.correlation > found.baselines[baseline].raw.correlation
