"""What a finished run makes of labels that it was not taught: its test faces."""

import numpy as np

from core.errors import OtherDatasetError
from core.quality.out_of_fold import OutOfFold
from core.services import results
from core.services.experiments import find_run
from core.workspace import Workspace
from db.enums import EMOTIONS
from db.repositories import versions
from db.rows import RunRow

PROBABILITIES = [f"p_{emotion.value}" for emotion in EMOTIONS]


def run_of_dataset(workspace: Workspace, run_id: int, dataset_name: str) -> RunRow:
    """Return a run that was trained on images of this data set.

    Raises:
        UnknownRunError: If there is no such run.
        OtherDatasetError: If it was trained on another data set.
    """
    run = find_run(workspace, run_id)
    if run.dataset != dataset_name:
        raise OtherDatasetError(run_id, run.dataset, dataset_name)
    return run


def judged_by_run(workspace: Workspace, run_id: int, version_id: int) -> OutOfFold:
    """Return what a run takes its test faces for, with the labels that a version gives them.

    Test faces that the version lacks are left out. As seen counts every face of the run's own
    version that it was not tested on: it was trained on it or chosen with it. Test faces with a
    copy among those are in the result; `without_in_sample` takes them out.

    Args:
        workspace: Where the run is.
        run_id: The run; its predictions under the mask it was trained with are taken.
        version_id: The version whose labels are judged, of the same data set.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it is not finished.
    """
    run = find_run(workspace, run_id)
    table = results.predictions(workspace, run_id)
    with workspace.reading() as session:
        known = {one.image_id: one for one in versions.members(session, version_id)}
        own = {one.image_id: one.pixel_sha256 for one in versions.members(session, run.version_id)}
    numbers = np.unique(list(own.values()), return_inverse=True)[1]
    groups = dict(zip(own, numbers.tolist(), strict=True))
    tested = set(table["image_id"])
    seen = {group for image_id, group in groups.items() if image_id not in tested}
    table = table[table["image_id"].isin(list(known))]
    image_ids = table["image_id"].to_numpy(dtype=np.int64)
    return OutOfFold(
        image_ids=image_ids,
        labels=np.array([EMOTIONS.index(known[one].label) for one in image_ids], dtype=np.int64),
        groups=np.array([groups[one] for one in image_ids], dtype=np.int64),
        folds=np.zeros(len(image_ids), dtype=np.int64),
        seen_groups=(np.array(sorted(seen), dtype=np.int64),),
        probabilities=table[PROBABILITIES].to_numpy(dtype=np.float32),
    )
