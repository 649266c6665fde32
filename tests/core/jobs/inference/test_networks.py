"""Which networks stay loaded."""

from dataclasses import replace

import pytest
import torch

from core.configs import preset
from core.errors import CheckpointError, ConfigError
from core.jobs.inference.networks import Networks
from core.ml.checkpoints import save
from core.ml.models import build
from db.enums import ModelName

CONFIG = preset(ModelName.FAST)
FAST_BYTES = 5_000_000  # more than one network takes and less than two


@pytest.fixture
def runs_dir(tmp_path):
    weights = build(CONFIG).state_dict()
    for number in (1, 2, 3):
        save(weights, tmp_path / str(number) / "model.pt")
    size = sum(one.numel() * one.element_size() for one in weights.values())
    assert FAST_BYTES / 2 < size < FAST_BYTES
    return tmp_path


def test_a_network_is_loaded_once_and_ready_to_be_asked(runs_dir):
    networks = Networks(runs_dir)
    first, config = networks.get(1, CONFIG.to_json())
    assert networks.get(1, CONFIG.to_json())[0] is first
    assert config == CONFIG
    assert not first.training


def test_those_used_last_are_kept_as_long_as_there_is_room(runs_dir):
    networks = Networks(runs_dir, most_bytes=2 * FAST_BYTES)
    first, second = (networks.get(number, CONFIG.to_json())[0] for number in (1, 2))
    networks.get(1, CONFIG.to_json())
    networks.get(3, CONFIG.to_json())
    assert len(networks) == 2
    assert networks.get(1, CONFIG.to_json())[0] is first
    assert networks.get(2, CONFIG.to_json())[0] is not second


def test_one_is_kept_whatever_its_size(runs_dir):
    networks = Networks(runs_dir, most_bytes=1)
    first, _ = networks.get(1, CONFIG.to_json())
    assert networks.get(1, CONFIG.to_json())[0] is first
    networks.get(2, CONFIG.to_json())
    assert len(networks) == 1


def test_a_run_that_is_written_anew_or_set_otherwise_is_loaded_anew(runs_dir):
    networks = Networks(runs_dir)
    first, _ = networks.get(1, CONFIG.to_json())
    save(build(CONFIG).state_dict(), runs_dir / "1" / "model.pt")
    again, _ = networks.get(1, CONFIG.to_json())
    assert again is not first
    other = replace(CONFIG, batch_size=64)
    assert networks.get(1, other.to_json())[1] == other
    assert len(networks) == 1


def test_a_run_whose_weights_are_gone_is_forgotten(runs_dir):
    networks = Networks(runs_dir)
    networks.get(1, CONFIG.to_json())
    (runs_dir / "1" / "model.pt").unlink()
    with pytest.raises(CheckpointError, match="The weights of run 1 are gone"):
        networks.get(1, CONFIG.to_json())
    assert len(networks) == 0


def test_settings_that_make_no_sense_are_refused(runs_dir):
    with pytest.raises(ConfigError):
        Networks(runs_dir).get(1, {"model": "abacus"})
    with pytest.raises(ConfigError):
        Networks(runs_dir).get(1, {**CONFIG.to_json(), "epochs": "many"})


def test_weights_of_another_network_are_refused(runs_dir):
    save(torch.nn.Linear(2, 2).state_dict(), runs_dir / "2" / "model.pt")
    with pytest.raises(CheckpointError, match="another network"):
        Networks(runs_dir).get(2, CONFIG.to_json())
