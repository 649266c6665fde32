"""The process of a job that behaves as its payload says."""

import errno
import os
import signal
import time

from core.errors import EmptySetError
from core.jobs.context import JobContext
from core.jobs.handlers import Handler
from core.jobs.run import main
from db.enums import JobKind


def succeed(context: JobContext) -> None:
    context.report(0.5, "half way")


def break_down(context: JobContext) -> None:
    raise ValueError("the first line\nthe second line")


def refuse(context: JobContext) -> None:
    raise EmptySetError("There is nothing here; import something first.")


def exit_silently(context: JobContext) -> None:
    os._exit(3)


def report_forever(context: JobContext) -> None:
    while True:
        context.report(0.1, "going on")
        time.sleep(0.02)


def sleep_forever(context: JobContext) -> None:
    context.report(0.1, "asleep")
    time.sleep(600)


def ignore_sigterm(context: JobContext) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep_forever(context)


def die(context: JobContext) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count_to_three(context: JobContext) -> None:
    """Count from where the last attempt stopped; the first attempt waits at one to be killed."""
    checkpoint = context.workspace.data_dir / "count"
    count = int(checkpoint.read_text()) if checkpoint.exists() else 0
    while count < 3:
        count += 1
        checkpoint.write_text(str(count))
        context.report(count / 3, f"from {context.job.attempt}: {count}")
        if context.job.attempt == 1 and count == 1:
            time.sleep(600)


def leave_trace(context: JobContext) -> None:
    with (context.workspace.data_dir / "trace").open("a") as trace:
        trace.write(f"{context.job.id}\n")


def count_slowly(context: JobContext) -> None:
    """Keep what it counts every fourth step only, going on from what was kept."""
    kept = context.workspace.data_dir / "kept"
    count = int(kept.read_text()) if kept.exists() else 0
    for step in range(4 * count + 1, 41):
        if step % 4 == 0:
            kept.write_text(str(step // 4))
        context.report(step / 40, f"step {step}", is_kept=step % 4 == 0)
        time.sleep(0.02)


def fill_the_disk(context: JobContext) -> None:
    """Write a checkpoint larger than the workspace's disk, after a small one."""
    import torch  # takes seconds, which the other behaviours need not wait for

    from core.ml.checkpoints import save

    path = context.workspace.run_dir(1) / "checkpoint.pt"
    save({"epoch": 1}, path)
    save({"epoch": 2, "weights": torch.zeros(4_000_000)}, path)


def meet_a_full_disk(context: JobContext) -> None:
    raise RuntimeError("unexpected pos") from OSError(errno.ENOSPC, "No space left on device")


BEHAVIOURS: dict[str, Handler] = {
    function.__name__: function
    for function in (
        succeed,
        break_down,
        refuse,
        exit_silently,
        report_forever,
        sleep_forever,
        ignore_sigterm,
        die,
        count_to_three,
        leave_trace,
        count_slowly,
        fill_the_disk,
        meet_a_full_disk,
    )
}


def behave(_kind: JobKind) -> Handler:
    return lambda context: BEHAVIOURS[context.job.payload["do"]](context)


if __name__ == "__main__":
    main(find_handler=behave)
