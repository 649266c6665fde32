"""A workspace: one database and one folder, everything FeelingIt knows."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import WorkspaceError
from core.settings import Settings
from db.engine import open_engine, write_session
from db.migrations.upgrade import upgrade_to_head

DATABASE_NAME = "feelingit.sqlite"


@dataclass(frozen=True)
class Workspace:
    """An open workspace. Services take it as their first argument."""

    engine: Engine
    data_dir: Path

    def reading(self) -> Session:
        """Return a session for queries; use it in a `with` block."""
        return Session(self.engine)

    def writing(self) -> AbstractContextManager[Session]:
        """Return one transaction: committed when its `with` block ends, undone on any error."""
        return write_session(self.engine)

    @property
    def versions_dir(self) -> Path:
        """Return the folder with the decoded faces of frozen versions (a cache)."""
        return self.data_dir / "versions"

    @property
    def exports_dir(self) -> Path:
        """Return the folder for files that people take along, such as ranked label issues."""
        return self.data_dir / "exports"

    def run_dir(self, run_id: int) -> Path:
        """Return the folder of a run: checkpoint, predictions, maps."""
        return self.data_dir / "runs" / str(run_id)

    def job_dir(self, job_id: int) -> Path:
        """Return the folder where a job keeps what it needs to go on after an interruption."""
        return self.data_dir / "jobs" / str(job_id)

    def job_log(self, job_id: int) -> Path:
        """Return the path of the log that a job's process writes."""
        return self.data_dir / "jobs" / f"{job_id}.log"


def open_workspace(settings: Settings | None = None) -> Workspace:
    """Open the workspace the settings name, creating folder and tables where they are missing.

    Raises:
        WorkspaceError: If the folder cannot be written or the database cannot be opened.
    """
    settings = settings or Settings()
    data_dir = settings.data.expanduser().resolve()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError.not_writable(data_dir, error.strerror or "no access") from error
    try:
        engine = open_engine(settings.database_url or f"sqlite:///{data_dir / DATABASE_NAME}")
        upgrade_to_head(engine)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        if settings.database_url is None:
            raise WorkspaceError.not_writable(data_dir, reason) from error
        raise WorkspaceError.no_database(_shown(settings.database_url), reason) from error
    return Workspace(engine=engine, data_dir=data_dir)


def _shown(database_url: str) -> str:
    """Return a database's address without its password."""
    try:
        return make_url(database_url).render_as_string(hide_password=True)
    except ArgumentError:
        return "of FEELINGIT_DATABASE_URL"
