"""Time trying a face: finding it, cutting it out, and asking the inference process about it.

Also what a question costs beside the same network in this process, and how long the first takes.
CPU seconds are of both processes together; they say more than the clock where others work too.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in the inference process

import cv2
import numpy as np
import torch

from core.configs import preset
from core.images.drawing.planning import plan_sample
from core.images.drawing.sample import draw_face
from core.images.faces import unlabeled
from core.jobs.inference import client
from core.jobs.inference.wire import Message
from core.ml.checkpoints import save
from core.ml.evaluation import load, probabilities
from core.ml.models import build
from core.services.trying import look
from core.settings import Settings
from core.workspace import open_workspace
from db.enums import ModelName, SaliencyMethod

LIMIT_MS = 35.0
REPEATS = 40
CONFIG = preset(ModelName.FAST)


def main() -> None:
    with TemporaryDirectory() as name:
        workspace = open_workspace(Settings(data=Path(name) / "data", database_url=None))
        torch.manual_seed(0)
        save(build(CONFIG).state_dict(), workspace.run_dir(1) / "model.pt")
        photo = picture()
        faces = unlabeled(look(photo, side=48).faces)
        known = {"run": 1, "config": CONFIG.to_json()}
        arrays = {"pixels": faces.pixels, "labels": np.zeros(len(faces), dtype=np.int64)}
        asked = Message({"ask": "classify", **known}, arrays)

        started = time.perf_counter()
        pid = int(client.ask(workspace, asked).facts["pid"])
        print(
            f"first question, with the start of the process   {time.perf_counter() - started:.1f} s"
        )
        found = timed("read, find and cut out", lambda: look(photo, side=48), pid)
        question = timed("classify, through the process", lambda: client.ask(workspace, asked), pid)
        model = load(workspace.run_dir(1), CONFIG)
        alone = timed("classify, in this process", lambda: probabilities(model, faces, CONFIG), pid)
        print(f"a question beside the network alone: {question[1] / alone[1]:.2f} of its CPU time")
        for method in SaliencyMethod:
            why = Message({"ask": "explain", "method": method.value, **known}, arrays)
            timed(f"explain, {method}", lambda why=why: client.ask(workspace, why), pid)
        wall, cpu = (found[k] + question[k] for k in (0, 1))
        print(f"a face end to end: {wall:.1f} ms, {cpu:.1f} ms of CPU (limit {LIMIT_MS:.0f} ms)")
    if min(wall, cpu) > LIMIT_MS:
        sys.exit("Trying a face is slower than promised.")


def picture() -> bytes:
    """A photograph of 640 x 480 px with one drawn face of 240 px."""
    rng = np.random.default_rng(0)
    ground = rng.integers(60, 200, (6, 8), dtype=np.uint8)
    canvas = cv2.resize(ground, (640, 480), interpolation=cv2.INTER_CUBIC)
    face = draw_face(plan_sample(200, 0)[0], 0).pixels
    canvas[120:360, 200:440] = cv2.resize(face, (240, 240), interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(".jpg", canvas)[1].tobytes()


def timed(what: str, act: Callable[[], object], pid: int) -> tuple[float, float]:
    """Print and return the median wall time and the mean CPU time of something, in ms."""
    act()
    walls = []
    before = time.process_time() + cpu_s(pid)
    for _ in range(REPEATS):
        started = time.perf_counter()
        act()
        walls.append(1000 * (time.perf_counter() - started))
    cpu = 1000 * (time.process_time() + cpu_s(pid) - before) / REPEATS
    print(f"{what:32} {median(walls):7.1f} ms, best {min(walls):6.1f}; CPU {cpu:6.1f} ms")
    return median(walls), cpu


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used (Linux; 0 elsewhere)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
