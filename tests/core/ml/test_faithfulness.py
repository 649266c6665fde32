"""The whole examination, on networks and methods whose verdict is known."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from core.configs import preset
from core.errors import JobCancelledError
from core.images.faces import FaceSet
from core.maps.measured import wegrzyn2017
from core.metrics.faithfulness import CurveKind, Fill, Order
from core.ml import attribution_metrics, faithfulness, perturbing
from core.ml.faithfulness import examined
from core.ml.models import build
from db.enums import EMOTIONS, Mask, ModelName, SaliencyMethod

N, N_STEPS = 7, 4
SIDE = 32
CONFIG = preset(ModelName.FAST, image_size=SIDE, start_size=SIDE, mixed_precision=False)
PEOPLE = {EMOTIONS.index(emotion): wegrzyn2017().raw(emotion) for emotion in EMOTIONS}


@pytest.fixture(scope="module", autouse=True)
def a_few_of_each():
    """Fewer squares and steps than a run gets: they cost most."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attribution_metrics, "N_SQUARES", 8)
        patch.setattr(faithfulness, "N_STEPS", N_STEPS)
        patch.setattr(perturbing, "N_STEPS", N_STEPS)
        yield


@pytest.fixture(scope="module")
def faces():
    """Smooth noise, one of each emotion."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (N, 8, 8), dtype=np.uint8)
    return FaceSet(
        image_ids=np.arange(N),
        pixels=np.stack([cv2.resize(face, (SIDE, SIDE)) for face in small]),
        labels=np.arange(N) % 7,
        splits=np.full(N, "test"),
        groups=np.arange(N),
    )


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    network = build(CONFIG).eval()
    with torch.no_grad():
        network.classifier.weight.mul_(30)  # answers that a few pixels change
    return network


@pytest.fixture(scope="module")
def found(model, faces):
    return examined(model, faces, CONFIG, SaliencyMethod.GRADIENT, human=PEOPLE)


def edges(network, faces, config, method):
    """A method that draws the edges of the face, whatever the network."""
    return np.stack([np.abs(cv2.Laplacian(face, cv2.CV_32F)) for face in faces.pixels])


def test_there_is_a_curve_of_each_kind_fill_and_order(found):
    kinds = [(one.kind, one.fill, one.order) for one in found.curves]
    assert len(set(kinds)) == len(kinds) == len(CurveKind) * len(Fill) * len(Order)
    for curve in found.curves:
        assert curve.shares.tolist() == pytest.approx(np.linspace(0, 1, N_STEPS + 1))
        assert 0 <= curve.mean.min() <= curve.mean.max() <= 1
        assert curve.area.low <= curve.area.value <= curve.area.high
        assert (curve.gain is None) == (curve.order is Order.RANDOM)


def test_curves_of_one_fill_begin_and_end_alike(found):
    for fill in Fill:
        of_fill = [one for one in found.curves if one.fill is fill]
        whole = {one.mean[0 if one.kind is CurveKind.DELETION else -1] for one in of_fill}
        assert np.ptp(list(whole)) < 1e-6


def test_a_gain_is_the_difference_of_the_areas(found):
    areas = {(one.kind, one.fill, one.order): one.area.value for one in found.curves}
    for one in found.curves:
        if one.gain is not None:
            better = one.area.value - areas[(one.kind, one.fill, Order.RANDOM)]
            sign = -1 if one.kind is CurveKind.DELETION else 1
            assert one.gain.value == pytest.approx(sign * better)


def test_figures_have_their_images_and_stages_end_with_the_whole_network(found):
    assert (found.n_images, found.sensitivity.n, found.infidelity.n) == (N, N, N)
    assert 0 < found.infidelity.value.value <= 1
    assert found.sensitivity.value.value > 0
    assert len(found.stages) == 5
    assert found.stages[-1].share == 1
    assert not found.is_flagged  # gradients depend on the weights


def test_the_same_examination_gives_the_same_figures(model, faces, found):
    again = examined(model, faces, CONFIG, SaliencyMethod.GRADIENT, human=PEOPLE)
    assert again.sensitivity == found.sensitivity
    assert again.stages == found.stages
    assert [one.area for one in again.curves] == [one.area for one in found.curves]


def test_a_method_that_draws_edges_is_flagged(model, faces, monkeypatch):
    monkeypatch.setattr(faithfulness, "maps", edges)
    found = examined(model, faces, CONFIG, SaliencyMethod.GRADIENT)
    assert found.is_flagged
    assert found.stages[-1].spearman.value == pytest.approx(1)
    assert found.stages[-1].ssim.value == pytest.approx(1)


def test_without_human_maps_of_all_labels_there_is_no_such_order(model, faces):
    some = {label: PEOPLE[label] for label in range(6)}
    found = examined(model, faces, CONFIG, SaliencyMethod.GRADIENT, human=some)
    assert Order.HUMAN not in {one.order for one in found.curves}


@pytest.mark.parametrize(
    "method", [SaliencyMethod.GRAD_CAM, SaliencyMethod.OCCLUSION, SaliencyMethod.TILES]
)
def test_methods_of_each_kind_are_examined_under_a_mask_that_cuts_rows_off(faces, method):
    config = replace(CONFIG, mask=Mask.CROP_EYES)
    few = faces.at(np.arange(3))
    found = examined(build(config), few, config, method, human=PEOPLE)
    assert found.n_images == 3
    assert (found.sensitivity.value is None) == (found.sensitivity.why != "")


def test_progress_rises_to_the_end_and_can_end_the_work(model, faces):
    seen = []
    few = faces.at(np.arange(2))
    examined(
        model, few, CONFIG, SaliencyMethod.GRAD_CAM,
        on_part=lambda share, words: seen.append((share, words)),
    )  # fmt: skip
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1
    assert all(words[0].isupper() for _, words in seen)

    def stop(share, words):
        raise JobCancelledError(1)

    with pytest.raises(JobCancelledError):
        examined(model, few, CONFIG, SaliencyMethod.GRAD_CAM, on_part=stop)
