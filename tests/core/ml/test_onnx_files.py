"""Networks as ONNX files, run by onnxruntime."""

import json
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from core.configs import TestViews, preset
from core.errors import ExportError
from core.images.faces import unlabeled
from core.images.masks import cover
from core.ml import onnx_files
from core.ml.evaluation import probabilities
from core.ml.models import build
from core.ml.onnx_files import metadata, write_onnx
from db.enums import EMOTIONS, Mask, ModelName


def answers(path, pixels):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {"faces": pixels})[0]


@pytest.mark.parametrize(
    ("model", "size", "side", "views", "mask"),
    [
        (ModelName.FAST, 48, 48, TestViews.SHIFTS, Mask.NONE),
        (ModelName.FAST, 48, 48, TestViews.NEARBY, Mask.CROP_EYES),
        (ModelName.FAST, 48, 64, TestViews.FLIP, Mask.CROP_EYES),
        (ModelName.STRONG, 32, 48, TestViews.ONE, Mask.EYES),
        (ModelName.RESNET50, 32, 48, TestViews.ONE, Mask.NONE),
        (ModelName.VGG16_BN, 40, 48, TestViews.ONE, Mask.CROP_MOUTH),
    ],
)
def test_a_file_answers_as_evaluation_does(tmp_path, model, size, side, views, mask):
    config = preset(model, image_size=size, start_size=size, mask=mask, test_views=views)
    config = replace(config, mixed_precision=False)
    network = build(config).eval()
    if model is ModelName.VGG16_BN:  # its own layers have half a gigabyte of weights
        network.classifier = torch.nn.Linear(25_088, 7)
    path = tmp_path / "network.onnx"
    assert write_onnx(network, config, path, side=side, notes={}) < 1e-4
    rng = np.random.default_rng(1)
    for n in (1, 3):
        faces = unlabeled(rng.integers(0, 256, (n, side, side), dtype=np.uint8))
        expected = probabilities(network, faces, config)
        found = answers(path, cover(faces.pixels, mask))
        assert found.shape == (n, 7)
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_file_says_what_it_takes_and_gives(tmp_path, tiny):
    path = tmp_path / "network.onnx"
    config = replace(tiny, mask=Mask.EYES)
    write_onnx(build(config).eval(), config, path, side=48, notes={"run": "7"})
    said = {one.key: one.value for one in onnx.load(path).metadata_props}
    assert json.loads(said["labels"]) == list(EMOTIONS)
    assert said["run"] == "7"
    assert said["mask"] == "eyes"
    assert "rows 12 to 23 of 48" in said["masking"]
    assert "(n, 48, 48)" in said["input"]
    assert json.loads(said["settings"]) == config.to_json()


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (Mask.NONE, "Nothing is covered."),
        (Mask.RANDOM, "Nothing is covered."),
        (Mask.CROP_MOUTH, "cut off rows 24 to 47 of 48"),
        (Mask.LM_EYES, "cover lm-eyes with grey 128"),
        (Mask.CTL_EYES, "cover ctl-eyes with grey 128"),
    ],
)
def test_what_is_to_be_done_to_faces_before_is_said(tiny, mask, said):
    given = {"random_masks": (Mask.EYES,)} if mask is Mask.RANDOM else {}
    assert said in metadata(replace(tiny, mask=mask, **given), 48, 48)["masking"]


def test_a_file_that_would_answer_otherwise_is_not_written(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(onnx_files, "MOST_DIFFERENCE", -1.0)
    with pytest.raises(ExportError, match="answer otherwise"):
        write_onnx(build(tiny).eval(), tiny, tmp_path / "network.onnx", side=48, notes={})
    assert not (tmp_path / "network.onnx").exists()


def test_without_the_packages_one_sentence_says_what_to_install(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(onnx_files, "find_spec", lambda _: None)
    with pytest.raises(ExportError, match=r"\[onnx\]"):
        write_onnx(build(tiny), tiny, tmp_path / "network.onnx", side=48, notes={})
