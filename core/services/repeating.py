"""Queueing a run again: as it was, or with a few settings changed."""

from collections.abc import Mapping, Sequence

from core.configs import Setting, TrainConfig
from core.services.experiments import enqueue_run, find_run
from core.services.jobs import find_job
from core.workspace import Workspace
from db.enums import Mask
from db.rows import RunRow


def enqueue_like(
    workspace: Workspace,
    run_id: int,
    *,
    changes: Mapping[str, Setting] | None = None,
    test_masks: Sequence[Mask] = (),
) -> RunRow:
    """Queue a run with the version, the settings, the seed and the test masks of another one.

    On a CPU with as many threads and the same torch it ends with the same figures.

    Args:
        workspace: Where.
        run_id: The other run.
        changes: Settings to replace, such as {"seed": 2}.
        test_masks: Masks to test under besides those of the other run.

    Raises:
        UnknownRunError: If there is no such run.
        ConfigError, WeightsFileError: As `enqueue_run`.
    """
    like = find_run(workspace, run_id)
    asked = [Mask(name) for name in find_job(workspace, like.job_id).payload.get("test_masks", [])]
    return enqueue_run(
        workspace,
        like.version_id,
        TrainConfig.from_json({**like.config, **(changes or {})}),
        test_masks=[*asked, *test_masks],
    )
