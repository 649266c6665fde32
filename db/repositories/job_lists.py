"""The job table, as people look through it: filtered, paged and grouped."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from db.enums import JobStatus
from db.models import Job
from db.repositories.jobs import WAITING, job_row
from db.rows import JobRow


@dataclass(frozen=True, kw_only=True)
class JobFilter:
    """Which jobs are looked at: those that stand so, and of one grid; everything where None."""

    statuses: Collection[JobStatus] | None = None
    grid: str | None = None


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """Jobs that were queued together, by how many of them stand how."""

    name: str
    counts: dict[JobStatus, int]

    @property
    def n_jobs(self) -> int:
        """Return how many jobs it has."""
        return sum(self.counts.values())


def page(session: Session, chosen: JobFilter, *, limit: int, offset: int) -> list[JobRow]:
    """Return a page of jobs: first what runs, then what waits in its order, then the newest."""
    is_waiting = Job.status.in_(WAITING)
    rank = case((Job.status == JobStatus.RUNNING, 0), (is_waiting, 1), else_=2)
    order = (
        rank,
        case((is_waiting, Job.position), else_=0),
        case((is_waiting, Job.id), else_=-Job.id),
    )
    statement = select(Job).where(*_conditions(chosen)).order_by(*order)
    return [job_row(job) for job in session.scalars(statement.limit(limit).offset(offset))]


def counts(session: Session, chosen: JobFilter) -> dict[JobStatus, int]:
    """Return how many of these jobs stand how; no entry for none."""
    statement = select(Job.status, func.count()).where(*_conditions(chosen)).group_by(Job.status)
    return {status: n_jobs for status, n_jobs in session.execute(statement)}  # noqa: C416 (typed)


def grids(session: Session) -> list[GridRow]:
    """Return the grids, the newest first."""
    statement = (
        select(Job.grid, Job.status, func.count(), func.max(Job.id))
        .where(Job.grid.is_not(None))
        .group_by(Job.grid, Job.status)
    )
    found: dict[str, dict[JobStatus, int]] = {}
    newest: dict[str, int] = {}
    for name, status, n, last_id in session.execute(statement):
        if name is not None:
            found.setdefault(name, {})[status] = n
            newest[name] = max(newest.get(name, 0), last_id)
    names = sorted(found, key=lambda name: newest[name], reverse=True)
    return [GridRow(name=name, counts=found[name]) for name in names]


def next_grid(session: Session) -> str:
    """Return a name that no grid has: g1, g2 and so on, counted by the newest job."""
    return f"g{(session.scalar(select(func.max(Job.id))) or 0) + 1}"


def _conditions(chosen: JobFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.statuses is not None:
        conditions.append(Job.status.in_(chosen.statuses))
    if chosen.grid is not None:
        conditions.append(Job.grid == chosen.grid)
    return conditions
