"""Looking through jobs: filtered, paged, grouped by grid."""

from core.workspace import Workspace
from db.enums import JobStatus
from db.repositories import job_lists as stored
from db.repositories.job_lists import GridRow, JobFilter
from db.rows import JobRow

__all__ = ["EVERY", "GridRow", "JobFilter", "counts", "grids", "page", "total"]

EVERY = JobFilter()


def page(
    workspace: Workspace, chosen: JobFilter = EVERY, *, limit: int, offset: int = 0
) -> list[JobRow]:
    """Return a page of jobs: first what runs, then what waits in its order, then the newest."""
    with workspace.reading() as session:
        return stored.page(session, chosen, limit=limit, offset=offset)


def counts(workspace: Workspace, chosen: JobFilter = EVERY) -> dict[JobStatus, int]:
    """Return how many of these jobs stand how; no entry for none."""
    with workspace.reading() as session:
        return stored.counts(session, chosen)


def total(workspace: Workspace, chosen: JobFilter = EVERY) -> int:
    """Return how many jobs a filter lets through."""
    return sum(counts(workspace, chosen).values())


def grids(workspace: Workspace) -> list[GridRow]:
    """Return the grids with how many of their jobs stand how, the newest first."""
    with workspace.reading() as session:
        return stored.grids(session)
