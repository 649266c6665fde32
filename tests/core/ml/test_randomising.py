import numpy as np
import pytest
import torch

from core.configs import preset
from core.ml.models import build, untrained
from core.ml.randomising import cascade, stage_counts, weighted_layers
from db.enums import ModelName

CONFIG = preset(ModelName.FAST, seed=5)


@pytest.fixture(scope="module")
def model():
    """A network that no training begins with: every weight is 7."""
    network = build(CONFIG).eval()
    with torch.no_grad():
        for value in network.parameters():
            value.fill_(7)
    return network


def random_layers(network):
    """The layers of which no weight is 7 any more."""
    return {
        name
        for name in weighted_layers(network)
        if not (next(network.get_submodule(name).parameters()) == 7).any()
    }


def test_layers_forget_from_the_output_down_to_the_first(model):
    names = weighted_layers(model)
    seen = [(random_layers(stage.network), stage.share, stage.last_layer)
            for stage in cascade(model, CONFIG)]  # fmt: skip
    assert [len(layers) for layers, _, _ in seen] == stage_counts(len(names))
    assert len(seen) == 5
    for layers, share, last in seen:
        assert layers == set(names[len(names) - len(layers) :])
        assert share == len(layers) / len(names)
        assert last == names[len(names) - len(layers)]


def test_the_output_layer_forgets_first_alone(model):
    first = next(iter(cascade(model, CONFIG)))
    assert random_layers(first.network) == {"classifier"}


def test_the_last_network_is_the_untrained_one_and_the_trained_one_is_left_alone(model):
    *_, last = cascade(model, CONFIG)
    expected = untrained(CONFIG).state_dict()
    assert last.share == 1
    for name, value in last.network.state_dict().items():
        assert torch.equal(value, expected[name])
    assert random_layers(model) == set()


@pytest.mark.parametrize("name", [ModelName.VGG16_BN, ModelName.RESNET50])
def test_layers_of_the_studys_networks_run_from_the_first_convolution_to_the_head(name):
    with torch.device("meta"):
        names = weighted_layers(build(preset(name)))
    assert names[0] in {"features.0", "conv1"}
    assert names[-1] in {"classifier.6", "fc"}


def test_there_are_at_least_four_stages_and_the_whole_network():
    assert stage_counts(16) == [1, 4, 8, 12, 16]
    assert stage_counts(2) == [1, 2]
    assert np.all(np.diff(stage_counts(161)) > 0)
