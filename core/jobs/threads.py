"""How many threads a job computes with, so that jobs side by side do not crowd each other out."""

import os
import sys


def thread_settings(n_slots: int) -> dict[str, str]:
    """Return the environment that gives each of `n_slots` jobs its share of the processors.

    Whatever the person who started us has set stays. The dashboard needs no share of its own: jobs
    run at a lower priority and give way within a millisecond.
    """
    if "OMP_NUM_THREADS" in os.environ:
        return {}
    return {"OMP_NUM_THREADS": str(max(1, n_processors() // n_slots))}


def n_processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
