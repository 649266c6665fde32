"""The landmarks job: find the landmarks of every image that has none yet."""

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from core.images.decoding import decode
from core.images.detecting import Detector, has_detector
from core.images.landmarks import Located, stand_in
from core.jobs.context import JobContext
from core.services.landmarks import HINT, contents, pending, record_landmarks

BATCH = 256  # under two seconds on one core: a job that is asked to stop does so within that

logger = logging.getLogger(__name__)

Locate = Callable[[Sequence[NDArray[np.uint8]]], list[Located]]


def handle(context: JobContext) -> None:
    """Compute the landmarks of the data set that the payload names, {"dataset": id}, in batches.

    What a batch found is stored before the next one, so an interrupted job goes on where it was.
    Without a detector every image gets the mean landmarks.

    Raises:
        JobCancelledError: If the job is asked to stop.
    """
    image_ids = pending(context.workspace, int(context.job.payload["dataset"]))
    context.report(0.0, f"{len(image_ids):,} faces to look at")
    if not image_ids:
        return
    if not has_detector():
        logger.warning(HINT)
        _all(context, image_ids, lambda pictures: [stand_in() for _ in pictures])
        return
    with closing(Detector(n_threads=os.cpu_count() or 1)) as detector:
        _all(context, image_ids, detector.locate)


def _all(context: JobContext, image_ids: Sequence[int], locate: Locate) -> None:
    n_detected = 0
    for start in range(0, len(image_ids), BATCH):
        batch = image_ids[start : start + BATCH]
        found = locate([decode(content) for content in contents(context.workspace, batch)])
        record_landmarks(context.workspace, batch, found)
        n_detected += sum(one.is_detected for one in found)
        n_done = start + len(batch)
        message = f"{n_done:,} of {len(image_ids):,} faces, {n_detected / n_done:.1%} detected"
        context.report(n_done / len(image_ids), message)
    logger.info("%s", message)
