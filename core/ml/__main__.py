"""`python -m core.ml --faces faces.npz --config run.json --out DIR`: one run, nothing else needed.

This is what a worker without database or dashboard runs. It needs torch, torchvision, numpy,
pandas and OpenCV only. Figures are printed as JSON, progress goes to stderr.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import FeelingItError
from core.ml.alone import Place, read_task, run_alone


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and test as the command line says; return the exit status, 0 or 1."""
    options = _options(arguments)
    level = logging.DEBUG if options.verbose else logging.INFO
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(message)s")
    try:
        task = read_task(options.config)
        place = Place(options.out, options.device, options.teacher)
        figures = run_alone(options.faces, task, place)
    except FeelingItError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m core.ml", description="Train and test one network on faces in a file."
    )
    parser.add_argument(
        "--faces", type=Path, required=True, help="from `feelingit export --to npz`"
    )
    parser.add_argument("--config", type=Path, required=True, help="settings as JSON")
    parser.add_argument("--out", type=Path, required=True, help="folder for what comes out")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--teacher", type=Path, help="the --out folder of a run to imitate")
    parser.add_argument("--verbose", action="store_true", help="log every few seconds")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
