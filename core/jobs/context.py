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

    def report(self, progress: float, message: str) -> None:
        """Show how far the job is: `progress` 0..1 and a short sentence.

        Raises:
            JobCancelledError: If the job was asked to stop; let it pass.
        """
        transitions.report(self.workspace, self.job, progress, message)
