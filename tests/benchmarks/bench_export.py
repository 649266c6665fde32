"""Time the exports of all real faces, and that a folder comes back as the same version."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from core.services import diffs, versions
from core.services.datasets import find_dataset
from core.services.exports import ExportFormat, export
from core.services.importing import import_path
from core.settings import Settings
from core.workspace import open_workspace

UNPACK = Path(__file__).parents[3] / "shared" / "fer2013" / "unpack"
LIMIT_S = 10.0


def main() -> None:
    if not UNPACK.exists():
        sys.exit(f"The real faces are not at {UNPACK.parent}; there is nothing to measure.")
    with TemporaryDirectory() as name:
        scratch = Path(name)
        subprocess.run([sys.executable, UNPACK, scratch / "kaggle"], check=True)
        workspace = open_workspace(Settings(data=scratch / "data", database_url=None))
        import_path(workspace, scratch / "kaggle", name="faces")
        dataset = find_dataset(workspace, "faces")
        version = versions.freeze(workspace, "faces").digest
        slowest = 0.0
        for form in ExportFormat:
            report = export(workspace, dataset, scratch / f"out.{form}", form)
            slowest = max(slowest, report.seconds)
            print(f"export, {form:8} {report.seconds:6.2f} s   (limit {LIMIT_S:.0f} s)")
        started = time.perf_counter()
        diffs.diff(workspace, version, dataset_id=dataset.id)
        print(f"diff with now    {time.perf_counter() - started:6.2f} s")
        import_path(workspace, scratch / "out.folder", name="again")
        is_same = versions.freeze(workspace, "again").digest == version
        print(f"imported again, the version is {'the same' if is_same else 'ANOTHER'}")
    if slowest > LIMIT_S or not is_same:
        sys.exit("The export is slower than promised, or not faithful.")


if __name__ == "__main__":
    main()
