"""Which code and packages a run was made with."""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("numpy", "torch", "torchvision")


def provenance() -> dict[str, object]:
    """Return machine, versions of Python, packages and FeelingIt, and commit, ready for JSON.

    `commit` and `is_dirty` (whether tracked files differ from it) are None outside a checkout.
    """
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain", "--untracked-files=no")
    return {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "feelingit": version("feelingit"),
        "host": platform.node(),
        "commit": commit,
        "is_dirty": None if changes is None else bool(changes),
    }


def _git(*arguments: str) -> str | None:
    """Return what git says about our own checkout, or None where there is none or no git."""
    if not (ROOT / ".git").exists():
        return None
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()
