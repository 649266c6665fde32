import numpy as np
import pandas as pd
import pytest

from core.services import answers, experiments, outcomes
from core.services.answers import answers_of, are_same_images
from core.services.versions import freeze
from db.enums import Emotion, Mask, ModelName, Split

N = 20


@pytest.fixture
def tested(workspace, add_faces):
    """Return a function that stores what a run said of 20 faces under masks."""
    add_faces([(Split.TRAIN, Emotion.SAD, 1), (Split.VALIDATION, Emotion.SAD, 2)])
    version = freeze(workspace, "faces")

    def run(seed: int, masks=(Mask.NONE,), found=None):
        found = found or experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=Mask.NONE, seed=seed
        )
        rng = np.random.default_rng(seed)
        tables = [
            outcomes.prediction_table(
                np.arange(N), np.arange(N) % 7, rng.random((N, 7), dtype=np.float32),
                leak_free=np.arange(N) < 15, mask=mask,
            )
            for mask in masks
        ]  # fmt: skip
        outcomes.record_outcome(workspace, found.id, pd.concat(tables), seconds=1)
        return found

    return run


def test_answers_are_those_of_the_predictions(workspace, tested):
    run = tested(1, [Mask.EYES, Mask.NONE, Mask.CTL_EYES])
    rows = pd.read_parquet(workspace.run_dir(run.id) / outcomes.PREDICTIONS_NAME)
    names = [emotion.value for emotion in Emotion]
    for mask in (Mask.NONE, Mask.EYES, Mask.CTL_EYES):
        of_mask = rows[rows["mask"] == mask.value]
        found = answers_of(workspace, run, mask)
        assert found.image_ids.tolist() == of_mask["image_id"].tolist()
        assert [names[k] for k in found.labels] == of_mask["label"].tolist()
        assert [names[k] for k in found.said] == of_mask["predicted"].tolist()
        assert found.leak_free.tolist() == of_mask["leak_free"].tolist()
        assert found.cells().tolist() == (7 * found.labels.astype(int) + found.said).tolist()


def test_a_mask_that_was_not_tested_and_a_run_without_a_file_have_no_answers(workspace, tested):
    run = tested(1)
    assert answers_of(workspace, run, Mask.MOUTH) is None
    (workspace.run_dir(run.id) / outcomes.PREDICTIONS_NAME).unlink()
    assert answers_of(workspace, run) is None


def test_a_run_that_is_tested_again_is_read_again(workspace, tested):
    run = tested(1)
    before = answers_of(workspace, run)
    tested(2, found=run)
    assert answers_of(workspace, run).said.tolist() != before.said.tolist()


def test_runs_on_the_same_images_share_them_in_memory(workspace, tested):
    one, other = (answers_of(workspace, tested(seed)) for seed in (1, 2))
    assert one.image_ids is other.image_ids
    assert one.labels is other.labels
    assert are_same_images(one, other)


def test_some_of_the_images_are_not_the_same_images(workspace, tested):
    whole = answers_of(workspace, tested(1))
    part = whole.among(whole.leak_free)
    assert len(part.image_ids) == 15
    assert not are_same_images(part, whole)
    assert answers.are_same_images(part, whole.among(whole.leak_free))
