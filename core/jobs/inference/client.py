"""What the dashboard asks of trained networks about single faces. Loads no torch."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import CheckpointError, ConfigError, ExportError, InferenceError, NotReadyError
from core.images.faces import FaceSet, unlabeled
from core.jobs.inference import wire
from core.jobs.inference.place import log_path
from core.jobs.inference.starting import connected, own_name
from core.jobs.inference.wire import Message
from core.services.experiments import find_trained
from core.workspace import Workspace
from db.enums import Mask, SaliencyMethod

DEADLINE_S = 60.0  # the first question waits for torch and the weights: 3 to 6 s, on busy cores 20
MOST_FACES = 256

Faces = FaceSet | NDArray[np.uint8]
"""Pixels, shape (n, side, side), or a set whose landmarks and ids place masks too."""


def classify(
    workspace: Workspace, run_id: int, faces: Faces, *, mask: Mask | None = None
) -> NDArray[np.float32]:
    """Return what a run takes faces for: float32, shape (n, 7), rows sum to 1, as `EMOTIONS`.

    The faces are not masked yet; the run's own mask is covered, or `mask` where one is named. A
    mask that follows landmarks finds them where the faces have none.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it is not trained to its end or its weights are gone.
        InferenceError: If the inference process cannot be started or does not answer.
    """
    named = None if mask is None else mask.value
    return _about(workspace, run_id, faces, {"ask": "classify", "mask": named})


def explain(
    workspace: Workspace,
    run_id: int,
    faces: Faces,
    targets: NDArray[np.int64],
    method: SaliencyMethod,
) -> NDArray[np.float32]:
    """Return where faces speak for emotions: float32, shape (n, side, side), of the run's size.

    As `core.ml.saliency.maps` does, under the run's own mask; `targets` are indices into
    `EMOTIONS`, shape (n,), in place of the labels.

    Raises:
        UnknownRunError, NotReadyError, InferenceError: As `classify`.
    """
    about = {"ask": "explain", "method": method.value}
    return _about(workspace, run_id, faces, about, {"labels": np.asarray(targets, dtype=np.int64)})


def ask(workspace: Workspace, question: Message, *, deadline_s: float = DEADLINE_S) -> Message:
    """Return the answer to a question; a process that ends over it is started anew, once.

    Raises:
        InferenceError: If there is no answer in time.
        NotReadyError: If it says that a run has no weights.
        ConfigError, ExportError: If it says so.
    """
    until = time.monotonic() + deadline_s
    facts = {**question.facts, "from": own_name(), "deadline_s": deadline_s}
    for _ in range(2):
        try:
            with connected(workspace, until=until) as connection:
                wire.send(connection, Message(facts, question.arrays), until=until)
                return _told(wire.receive(connection, until=until))
        except TimeoutError:
            raise InferenceError(
                f"The inference process has not answered within {deadline_s:g} s; the machine may "
                "be busy, try again."
            ) from None
        except (OSError, EOFError):
            continue  # it ended, or was just ending when we came
    raise InferenceError(
        f"The inference process ended over this question; see {log_path(workspace)}."
    )


def _about(
    workspace: Workspace,
    run_id: int,
    faces: Faces,
    facts: dict[str, Any],
    further: dict[str, NDArray[np.int64]] | None = None,
) -> NDArray[np.float32]:
    """Return the rows that answer a question about faces."""
    known = faces if isinstance(faces, FaceSet) else unlabeled(faces)
    if len(known) > MOST_FACES:
        raise InferenceError(
            f"{len(known):,} faces are too many to ask about at once; at most {MOST_FACES}."
        )
    run = find_trained(workspace, run_id, to="be asked about faces")
    arrays: dict[str, wire.Array] = {"pixels": known.pixels, "image_ids": known.image_ids}
    arrays |= further or {}
    if known.landmarks is not None:
        arrays["landmarks"] = known.landmarks
    question = Message({**facts, "run": run.id, "config": run.config}, arrays)
    return ask(workspace, question).arrays["rows"]


def _told(answer: Message) -> Message:
    """Return an answer, or raise the error that it tells of."""
    match answer.facts.get("error"):
        case None:
            return answer
        case [CheckpointError.__name__, text]:
            raise NotReadyError(str(text))
        case [ConfigError.__name__, text]:
            raise ConfigError(str(text))
        case [ExportError.__name__, text]:
            raise ExportError(str(text))
        case [_, text]:
            raise InferenceError(str(text))
        case _:
            raise InferenceError("The inference process gave an answer that makes no sense.")
