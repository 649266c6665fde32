"""A shortened grid, from its request to its figures, through a real supervisor and processes."""

import pytest

from core.configs import Protocol
from core.jobs.supervisor import Supervisor
from core.services import grids, job_lists, results
from core.services.grids import GridRequest
from core.services.versions import freeze
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, Split


@pytest.fixture
def version(workspace, add_faces):
    splits = (*4 * [Split.TRAIN], Split.VALIDATION, Split.TEST)
    add_faces(
        [
            (split, emotion, 10 * place + label)
            for place, split in enumerate(splits)
            for label, emotion in enumerate(EMOTIONS)
        ]
    )
    return freeze(workspace, "faces").digest


def test_a_shortened_grid_runs_through_to_figures_under_every_test_mask(workspace, version):
    asked = GridRequest(
        version=version,
        cells=grids.crossed([ModelName.FAST], [Mask.NONE, Mask.EYES]),
        overrides={"epochs": 1, "image_size": 32},
        test_masks=(Mask.MOUTH,),
        protocol=Protocol.HONEST,
    )
    runs = grids.queue_grid(workspace, asked)
    Supervisor(workspace).run(until_idle=True)
    (grid,) = job_lists.grids(workspace)
    assert grid.counts == {JobStatus.DONE: 2}
    for run in runs:
        document = results.result_document(workspace, run.id)
        assert (document["status"], document["n"]) == (JobStatus.DONE, 7)
    log = (workspace.data_dir / "jobs").glob("*.log")
    assert all("Traceback" not in path.read_text() for path in log)
