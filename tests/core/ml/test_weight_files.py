"""Initial weights come from a file; what does not fit is said in one sentence."""

import json
import os

import numpy as np
import pytest
import torch

from core.configs import preset
from core.errors import WeightsFileError
from core.ml import weight_files
from core.ml.models import build
from core.ml.safetensors import read_safetensors
from core.ml.weight_files import initialise, read_weights
from db.enums import ModelName


@pytest.fixture(scope="module")
def weights():
    """Weights of a `fast` network."""
    torch.manual_seed(3)
    return build(preset(ModelName.FAST)).state_dict()


@pytest.fixture
def model():
    torch.manual_seed(4)
    return build(preset(ModelName.FAST))


def write_safetensors(path, tensors):
    """Write float32 tensors as the format's description says, independently of our reader."""
    header, content = {"__metadata__": {"format": "pt"}}, b""
    for name, array in tensors.items():
        data = np.ascontiguousarray(array, dtype="<f4").tobytes()
        places = [len(content), len(content) + len(data)]
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": places}
        content += data
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content)


def test_safetensors_are_read_with_shapes_and_values(tmp_path):
    path = tmp_path / "net.safetensors"
    write_safetensors(path, {"a": np.arange(6).reshape(2, 3), "b": np.empty((0, 4))})
    found = read_safetensors(path)
    assert found["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["b"].shape == (0, 4)


@pytest.mark.parametrize("wrap", [None, "state_dict", "module."])
def test_a_network_takes_over_the_weights_of_its_kind(tmp_path, weights, model, wrap):
    content = {"state_dict": weights} if wrap == "state_dict" else dict(weights)
    if wrap == "module.":
        content = {wrap + name: value for name, value in weights.items()}
    torch.save(content, tmp_path / "net.pt")
    assert initialise(model, tmp_path / "net.pt") == []
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


def test_a_safetensors_file_gives_the_same_network(tmp_path, weights, model):
    floats = {name: value.numpy() for name, value in weights.items() if value.is_floating_point()}
    write_safetensors(tmp_path / "net.safetensors", floats)
    initialise(model, tmp_path / "net.safetensors")
    assert torch.equal(model.classifier.weight, weights["classifier.weight"])


def test_a_head_for_other_classes_starts_at_random_and_it_is_said(tmp_path, weights, model):
    before = model.classifier.weight.clone()
    other = {"classifier.weight": torch.ones(1000, 160), "classifier.bias": torch.ones(1000)}
    torch.save(weights | other, tmp_path / "net.pt")
    notes = initialise(model, tmp_path / "net.pt")
    assert [note.split(" ")[0] for note in notes] == ["classifier.weight", "classifier.bias"]
    assert "1000 classes" in notes[0]
    assert torch.equal(model.classifier.weight, before)


def test_three_colours_are_added_up_into_one_grey_and_it_is_said(tmp_path, weights, model):
    first = "features.0.0.weight"
    torch.save(weights | {first: torch.ones(24, 3, 3, 3)}, tmp_path / "net.pt")
    (note,) = initialise(model, tmp_path / "net.pt")
    assert note.startswith(first)
    assert torch.equal(model.state_dict()[first], torch.full((24, 1, 3, 3), 3.0))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"features.2.0.weight": torch.ones(5, 24, 3, 3)}, "features.2.0.weight is 5x24x3x3"),
        ({"extra.weight": torch.ones(2)}, "it has extra.weight"),
        ({"features.2.0.weight": None}, "it lacks features.2.0.weight"),
    ],
)
def test_weights_of_another_network_are_refused_by_the_first_that_does_not_fit(
    tmp_path, weights, model, change, reason
):
    content = {name: value for name, value in (weights | change).items() if value is not None}
    torch.save(content, tmp_path / "net.pt")
    with pytest.raises(WeightsFileError, match=reason):
        initialise(model, tmp_path / "net.pt")


class Evil:
    """Something whose pickle runs code when it is loaded."""

    def __reduce__(self):
        return os.mkdir, ("evil",)


def test_a_pickle_with_code_is_refused_and_never_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"a": Evil()}, tmp_path / "net.pt")
    with pytest.raises(WeightsFileError, match="read safely"):
        read_weights(tmp_path / "net.pt")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("net.pt", b""),
        ("net.pt", b"no weights at all"),
        ("net.safetensors", b""),
        ("net.safetensors", b"\xff" * 8 + b"{}"),
        ("net.safetensors", (2).to_bytes(8, "little") + b"[]"),
        ("net.safetensors", (9).to_bytes(8, "little") + b'{"a": {}}'),
        (
            "net.safetensors",
            (58).to_bytes(8, "little")
            + b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}   ',
        ),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsFileError, match="no weights that can be read"):
        read_weights(tmp_path / name)


def test_a_missing_file_and_one_too_large_are_refused(tmp_path, monkeypatch):
    with pytest.raises(WeightsFileError, match="There is no file"):
        read_weights(tmp_path / "net.pt")
    (tmp_path / "net.pt").write_bytes(b"12345")
    monkeypatch.setattr(weight_files, "MOST_BYTES", 4)
    with pytest.raises(WeightsFileError, match="GiB"):
        read_weights(tmp_path / "net.pt")
