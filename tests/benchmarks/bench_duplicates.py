"""Time finding copies: real faces beside cleanvision and imagededup, a million hashes, a rescan.

The peers are measured where they are installed: `pip install -e '.[bench]'`.
"""

import importlib.util
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.images.encoding import encode
from core.quality.near_duplicates import near_duplicate_pairs
from core.services.importing import import_path, import_records
from core.services.near_duplicates import find
from core.services.scanning import Likeness
from core.settings import Settings
from core.sources.records import SourceRecord
from core.workspace import Workspace, open_workspace
from db.enums import Emotion, Split

UNPACK = Path(__file__).parents[3] / "shared" / "fer2013" / "unpack"
BITS, MILLION_BITS, ROUNDS = 8, 4, 3
LIMIT_S, MILLION_LIMIT_S, RESCAN_LIMIT_S, MEMORY_LIMIT_GIB = 2.0, 60.0, 1.0, 4.0
# What a peer does in a process of its own, so that neither memory nor imports count twice.
CLEANVISION = """
import sys
from cleanvision import Imagelab
if __name__ == "__main__":
    lab = Imagelab(data_path=sys.argv[1])
    lab.find_issues({"exact_duplicates": {}, "near_duplicates": {}}, verbose=False)
"""
IMAGEDEDUP = """
import sys
from imagededup.methods import PHash
if __name__ == "__main__":
    PHash(verbose=False).find_duplicates(
        image_dir=sys.argv[1], max_distance_threshold=8, recursive=True
    )
"""
PEERS = {"cleanvision": CLEANVISION, "imagededup": IMAGEDEDUP}


@dataclass(frozen=True)
class Taken:
    """Seconds that something took, on the clock and of CPU time."""

    wall_s: float
    cpu_s: float

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)


def main() -> None:
    if not UNPACK.exists():
        sys.exit(f"The real faces are not at {UNPACK.parent}; there is nothing to measure.")
    with TemporaryDirectory() as name:
        scratch = Path(name)
        folder = scratch / "kaggle"
        subprocess.run([sys.executable, UNPACK, folder, "--layout", "kaggle"], check=True)
        late = [measure_set(scratch, folder), measure_million()]
    if any(late):
        sys.exit("Finding copies is slower than promised.")


def measure_set(scratch: Path, folder: Path) -> bool:
    """Print the times on the real faces; return whether one is over its limit."""
    workspace = open_workspace(Settings(data=scratch / "data", database_url=None))
    imported = measured(lambda: import_path(workspace, folder, name="faces"))
    search = min((measured(lambda: search_pairs(workspace)) for _ in range(ROUNDS)), key=wall)
    scan = measured(lambda: look(workspace, Likeness.EXACT) + look(workspace, Likeness.NEAR))
    mirrored = measured(lambda: look(workspace, Likeness.MIRRORED))
    add_one(workspace)
    again = measured(lambda: look(workspace, Likeness.NEAR))
    add_one(workspace, shade=1)
    mirrored_again = measured(lambda: look(workspace, Likeness.MIRRORED))
    tell("import with all hashes", imported)
    tell(f"all pairs to {BITS} bits, search", search, f"(limit {LIMIT_S:.0f} s)")
    tell(f"exact and near groups to {BITS} bits", scan)
    tell(f"mirrored groups to {BITS} bits, first time", mirrored)
    tell("near, after one new image", again, f"(limit {RESCAN_LIMIT_S:.0f} s)")
    tell("mirrored, after one new image", mirrored_again)
    workspace.engine.dispose()
    for peer, code in PEERS.items():
        measure_peer(peer, code, folder, ours=imported + scan)
    return search.wall_s > LIMIT_S or max(again, mirrored_again, key=wall).wall_s > RESCAN_LIMIT_S


def measure_peer(peer: str, code: str, folder: Path, *, ours: Taken) -> None:
    if importlib.util.find_spec(peer) is None:
        print(f"{peer} is not installed; pip install -e '.[bench]' measures it too.")
        return
    command = [sys.executable, "-c", code, folder]
    taken = measured(lambda: subprocess.run(command, check=True, capture_output=True))
    ratios = f"{taken.wall_s / ours.wall_s:.1f} times, {taken.cpu_s / ours.cpu_s:.1f} times the CPU"
    tell(peer, taken, f"({ratios} of import, exact and near here)")


def measure_million() -> bool:
    """Print time and peak memory for a million random hashes; return if one is over its limit."""
    code = (
        "import resource, time, numpy as np\n"
        "from core.quality.near_duplicates import near_duplicate_pairs\n"
        "hashes = np.random.default_rng(0).integers(-2**63, 2**63 - 1, 1_000_000)\n"
        "start = time.perf_counter()\n"
        f"near_duplicate_pairs(hashes, max_distance_bits={MILLION_BITS})\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20\n"
        "print(time.perf_counter() - start, peak)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    taken, peak = map(float, done.stdout.split())
    limits = f"(limit {MILLION_LIMIT_S:.0f} s), peak {peak:.2f} GiB (limit {MEMORY_LIMIT_GIB:.0f})"
    print(f"1,000,000 hashes at {MILLION_BITS} bits{'':<16}{taken:7.2f} s  {limits}")
    return taken > MILLION_LIMIT_S or peak > MEMORY_LIMIT_GIB


def measured(work: Callable[[], object]) -> Taken:
    started, cpu = time.perf_counter(), cpu_seconds()
    work()
    return Taken(time.perf_counter() - started, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """Return the CPU time of this process and of those that it waited for, all their threads."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def wall(taken: Taken) -> float:
    return taken.wall_s


def tell(what: str, taken: Taken, more: str = "") -> None:
    print(
        f"{what:<40} {taken.wall_s:7.2f} s  {taken.cpu_s:7.2f} s CPU  {more}".rstrip(), flush=True
    )


def search_pairs(workspace: Workspace) -> int:
    with workspace.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT phash FROM image").scalars().all()
    return len(near_duplicate_pairs(np.array(rows, dtype=np.int64), max_distance_bits=BITS))


def look(workspace: Workspace, likeness: Likeness) -> int:
    return len(find(workspace, 1, likeness, max_distance_bits=BITS).groups)


def add_one(workspace: Workspace, *, shade: int = 0) -> None:
    pixels = np.random.default_rng(shade).integers(0, 256, (48, 48), dtype=np.uint8)
    name = f"new-{shade}"
    record = SourceRecord(name, name, Split.TRAIN, Emotion.HAPPY, encode(pixels))
    import_records(workspace, [record], name="faces")


if __name__ == "__main__":
    main()
