"""Time what the server does for the Results page of 200 runs on FER2013's 7,178 test faces.

Half a version's faces are relabeled or tagged, so that slices are as large as in real work; each
run was tested under four masks. CPU time of this process: other work on the machine counts little.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.images.encoding import encode
from core.metrics.predictions import prediction_table
from core.services import answers, class_tables, experiments, versions
from core.services.baselines import less_baseline
from core.services.class_tables import Metric
from core.services.outcomes import record_outcome
from core.services.presenting import class_cells
from core.settings import Settings
from core.workspace import Workspace, open_workspace
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, Split
from db.models import Dataset, Image, ImageBlob, ImageTag
from db.repositories import jobs
from db.rows import RunRow

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
N_TRAIN, N_TEST, N_RUNS = 28_709, 7_178, 200
MASKS = (Mask.NONE, Mask.EYES, Mask.MOUTH, Mask.FOREHEAD)
LIMIT_S = 1.0


def main() -> None:
    with TemporaryDirectory() as name:
        workspace = open_workspace(Settings(data=Path(name), database_url=None))
        fill(workspace)
        slowest = max(services(workspace), pages(workspace))
    if slowest > LIMIT_S:
        sys.exit(f"200 runs take longer than {LIMIT_S:.0f} s.")


def services(workspace: Workspace) -> float:
    """Print the seconds of each table from stored predictions to cells; return the largest."""
    runs = experiments.runs(workspace)
    times = []
    for slice_name, mask, is_pooled in (
        ("all", None, True),
        ("all", None, False),
        ("all", Mask.EYES, False),
        ("leak-free", None, False),
        ("relabeled", None, False),
        ("tag:glasses", None, False),
    ):
        work = partial(cells, workspace, runs, slice_name, mask, is_pooled)
        rows = "pooled" if is_pooled else f"{N_RUNS} rows"
        answers._read.cache_clear()
        times.append(timed(f"F1 and differences, {slice_name}, {mask or 'own mask'}, {rows}", work))
    return max(times)


def cells(
    workspace: Workspace, runs: list[RunRow], slice_name: str, mask: Mask | None, is_pooled: bool
) -> None:
    table = class_tables.class_table(
        workspace, runs, Metric.F1, slice_name=slice_name, test_mask=mask, is_pooled=is_pooled
    )
    class_cells.amounts(table, None)
    found = less_baseline(workspace, table, 0, slice_name=slice_name, test_mask=mask)
    class_cells.differences(table, found, None)


def pages(workspace: Workspace) -> float:
    """Print the seconds of the whole page, the first time and later on; return the largest."""
    os.environ["FEELINGIT_DATA"] = str(workspace.data_dir)
    times = []
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.run()  # imports and the Overview page, which are no part of it
    page.switch_page("views/results.py")
    answers._read.cache_clear()
    st.cache_data.clear()
    times.append(timed("page, first time", page.run))
    times.append(timed("page, again", page.run))
    for words, query in (
        ("200 rows", {"results_pooled": "0"}),
        ("200 rows less one", {"results_baseline": "1"}),
        ("leak-free", {"results_slice": "leak-free"}),
        ("relabeled", {"results_slice": "relabeled"}),
        ("under a mask", {"results_test_mask": "mouth"}),
        ("masks crossed", {"results_part": "masks"}),
        ("the study", {"results_part": "study"}),
    ):
        page.query_params.update(query)
        times.append(timed(f"page, {words}", page.run))
    if page.exception:
        sys.exit(f"The page failed: {page.exception[0].message}")
    return max(times)


def timed(words: str, work: Callable[[], object]) -> float:
    wall, started = time.perf_counter(), time.process_time()
    work()
    seconds = time.process_time() - started
    print(f"{words:52} {seconds:5.2f} s CPU {time.perf_counter() - wall:6.2f} s", flush=True)
    return seconds


def fill(workspace: Workspace) -> None:
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    labels = rng.integers(0, 7, n)
    with workspace.writing() as session:
        dataset = Dataset(name="faces", created_at=datetime.now(UTC), is_complete=True)
        session.add(dataset)
        session.flush()
        for i in range(n):
            split = Split.TRAIN if i < N_TRAIN else Split.VALIDATION
            was = labels[i] if i % 2 else (labels[i] + 1) % 7
            session.add(
                Image(
                    dataset_id=dataset.id, source_path=f"{i}.png", split=split,
                    original_split=split, original_label=EMOTIONS[was], label=EMOTIONS[labels[i]],
                    file_sha256=f"{i:064d}", pixel_sha256=f"{i:064d}", phash=i, width=48, height=48,
                )
            )  # fmt: skip
        session.flush()
        content = encode(np.zeros((48, 48), dtype=np.uint8))
        session.add_all(ImageBlob(image_id=i, content=content) for i in range(1, n + 1))
        session.add_all(ImageTag(image_id=i, tag="glasses") for i in range(1, n, 2))
    digest = versions.freeze(workspace, "faces").digest
    ids = np.arange(N_TRAIN + 1, n + 1)
    for k in range(N_RUNS):
        run = experiments.enqueue_training(
            workspace, version=digest, model=ModelName.FAST, mask=MASKS[k // 10 % 4], seed=k % 10,
            overrides={"epochs": 1 + k // 40},
        )  # fmt: skip
        tables = []
        for mask in MASKS:
            scores = rng.random((N_TEST, 7), dtype=np.float32)
            scores[np.arange(N_TEST), labels[N_TRAIN:]] += 0.5
            scores /= scores.sum(axis=1, keepdims=True)
            is_free = np.arange(N_TEST) % 9 > 0
            tables.append(
                prediction_table(ids, labels[N_TRAIN:], scores, leak_free=is_free, mask=mask)
            )
        record_outcome(workspace, run.id, pd.concat(tables), seconds=1)
        with workspace.writing() as session:
            held = jobs.claim(session, "bench", now=datetime.now(UTC))
            jobs.finish(session, held, JobStatus.DONE, None, now=datetime.now(UTC))


if __name__ == "__main__":
    main()
