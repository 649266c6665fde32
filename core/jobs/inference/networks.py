"""The networks that the inference process keeps loaded: those used last, up to a gigabyte."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from torch import nn

from core.configs import Setting, TrainConfig
from core.errors import CheckpointError
from core.ml import evaluation
from core.ml.checkpoints import WEIGHTS_NAME

MOST_BYTES = 2**30  # two VGG-16 of half a gigabyte each; hundreds of `fast`

Key = tuple[int, str, int, int, int]


class Networks:
    """Loads the networks of runs and keeps those used last."""

    def __init__(self, runs_dir: Path, *, most_bytes: int = MOST_BYTES) -> None:
        """Prepare to read from the folder that holds a folder for each run."""
        self._runs_dir = runs_dir
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, nn.Module] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are loaded."""
        return len(self._kept)

    def get(self, run_id: int, settings: Mapping[str, Setting]) -> tuple[nn.Module, TrainConfig]:
        """Return the network of a run, in evaluation mode, with its configuration.

        Its file is looked at each time: a run may be trained anew or deleted.

        Raises:
            CheckpointError: If the run has no weights, or damaged ones.
            ConfigError: If its settings make no sense.
        """
        config = TrainConfig.from_json(settings)
        run_dir = self._runs_dir / str(run_id)
        key = self._key(run_id, config)
        if key not in self._kept:
            self._drop_others_of(run_id)
            self._kept[key] = evaluation.load(run_dir, config)
        self._kept.move_to_end(key)
        self._make_room()
        return self._kept[key], config

    def _key(self, run_id: int, config: TrainConfig) -> Key:
        try:
            found = (self._runs_dir / str(run_id) / WEIGHTS_NAME).stat()
        except OSError:
            self._drop_others_of(run_id)
            raise CheckpointError(
                f"The weights of run {run_id} are gone, so its network cannot be asked; train it "
                "again or choose another run."
            ) from None
        settings = json.dumps(config.to_json(), sort_keys=True)
        return run_id, settings, found.st_ino, found.st_size, found.st_mtime_ns

    def _drop_others_of(self, run_id: int) -> None:
        for key in [key for key in self._kept if key[0] == run_id]:
            del self._kept[key]

    def _make_room(self) -> None:
        while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > self._most_bytes:
            self._kept.popitem(last=False)


def _bytes(network: nn.Module) -> int:
    return sum(one.numel() * one.element_size() for one in network.state_dict().values())
