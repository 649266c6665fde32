"""Time the import of all real faces against Pillow, which only decodes them, in one run."""

import subprocess
import sys
import time
import zipfile
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from core.services.importing import import_path
from core.settings import Settings
from core.workspace import open_workspace

UNPACK = Path(__file__).parents[3] / "shared" / "fer2013" / "unpack"
ROUNDS = 3
LIMIT_S = 12.0
LIMIT_RATIO = 2.0


def main() -> None:
    if not UNPACK.exists():
        sys.exit(f"The real faces are not at {UNPACK.parent}; there is nothing to measure.")
    with TemporaryDirectory() as name:
        scratch = Path(name)
        folder = unpack(scratch, "kaggle")
        rounds = [
            (pillow_seconds(folder), import_seconds(folder, scratch / f"data-{number}"))
            for number in range(ROUNDS)
        ]
        pillow, ours = (median(times) for times in zip(*rounds, strict=True))
        again = import_seconds(folder, scratch / "data-0")
        table = unpack(scratch, "csv") / "fer2013.csv"
        print(f"Pillow, decoding only   {pillow:6.2f} s   (median of {ROUNDS})")
        print(
            f"import, folders         {ours:6.2f} s   (median of {ROUNDS}; limit {LIMIT_S:.0f} s)"
        )
        print(f"import / Pillow         {ours / pillow:6.2f}     (limit {LIMIT_RATIO:.0f})")
        print(f"import again            {again:6.2f} s")
        print(f"import, zip             {import_seconds(zipped(folder), scratch / 'zip'):6.2f} s")
        print(f"import, fer2013.csv     {import_seconds(table, scratch / 'csv-data'):6.2f} s")
    if ours > LIMIT_S or ours / pillow > LIMIT_RATIO:
        sys.exit("The import is slower than promised.")


def unpack(scratch: Path, layout: str) -> Path:
    folder = scratch / layout
    subprocess.run([sys.executable, UNPACK, folder, "--layout", layout], check=True)
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for image in sorted(folder.rglob("*.png")):
            archive.write(image, image.relative_to(folder.parent))
    return path


def pillow_seconds(folder: Path) -> float:
    started = time.perf_counter()
    for path in folder.rglob("*.png"):
        with Image.open(path) as image:
            np.asarray(image.convert("L"))
    return time.perf_counter() - started


def import_seconds(path: Path, data: Path) -> float:
    workspace = open_workspace(Settings(data=data, database_url=None))
    report = import_path(workspace, path, name="faces")
    workspace.engine.dispose()
    if report.added + report.already != 35_887:
        sys.exit(f"Expected 35,887 images of {path}, got {report}.")
    return report.seconds


if __name__ == "__main__":
    main()
