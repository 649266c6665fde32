"""Where networks run, and in which precision."""

import platform
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import torch

from core.errors import ConfigError

CPU_INFO = Path("/proc/cpuinfo")
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})  # x86: products computed in hardware


def choose_device(name: str = "auto") -> torch.device:
    """Return the named device; `auto` is the graphics card where there is one, else the CPU.

    Raises:
        ConfigError: If the name is unknown or this machine has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name not in ("cpu", "cuda"):
        raise ConfigError(f"There is no device {name!r}; give auto, cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("This machine has no CUDA device; give auto or cpu.")
    return torch.device(name)


def has_fast_bfloat16(device: torch.device) -> bool:
    """Return whether the device multiplies bfloat16 in hardware.

    Asked of the hardware, not timed: a timing on a busy machine could differ between two runs
    with the same seed, and with it their figures. Where a CPU only emulates bfloat16, or does not
    say, the answer is no. Measured with `avx512_bf16`: 1.6 to 2 times the float32 speed.
    """
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if platform.machine().lower() not in ("x86_64", "amd64") or not CPU_INFO.exists():
        return False
    return has_bfloat16_flag(CPU_INFO.read_text())


def has_bfloat16_flag(cpu_info: str) -> bool:
    """Return whether the first processor of a Linux cpuinfo text lists bfloat16 instructions."""
    for line in cpu_info.splitlines():
        if line.startswith("flags"):
            return not BFLOAT16_FLAGS.isdisjoint(line.split())
    return False


def precision(device: torch.device, *, mixed: bool) -> AbstractContextManager[object]:
    """Return the context to run a network in: bfloat16 where wanted and fast, else float32."""
    if mixed and has_fast_bfloat16(device):
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()
