"""What a run starts from besides its version: a teacher's run, a file of weights."""

from pathlib import Path

from core.configs import TrainConfig
from core.errors import ConfigError, NotReadyError, UnknownRunError, WeightsFileError
from core.workspace import Workspace
from db.enums import JobStatus
from db.repositories import runs as stored
from db.rows import RunRow


def require_origins(workspace: Workspace, version_id: int, config: TrainConfig) -> None:
    """Refuse a configuration whose teacher or weights cannot be had; a teacher may still train.

    Raises:
        UnknownRunError: If there is no run to be its teacher.
        ConfigError: If that run is of another version or protocol.
        WeightsFileError: If there is no file with its initial weights.
    """
    if config.weights is not None and not Path(config.weights).is_file():
        raise WeightsFileError(
            f"There is no file {config.weights} with weights; give its whole path."
        )
    if config.teacher_run is not None:
        _teacher(workspace, version_id, config)


def finished_teacher(workspace: Workspace, version_id: int, config: TrainConfig) -> RunRow | None:
    """Return the run whose network is to be imitated, None where none is.

    Raises:
        UnknownRunError: If there is no such run.
        ConfigError: If it is of another version or protocol.
        NotReadyError: If it is not done.
    """
    if config.teacher_run is None:
        return None
    run = _teacher(workspace, version_id, config)
    if run.status is not JobStatus.DONE:
        raise NotReadyError(
            f"Run {run.id} is {run.status} and cannot teach yet; resume this job when it is done."
        )
    return run


def _teacher(workspace: Workspace, version_id: int, config: TrainConfig) -> RunRow:
    """Return the teacher's run.

    One of another version or protocol may have been trained on what the student is tested on.
    """
    with workspace.reading() as session:
        run = stored.find(session, config.teacher_run or 0)
    if run is None:
        raise UnknownRunError(str(config.teacher_run))
    protocol = TrainConfig.from_json(run.config).protocol
    if (run.version_id, protocol) != (version_id, config.protocol):
        raise ConfigError(
            f"Run {run.id} is of another version or protocol and may know the test faces; "
            "give the run of a teacher trained on the same version with the same protocol."
        )
    return run
