"""Initial weights from a file that a user gives: safetensors or a state_dict, never code."""

import logging
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import WeightsFileError
from core.ml.checkpoints import Weights
from core.ml.safetensors import read_safetensors

MOST_BYTES = 4 * 2**30  # eight times VGG-16; more is not a network of ours
WRAPPERS = ("state_dict", "model")  # where training scripts put the weights in what they save
PREFIX = "module."  # what torch's DataParallel puts before every name
UNREADABLE = (RuntimeError, pickle.UnpicklingError, EOFError, OSError, ValueError, KeyError)

logger = logging.getLogger(__name__)


def initialise(model: nn.Module, path: Path) -> list[str]:
    """Give a network the weights in a file; return, and log, what was not taken as it is.

    A first layer for three colours is added up into one for grey. A head for another number of
    classes stays as it was initialised.

    Raises:
        WeightsFileError: If the file is missing, too large, damaged or of another network.
    """
    given = read_weights(path)
    notes: list[str] = []
    wanted = model.state_dict()
    head = _head(model)
    for name, value in wanted.items():
        if name not in given and name.endswith("num_batches_tracked"):
            given[name] = value  # counts steps; weights from before 2018 lack it
        found = given.get(name)
        if found is None or found.shape == value.shape:
            continue
        if found.ndim == 4 and found.shape == (value.shape[0], 3, *value.shape[2:]):
            given[name] = found.float().sum(dim=1, keepdim=True)
            notes.append(f"{name} is for three colours: they are added up into one grey.")
        elif name.startswith(head):
            given[name] = value
            notes.append(f"{name} is for {len(found)} classes: it starts at random.")
    _require_fit(given, wanted, path)
    model.load_state_dict(given)
    for note in notes:
        logger.info("%s: %s", path.name, note)
    return notes


def read_weights(path: Path) -> Weights:
    """Return the tensors in a file by name.

    Raises:
        WeightsFileError: If it is missing, too large, or neither safetensors nor a state_dict.
    """
    if not path.is_file():
        raise WeightsFileError(f"There is no file {path} with weights; give its whole path.")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise WeightsFileError(
            f"{path} has {size / 2**30:.1f} GiB; give a file of weights of at most "
            f"{MOST_BYTES // 2**30} GiB."
        )
    try:
        if path.suffix == ".safetensors":
            return read_safetensors(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except UNREADABLE as error:
        raise _not_weights(path) from error
    return _unwrapped(content, path)


def _unwrapped(content: Any, path: Path) -> Weights:
    """Return the weights in what a training script saved."""
    for key in WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping) or not content:
        raise _not_weights(path)
    if not all(
        isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in content.items()
    ):
        raise _not_weights(path)
    return {name.removeprefix(PREFIX): value for name, value in content.items()}


def _head(model: nn.Module) -> str:
    """Return the name of the last linear layer, with a dot behind it."""
    linear = [name for name, part in model.named_modules() if isinstance(part, nn.Linear)]
    return f"{linear[-1]}."


def _require_fit(given: Weights, wanted: Weights, path: Path) -> None:
    """Refuse weights of another network, naming the first that does not fit."""
    for name in [*wanted, *given]:
        if name not in given:
            reason = f"it lacks {name}"
        elif name not in wanted:
            reason = f"it has {name}, which this network has not"
        elif given[name].shape != wanted[name].shape:
            reason = f"{name} is {_sides(given[name])} in it and {_sides(wanted[name])} here"
        else:
            continue
        raise WeightsFileError(
            f"The weights in {path} are of another network: {reason}; give those of the same."
        )


def _sides(tensor: torch.Tensor) -> str:
    return "x".join(str(side) for side in tensor.shape) or "one number"


def _not_weights(path: Path) -> WeightsFileError:
    return WeightsFileError(
        f"{path} holds no weights that can be read safely; give a safetensors file or a "
        "state_dict saved by torch.save."
    )
