"""Where networks run, and in which precision."""

import math
import platform
import time
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

import torch
from torch import nn

from core.errors import ConfigError

CPU_INFO = Path("/proc/cpuinfo")
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})  # x86: products computed in hardware
WORTH_IT = 1.1  # times as fast as float32; bfloat16 costs a little accuracy
TIMED_ROUNDS = 9  # a tenth of a second on two cores


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


@cache
def has_fast_bfloat16(device: torch.device) -> bool:
    """Return whether networks run clearly faster in bfloat16 than in float32 on the device.

    Timed once a process, where the hardware multiplies bfloat16 at all; an x86 processor that only
    emulates it is not asked. Runs with the same seed must decide alike, however busy the machine
    is: see `bfloat16_gain`.
    """
    return _may_have_bfloat16(device) and bfloat16_gain(device) >= WORTH_IT


@torch.inference_mode(False)  # the first to ask may be testing a network
def bfloat16_gain(device: torch.device) -> float:
    """Return how many times as fast a convolution is learned in bfloat16 as in float32.

    The least time of several rounds each, in turns. On a CPU one thread's own time counts, which
    other work hardly moves: by the clock and with all threads, five measurements beside a training
    run ranged from 0.6 to 3.7.
    """
    with torch.random.fork_rng():  # the random numbers of a run must not depend on this
        layer = nn.Conv2d(64, 64, 3, padding=1, device=device).to(memory_format=torch.channels_last)
        faces = torch.rand(4, 64, 24, 24).to(device, memory_format=torch.channels_last)
    least = {torch.float32: math.inf, torch.bfloat16: math.inf}
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for _ in range(TIMED_ROUNDS):
            for kind in least:
                least[kind] = min(least[kind], _seconds_to_learn(layer, faces, kind))
    finally:
        torch.set_num_threads(n_threads)
    return least[torch.float32] / least[torch.bfloat16]


def _seconds_to_learn(layer: nn.Module, faces: torch.Tensor, kind: torch.dtype) -> float:
    """Return the seconds that one step through a layer takes in a precision."""
    clock = time.perf_counter if faces.device.type == "cuda" else time.process_time
    _wait_for(faces.device)
    started = clock()
    with torch.autocast(faces.device.type, dtype=kind, enabled=kind is torch.bfloat16):
        layer(faces).float().square().mean().backward()
    _wait_for(faces.device)
    return clock() - started


def _wait_for(device: torch.device) -> None:
    """Return when the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _may_have_bfloat16(device: torch.device) -> bool:
    """Return whether the hardware says that it multiplies bfloat16, or does not say."""
    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    if device.type == "cuda" or not is_x86 or not CPU_INFO.exists():
        return True
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
