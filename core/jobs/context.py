"""What a handler gets: the workspace, its job, and a way to say how far it is."""

from dataclasses import dataclass

from core.jobs import transitions
from core.workspace import Workspace
from db.rows import JobRow


@dataclass(frozen=True)
class JobContext:
    """A running job, as its handler sees it."""

    workspace: Workspace
    job: JobRow

    def report(self, progress: float, message: str, *, is_kept: bool = True) -> None:
        """Show how far the job is: `progress` 0..1 and a short sentence.

        `is_kept` says that what was done so far is stored, so that the job may pause here; where it
        is not, the job goes on until it is.

        Raises:
            JobCancelledError: If the job was asked to stop; let it pass.
            JobPausedError: If it was asked to pause and may; let it pass.
        """
        transitions.report(self.workspace, self.job, progress, message, may_pause=is_kept)
