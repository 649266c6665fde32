"""How a job's process computes: its share of the threads, and how it keeps memory."""

import os
import sys


def thread_settings(n_slots: int) -> dict[str, str]:
    """Return the environment that gives each of `n_slots` jobs its share of the processors.

    Threads that wait for each other sleep instead of spinning (`OMP_WAIT_POLICY`). With other work
    on both cores, spinning ones ran the step of `fast` at 30 to 44 images/s, sleeping ones at 195
    to 394: a spinning thread takes the time from the very thread it waits for. Spinning
    briefly first (`GOMP_SPINCOUNT` of 5,000) was 1.07 times as fast alone, 0.69 times beside one
    busy process.

    Whatever the person who started us has set stays. The dashboard needs no share of its own: jobs
    run at a lower priority and give way within a millisecond.
    """
    settings = {
        "OMP_NUM_THREADS": str(max(1, n_processors() // n_slots)),
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    return _unset(settings)


def memory_settings() -> dict[str, str]:
    """Return the environment in which a process keeps the memory that it frees, until it ends.

    By itself glibc gives large blocks back and gets them again, emptied page by page: gradients of
    `fast` by the pixels took a quarter more time so. Other C libraries take no notice. Whatever the
    person who started us has set stays.
    """
    settings = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**33)}
    return _unset(settings)


def _unset(settings: dict[str, str]) -> dict[str, str]:
    """Return those of the settings that the environment does not hold already."""
    return {name: value for name, value in settings.items() if name not in os.environ}


def n_processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
