"""How many threads a job computes with, so that jobs side by side do not crowd each other out."""

import os
import sys


def thread_settings(n_slots: int) -> dict[str, str]:
    """Return the environment that gives each of `n_slots` jobs its share of the processors.

    Threads that wait for each other sleep instead of spinning (`OMP_WAIT_POLICY`). With other work
    on both cores, spinning ones ran the step of `fast` at 30 to 44 images/s, sleeping ones at 195
    to 394: a spinning thread takes the time from the very thread it waits for.

    Whatever the person who started us has set stays. The dashboard needs no share of its own: jobs
    run at a lower priority and give way within a millisecond.
    """
    settings = {
        "OMP_NUM_THREADS": str(max(1, n_processors() // n_slots)),
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    return {name: value for name, value in settings.items() if name not in os.environ}


def n_processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
