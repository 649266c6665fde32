import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.errors import EmptySetError, NotReadyError
from core.services import experiments, results
from core.services.slice_figures import calibration_of, confusion_of
from core.services.slicing import ImageSlice
from db.enums import EMOTIONS, JobStatus, Mask

NAMES = [emotion.value for emotion in EMOTIONS]


@pytest.fixture
def run_id(workspace, fill) -> int:
    fill(workspace)
    return min(r.id for r in experiments.runs(workspace) if r.status is JobStatus.DONE)


def test_the_confusion_matrix_is_scikit_learns(workspace, run_id):
    rows = results.predictions(workspace, run_id)
    expected = confusion_matrix(rows["label"], rows["predicted"], labels=NAMES)
    assert (confusion_of(workspace, run_id) == expected).all()


def test_a_slices_confusion_counts_its_own_images(workspace, run_id):
    rows = results.predictions(workspace, run_id)
    rows = rows[rows["leak_free"]]
    expected = confusion_matrix(rows["label"], rows["predicted"], labels=NAMES)
    assert (confusion_of(workspace, run_id, slice_name=ImageSlice.LEAK_FREE) == expected).all()
    assert confusion_of(workspace, run_id, slice_name=ImageSlice.RELABELED).sum() == 0


def test_calibration_is_of_the_predicted_probabilities(workspace, run_id):
    rows = results.predictions(workspace, run_id)
    confidence = rows[[f"p_{name}" for name in NAMES]].to_numpy().max(axis=1)
    found = calibration_of(workspace, run_id)
    assert found.n.sum() == len(rows)
    assert np.nansum(found.confidence * found.n) == pytest.approx(confidence.sum(), rel=1e-5)


def test_a_slice_without_images_cannot_be_calibrated(workspace, run_id):
    with pytest.raises(EmptySetError, match="'relabeled'; choose another"):
        calibration_of(workspace, run_id, slice_name=ImageSlice.RELABELED)


def test_a_mask_that_was_not_tested_is_refused(workspace, run_id):
    with pytest.raises(NotReadyError, match="not tested with mask mouth"):
        confusion_of(workspace, run_id, test_mask=Mask.MOUTH)
