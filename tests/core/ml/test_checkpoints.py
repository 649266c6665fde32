"""Checkpoints are whole or refused."""

import pickle

import pytest
import torch

from core.errors import CheckpointError
from core.ml.checkpoints import load_weights, random_state, read, save, set_random_state


class Trap:
    """Something that would run code when unpickled."""

    def __reduce__(self):
        return print, ("unpickled",)


def test_what_is_saved_is_read_back_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "run" / "checkpoint.pt"
    save({"a": torch.tensor([1.0]), "b": [1, "x", None]}, path)
    assert read(path, frozenset({"a"}))["b"] == [1, "x", None]
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.pt"]


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(CheckpointError, match=r"no .*nothing\.pt"):
        read(tmp_path / "nothing.pt")


@pytest.mark.parametrize("n_bytes", [0, 10, 400])
def test_a_truncated_file_is_refused(tmp_path, n_bytes):
    path = tmp_path / "checkpoint.pt"
    save({"a": torch.rand(100)}, path)
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(CheckpointError, match="damaged"):
        read(path)


def test_a_file_with_code_in_it_is_refused_and_not_run(tmp_path, capsys):
    path = tmp_path / "checkpoint.pt"
    torch.save({"a": Trap()}, path)
    with pytest.raises(CheckpointError):
        read(path)
    path.write_bytes(pickle.dumps(Trap(), protocol=2))
    with pytest.raises(CheckpointError):
        read(path)
    assert "unpickled" not in capsys.readouterr().out


def test_a_checkpoint_without_a_key_is_refused(tmp_path):
    save({"a": 1}, tmp_path / "checkpoint.pt")
    with pytest.raises(CheckpointError, match="not written by FeelingIt"):
        read(tmp_path / "checkpoint.pt", frozenset({"a", "b"}))


def test_weights_of_another_network_are_refused(tmp_path):
    weights = torch.nn.Linear(2, 3).state_dict()
    with pytest.raises(CheckpointError, match="another network"):
        load_weights(torch.nn.Linear(2, 2), weights, tmp_path / "model.pt")


def test_random_numbers_go_on_from_a_stored_state():
    state = random_state()
    expected = torch.rand(3)
    set_random_state(state)
    assert torch.equal(torch.rand(3), expected)
