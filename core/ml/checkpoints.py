"""Files that training leaves: a checkpoint to go on from, and the chosen weights.

Both are read with `weights_only=True`: a file from elsewhere can hold tensors and plain values,
never code.
"""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from core.errors import CheckpointError

CHECKPOINT_NAME = "checkpoint.pt"
WEIGHTS_NAME = "model.pt"

Weights = dict[str, torch.Tensor]


def save(content: Mapping[str, object], path: Path) -> None:
    """Write tensors and plain values to a file that is either the old one or whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        with partial.open("wb") as file:  # so that a full disk shows as the OSError that it is
            torch.save(dict(content), file)
        partial.replace(path)
    finally:  # on a full disk, do not keep half a file
        partial.unlink(missing_ok=True)


def read(path: Path, keys: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return what `save` wrote, tensors on the CPU.

    Raises:
        CheckpointError: If the file is missing, damaged, not ours or lacks one of the keys.
    """
    if not path.exists():
        raise CheckpointError(f"There is no {path}; train the run to its end first.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, OSError, ValueError, KeyError) as error:
        raise _not_ours(path) from error
    if not isinstance(content, dict) or not keys <= content.keys():
        raise _not_ours(path)
    return content


def load_weights(model: torch.nn.Module, weights: Mapping[str, Any], path: Path) -> None:
    """Copy weights into a network.

    Raises:
        CheckpointError: If they belong to another network; `path` is named in the message.
    """
    try:
        model.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"The weights in {path} are of another network; train this run again."
        ) from error


def copy_of_weights(model: torch.nn.Module) -> Weights:
    """Return the network's weights and statistics as they are now, on the CPU."""
    return {name: value.detach().to("cpu", copy=True) for name, value in model.state_dict().items()}


def random_state() -> dict[str, Any]:
    """Return the state of torch's random numbers on the CPU and on every CUDA device."""
    return {"cpu": torch.get_rng_state(), "cuda": torch.cuda.get_rng_state_all()}


def set_random_state(state: Mapping[str, Any]) -> None:
    """Go on with the random numbers from where `random_state` was called."""
    torch.set_rng_state(state["cpu"])
    if torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])


def _not_ours(path: Path) -> CheckpointError:
    """Return the error for a file that cannot be used."""
    return CheckpointError(
        f"{path} is damaged or was not written by FeelingIt; delete it and train the run again."
    )
