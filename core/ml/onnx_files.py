"""Trained networks as ONNX files, which run without torch and without FeelingIt."""

import json
import warnings
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.configs import TrainConfig, own_test_mask
from core.errors import ExportError
from core.images.masks import CROPS, MID_GREY, kept_rows, mask_rows
from core.ml.evaluation import log_probabilities
from core.ml.judge import Judge
from db.enums import EMOTIONS, Mask

INPUT, OUTPUT = "faces", "probabilities"
OPSET = 18  # onnxruntime from 1.14 on, of 2023
MOST_DIFFERENCE = 1e-4
N_CHECKED = 8


def write_onnx(
    network: nn.Module, config: TrainConfig, path: Path, *, side: int, notes: Mapping[str, str]
) -> float:
    """Write a network as an ONNX file and return by how much it differs from torch's answers.

    The file takes `faces`, uint8, shape (n, rows, side): grey faces, masked already. It gives
    `probabilities`, float32, shape (n, 7): those of `evaluation.probabilities`, computed in
    float32. Resizing, scaling and all test views are inside; the mask is not. Its metadata says
    so, and the order of the labels.

    Args:
        network: The trained network; it is left in evaluation mode.
        config: The run's settings.
        path: Where; a file there is replaced.
        side: Columns of a face, as in the run's version.
        notes: More to say in the metadata.

    Raises:
        ExportError: If the extra `onnx` is not installed, or onnxruntime's answers differ from
            torch's by more than 1e-4 for random pixels.
    """
    require_onnx()
    mask = own_test_mask(config.mask)
    rows = len(kept_rows(mask, side)) if mask in CROPS else side
    judge = Judge(deepcopy(network).cpu(), config, rows=rows, side=side).eval()
    judge.fix_pools()
    with TemporaryDirectory(dir=path.parent, prefix=".onnx-") as folder:
        graph = Path(folder) / "graph.onnx"
        _trace(judge, graph, rows, side)
        content = _with_notes(graph, metadata(config, rows, side) | dict(notes))
    difference = _difference(network, config, content, rows, side)
    if difference > MOST_DIFFERENCE:
        raise ExportError(
            f"The ONNX file would answer otherwise than the network (by {difference:.1g}), so it "
            "was not written; try other releases of torch and onnxruntime."
        )
    path.write_bytes(content)
    return difference


def require_onnx() -> None:
    """Refuse to go on without the extra `onnx`.

    Raises:
        ExportError: If it is not installed.
    """
    if find_spec("onnx") is None or find_spec("onnxruntime") is None:
        raise ExportError(
            "ONNX files need two more packages; install them with `pip install -e '.[onnx]'`."
        )


def metadata(config: TrainConfig, rows: int, side: int) -> dict[str, str]:
    """Return what a file says of itself; lists and settings are JSON."""
    return {
        "labels": json.dumps(list(EMOTIONS)),
        "input": f"{INPUT}: uint8, (n, {rows}, {side}), grey faces, 0 black to 255 white. Colour "
        "becomes grey by ITU-R 601 weights. Resizing and scaling to 0..1 are inside.",
        "output": f"{OUTPUT}: float32, (n, 7), rows sum to 1, in the order of labels; the mean "
        f"over the test views ({config.test_views.value}), which are inside.",
        "mask": own_test_mask(config.mask).value,
        "masking": _masking(own_test_mask(config.mask), side),
        "settings": json.dumps(config.to_json()),
    }


def _masking(mask: Mask, side: int) -> str:
    """Return what is to be done to faces of this side before they are given to a file."""
    rows = mask_rows(mask, side)
    if mask is Mask.NONE:
        return "Nothing is covered."
    if rows is None:
        return f"Not inside: cover {mask} with grey {MID_GREY} as FeelingIt's core.images.masks do."
    named = f"rows {rows.start} to {rows.stop - 1} of {side}, counted from 0"
    if mask in CROPS:
        return f"Not inside: cut off {named}."
    return f"Not inside: set {named}, to grey {MID_GREY}."


def _trace(judge: Judge, path: Path, rows: int, side: int) -> None:
    example = torch.zeros(2, rows, side, dtype=torch.uint8)
    with warnings.catch_warnings():
        # The exporter by tracing is deprecated for one that needs a further package, and tracing
        # warns of sizes, which are the same for all faces that a file takes.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            judge,
            (example,),
            path,
            dynamo=False,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "n"}, OUTPUT: {0: "n"}},
            opset_version=OPSET,
        )


def _with_notes(graph: Path, notes: Mapping[str, str]) -> bytes:
    """Return the content of an ONNX file, with metadata."""
    import onnx

    model = onnx.load(graph)
    onnx.helper.set_model_props(model, dict(notes))
    model.producer_name = "FeelingIt"
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _difference(
    network: nn.Module, config: TrainConfig, content: bytes, rows: int, side: int
) -> float:
    """Return the largest difference of onnxruntime's answers from torch's, for random pixels."""
    import onnxruntime

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (N_CHECKED, rows, side), dtype=np.uint8)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(None, {INPUT: pixels})[0]
    plain = replace(config, mixed_precision=False)
    logs = log_probabilities(network, torch.from_numpy(pixels), plain, size=config.image_size)
    return float(np.abs(found - logs.exp().numpy()).max())
