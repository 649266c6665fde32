"""A network whose layers get random weights one after another, from the output down.

The cascading randomisation of Adebayo et al. 2018, "Sanity checks for saliency maps" (NeurIPS,
arXiv 1810.03292).
"""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from core.configs import TrainConfig
from core.ml.models import untrained

SHARES = (0.25, 0.5, 0.75, 1.0)  # of the layers, after the output layer alone


@dataclass(frozen=True)
class RandomisedNetwork:
    """A network of which some layers have random weights.

    Attributes:
        network: In evaluation mode; it changes when the next one is asked for.
        share: Share of the layers with random weights.
        last_layer: The deepest of them.
    """

    network: nn.Module
    share: float
    last_layer: str


def cascade(model: nn.Module, config: TrainConfig) -> Iterator[RandomisedNetwork]:
    """Yield copies of a network with more and more random layers; all of them in the last.

    Layers are modules with weights of their own, in the order in which the network holds them,
    which is that of the signal but for shortcuts. Random weights are those that training with this
    configuration begins with; batch norms forget their running means too.

    Args:
        model: The trained network; it is left alone.
        config: The run's settings with another seed than the run's, or it gets back the very
            weights that it was trained from.
    """
    fresh = untrained(config)
    forgetting = copy.deepcopy(model).eval()
    layers = weighted_layers(model)[::-1]
    done = 0
    for count in stage_counts(len(layers)):
        for name in layers[done:count]:
            forgetting.get_submodule(name).load_state_dict(fresh.get_submodule(name).state_dict())
        done = count
        yield RandomisedNetwork(forgetting, count / len(layers), layers[count - 1])


def stage_counts(n_layers: int) -> list[int]:
    """Return how many of `n_layers` layers are random in each stage, ascending: 1, then more."""
    return sorted({1, *(math.ceil(share * n_layers) for share in SHARES)})


def weighted_layers(model: nn.Module) -> list[str]:
    """Return the names of the modules that hold weights themselves, from input to output."""
    return [
        name for name, module in model.named_modules() if list(module.parameters(recurse=False))
    ]
