"""What the inference process answers: what networks make of faces, and where they look."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from torch import nn

from core.configs import TrainConfig, own_test_mask
from core.errors import InferenceError
from core.images.detecting import Detector, has_detector
from core.images.faces import FaceSet, unlabeled
from core.images.landmarks import stand_in
from core.images.masks import needs_landmarks
from core.jobs.inference.networks import Networks
from core.jobs.inference.wire import Array, Message
from core.ml import evaluation, saliency
from core.ml.onnx_files import write_onnx
from db.enums import EMOTIONS, Mask, SaliencyMethod

MOST_SIDE_PX = 512

Choice = TypeVar("Choice", Mask, SaliencyMethod)


class Answers:
    """Answers questions, one at a time."""

    def __init__(self, networks: Networks) -> None:
        """Prepare to answer with these networks."""
        self._networks = networks
        self._by_name: Mapping[str, Callable[[Message], dict[str, Array]]] = {
            "classify": self._classify,
            "explain": self._explain,
            "export": self._export,
        }

    def answer(self, question: Message) -> Message:
        """Return the answer to a question, with which process gave it.

        Raises:
            FeelingItError: If the question makes no sense, or the run cannot be asked.
        """
        find = self._by_name.get(str(question.facts.get("ask")))
        if find is None:
            raise InferenceError(f"There is no answer to {question.facts.get('ask')!r}.")
        return Message({"pid": os.getpid()}, find(question))

    def _classify(self, question: Message) -> dict[str, Array]:
        model, config = self._network(question)
        named = question.facts.get("mask")
        mask = own_test_mask(config.mask) if named is None else _one_of(Mask, named)
        faces = _with_points(_faces(question), mask)
        return {"rows": evaluation.probabilities(model, faces, config, mask=mask)}

    def _explain(self, question: Message) -> dict[str, Array]:
        model, config = self._network(question)
        method = _one_of(SaliencyMethod, question.facts.get("method"))
        labels = question.arrays.get("labels")
        faces = _faces(question)
        if labels is None or labels.shape != (len(faces),) or labels.dtype != np.int64:
            raise InferenceError("Each face needs the emotion that its map is for.")
        if len(labels) and not 0 <= labels.min() <= labels.max() < len(EMOTIONS):
            raise InferenceError(f"An emotion is outside 0..{len(EMOTIONS) - 1}.")
        faces = _with_points(replace(faces, labels=labels), own_test_mask(config.mask))
        return {"rows": _explainer(model, config, method)(faces, lambda _: None)}

    def _export(self, question: Message) -> dict[str, Array]:
        model, config = self._network(question)
        side, path = question.facts.get("side"), question.facts.get("path")
        notes = question.facts.get("notes")
        if type(side) is not int or not 1 <= side <= MOST_SIDE_PX:
            raise InferenceError("No side of the faces is named.")
        if not isinstance(path, str) or not isinstance(notes, dict):
            raise InferenceError("No file is named.")
        said = {str(name): str(text) for name, text in notes.items()}
        found = write_onnx(model, config, Path(path), side=side, notes=said)
        return {"difference": np.array([found], dtype=np.float32)}

    def _network(self, question: Message) -> tuple[nn.Module, TrainConfig]:
        run_id, settings = question.facts.get("run"), question.facts.get("config")
        if type(run_id) is not int or not isinstance(settings, dict):
            raise InferenceError("No run is named.")
        return self._networks.get(run_id, settings)


def _faces(question: Message) -> FaceSet:
    """Return the faces of a question.

    Raises:
        InferenceError: If it has none, or they are of another kind or size.
    """
    pixels, ids = question.arrays.get("pixels"), question.arrays.get("image_ids")
    if pixels is None or pixels.dtype != np.uint8 or pixels.ndim != 3:
        raise InferenceError("The question has no grey faces.")
    n, height, width = pixels.shape
    if height != width or not 1 <= width <= MOST_SIDE_PX:
        raise InferenceError(
            f"The faces are {width} x {height} px; give square ones of up to {MOST_SIDE_PX} px."
        )
    faces = unlabeled(pixels)
    if ids is not None and ids.shape == (n,) and ids.dtype == np.int64:
        faces = replace(faces, image_ids=ids)
    points = question.arrays.get("landmarks")
    if points is not None and (points.shape != (n, 68, 2) or points.dtype != np.float32):
        raise InferenceError("The landmarks are not 68 points a face.")
    return replace(faces, landmarks=points)


def _with_points(faces: FaceSet, mask: Mask) -> FaceSet:
    """Return faces with landmarks where the mask follows them, found here where they have none."""
    if not needs_landmarks(mask) or faces.landmarks is not None or not len(faces):
        return faces
    located = (
        _detector().locate(list(faces.pixels)) if has_detector() else [stand_in()] * len(faces)
    )
    return replace(faces, landmarks=np.stack([one.points for one in located]))


@lru_cache(maxsize=2)  # the run that is looked at by two methods, or two runs by one
def _explainer(model: nn.Module, config: TrainConfig, method: SaliencyMethod) -> saliency.Explain:
    return saliency.explainer(model, config, method)


@cache
def _detector() -> Detector:
    return Detector(n_threads=1)


def _one_of(kind: type[Choice], name: object) -> Choice:
    """Return the choice with this name.

    Raises:
        InferenceError: If there is none.
    """
    if not isinstance(name, str) or name not in list(kind):
        raise InferenceError(f"{name!r} is none of {', '.join(kind)}.")
    return kind(name)
