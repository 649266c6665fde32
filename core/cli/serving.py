"""Commands that serve the dashboard, work through the queue and check the installation."""

import os
import platform
import shutil
from importlib.metadata import version
from typing import Annotated

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, progress_bar, say
from core.cli.processes import Processes, first_free_port, wait_until_healthy
from core.jobs import supervisor
from core.jobs.executors.choosing import trouble
from core.services.auditing import audit
from core.services.datasets import datasets
from core.services.experiments import queue_small_study
from core.services.jobs import jobs
from core.services.sampling import make_sample
from core.settings import ExecutorName, Settings
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus

PACKAGES = ("feelingit", "torch", "torchvision", "streamlit", "sqlalchemy", "numpy", "captum")
FIRST_PORT = 8501
LOW_DISK_BYTES = 2 * 1024**3


def serve(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="The next free one if this is taken.")
    ] = FIRST_PORT,
    sample: Annotated[
        bool, typer.Option(help="Fill an empty workspace with drawn faces and a small study.")
    ] = True,
) -> None:
    """Serve the dashboard on this machine only, and work through the job queue beside it."""
    workspace = open_workspace()
    if sample and not datasets(workspace):
        _fill(workspace)
    free_port = first_free_port(port)
    with Processes(workspace) as processes:
        processes.start_dashboard(free_port)
        processes.start_supervisor()
        wait_until_healthy(free_port, processes)
        emit_line(f"FeelingIt is at http://127.0.0.1:{free_port} (Ctrl+C stops it)")
        processes.wait()
    say("FeelingIt has stopped; unfinished jobs go on when it starts again.")


def worker(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when no job is left.")
    ] = False,
    slots: Annotated[
        int | None,
        typer.Option(min=1, help="How many jobs may run at once; 1, on Ray FEELINGIT_RAY_JOBS."),
    ] = None,
) -> None:
    """Work through the job queue without the dashboard, until Ctrl+C."""
    arguments = ["--until-idle"] if until_idle else []
    supervisor.main(arguments if slots is None else [*arguments, "--slots", str(slots)])


def doctor(as_json: AsJson = False) -> None:
    """Check this installation and say what is wrong with it."""
    workspace = open_workspace()
    free_bytes = shutil.disk_usage(workspace.data_dir).free
    failed = [job.id for job in jobs(workspace) if job.status is JobStatus.FAILED]
    problems = []
    if free_bytes < LOW_DISK_BYTES:
        problems.append(f"Only {free_bytes / 1024**3:.1f} GiB are free at {workspace.data_dir}.")
    if failed:
        problems.append(f"Job {failed[0]} failed; see `feelingit logs {failed[0]}`.")
    settings = Settings()
    problems += [problem for problem in (trouble(settings),) if problem]
    problems += _unsound(workspace)
    facts = {
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "cores": os.cpu_count(),
        "workspace": str(workspace.data_dir),
        "database_kind": workspace.engine.url.get_backend_name(),
        "database": workspace.engine.url.render_as_string(hide_password=True),
        "jobs_run_on": _place(settings),
        "free_gib": round(free_bytes / 1024**3, 1),
        "data_sets": len(datasets(workspace)),
    }
    if as_json:
        emit_json({**facts, "problems": problems})
        return
    emit_table("FeelingIt", ("what", "value"), [(k, str(v)) for k, v in facts.items()])
    emit_line("\n".join(problems) or "Nothing is wrong.")


def _place(settings: Settings) -> str:
    """Return where jobs run."""
    is_local = settings.executor is ExecutorName.LOCAL
    return "this machine" if is_local else f"Ray at {settings.ray_address}"


def _unsound(workspace: Workspace) -> list[str]:
    """Return a sentence for each data set that is not what replaying its events gives."""
    found = ((dataset.name, audit(workspace, dataset.id)) for dataset in datasets(workspace))
    return [
        f"{len(wrong):,} images of {name!r}, the first {wrong[0].image_id}, are not what their "
        "events say: something other than FeelingIt wrote to the database."
        for name, wrong in found
        if wrong
    ]


def _fill(workspace: Workspace) -> None:
    """Give a newcomer something to look at: drawn faces and runs on them."""
    say("The workspace is empty: drawing sample faces and queueing a small study on them.")
    with progress_bar("Drawing and importing") as bar:
        report = make_sample(
            workspace, on_progress=lambda state: bar.update(state.done, state.total)
        )
    queue_small_study(workspace, report.dataset)


COMMANDS = (serve, worker, doctor)
