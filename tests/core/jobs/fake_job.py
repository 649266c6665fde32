"""The process of a job that behaves as its payload says."""

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
    )
}


def behave(_kind: JobKind) -> Handler:
    return lambda context: BEHAVIOURS[context.job.payload["do"]](context)


if __name__ == "__main__":
    main(find_handler=behave)
