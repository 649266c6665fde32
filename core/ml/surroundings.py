"""What a network runs on, as far as figures can depend on it."""

import platform

import numpy as np
import pandas as pd
import torch
import torchvision

from core.ml.devices import has_fast_bfloat16


def packages() -> dict[str, str]:
    """Return the versions of Python and of the packages that training uses."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "torch": str(torch.__version__),
        "torchvision": str(torchvision.__version__),
    }


def surroundings(device: torch.device) -> dict[str, str | int | bool]:
    """Return the device's kind and name, the number of CPU threads, and whether bfloat16 is used.

    On a CPU the same seed gives the same figures where all four and torch's version are the same.
    """
    is_cuda = device.type == "cuda"
    return {
        "device": device.type,
        "device_name": torch.cuda.get_device_name(device) if is_cuda else platform.machine(),
        "threads": torch.get_num_threads(),
        "fast_bfloat16": has_fast_bfloat16(device),
    }
