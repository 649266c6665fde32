"""Which executor the settings name."""

from core.errors import ClusterError
from core.jobs.executors import Executor
from core.jobs.executors.local import LocalExecutor
from core.jobs.executors.ray import RayExecutor
from core.jobs.executors.ray_api import RayApi
from core.settings import ExecutorName, Settings
from core.workspace import Workspace


def n_slots(settings: Settings, wanted: int | None) -> int:
    """Return how many jobs run at once where nobody or `wanted` says so.

    One on this machine, which it can fill; on a cluster as many as its setting says.
    """
    if wanted is not None:
        return wanted
    return settings.ray_jobs if settings.executor is ExecutorName.RAY else 1


def executor(workspace: Workspace, settings: Settings, slots: int) -> Executor:
    """Return what runs up to `slots` jobs at once."""
    if settings.executor is ExecutorName.RAY:
        return RayExecutor(workspace, settings)
    return LocalExecutor(workspace, n_slots=slots)


def trouble(settings: Settings) -> str | None:
    """Return a sentence on why no job can start, None where jobs can."""
    if settings.executor is not ExecutorName.RAY:
        return None
    try:
        RayApi(settings.ray_address).every()
    except ClusterError as error:
        return str(error)
    return None
