"""Devices are asked for by name; bfloat16 is used only where hardware has it."""

import pytest
import torch

from core.errors import ConfigError
from core.ml import devices
from core.ml.devices import (
    bfloat16_gain,
    choose_device,
    has_bfloat16_flag,
    has_fast_bfloat16,
    precision,
)


def test_auto_takes_the_graphics_card_where_there_is_one():
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_card_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="no CUDA device"):
        choose_device("cuda")


def test_an_unknown_device_is_refused():
    with pytest.raises(ConfigError, match="tpu"):
        choose_device("tpu")


@pytest.mark.parametrize(
    ("flags", "has_it"),
    [("fpu avx512f avx512_bf16", True), ("fpu amx_bf16", True), ("fpu avx512f avx512bw", False)],
)
def test_the_processor_says_whether_it_has_bfloat16(flags, has_it):
    assert has_bfloat16_flag(f"vendor_id\t: X\nflags\t\t: {flags}\nbugs\t: amx_bf16") is has_it


def test_a_processor_that_says_nothing_has_no_bfloat16():
    assert not has_bfloat16_flag("")


def test_full_precision_stays_full_where_mixed_is_not_wanted():
    with precision(torch.device("cpu"), mixed=False):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


@pytest.fixture
def undecided():
    """Forget what was measured, before and after."""
    has_fast_bfloat16.cache_clear()
    yield
    has_fast_bfloat16.cache_clear()


@pytest.mark.parametrize(("gain", "is_worth_it"), [(0.4, False), (1.05, False), (1.6, True)])
def test_bfloat16_is_used_where_it_was_measured_to_be_faster(
    gain: float, is_worth_it: bool, undecided: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(devices, "has_bfloat16_flag", lambda _text: True)
    monkeypatch.setattr(devices, "bfloat16_gain", lambda _device: gain)
    with precision(torch.device("cpu"), mixed=True):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert (product.dtype == torch.bfloat16) is is_worth_it


def test_measuring_takes_no_random_number_from_the_run():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    assert bfloat16_gain(torch.device("cpu")) > 0
    assert torch.equal(torch.rand(4), expected)


def test_it_can_be_measured_while_a_network_is_tested():
    with torch.inference_mode():
        assert bfloat16_gain(torch.device("cpu")) > 0
