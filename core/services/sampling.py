"""Make a data set of drawn faces, with the truth about each stored beside it."""

from collections.abc import Iterator, Sequence

from core.errors import ConfigError
from core.images.drawing.planning import PlannedFace, plan_sample
from core.images.drawing.sample import draw_face
from core.images.encoding import encode
from core.services.importing import ImportProgress, ImportReport, OnProgress, import_records
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.repositories import datasets, images, progress, samples
from db.rows import NewTruth, TruthRow

PROGRESS_EVERY = 20


def make_sample(
    workspace: Workspace,
    *,
    name: str = "sample",
    n_images: int = 1000,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Draw sample faces with planted faults, import them, and store what is true of each.

    The same call again adds nothing; one that was interrupted goes on.

    Raises:
        ConfigError: If the number or the seed cannot be used, or the data set holds other images.
        DatasetNameError: If the name cannot be used.
    """
    plan = plan_sample(n_images, seed)
    _check_holds_only(workspace, name, {face.path for face in plan})
    records = _records(plan, seed, on_progress)
    report = import_records(workspace, records, name=name, total=len(plan))
    with workspace.writing() as session:
        dataset = datasets.by_name(session, name)
        if dataset:
            samples.save_truths(session, dataset.id, [_truth(face) for face in plan])
    return report


def truths(workspace: Workspace, dataset_id: int) -> list[TruthRow]:
    """Return the truth about each drawn face of a data set; empty for a data set of real faces."""
    with workspace.reading() as session:
        return samples.truths(session, dataset_id)


def is_drawn(workspace: Workspace, dataset_id: int) -> bool:
    """Return whether every image of a data set is a drawn face, which is nobody's."""
    with workspace.reading() as session:
        n_images = sum(progress.state_counts(session, dataset_id))
        return 0 < n_images == len(samples.truths(session, dataset_id))


def _check_holds_only(workspace: Workspace, name: str, paths: set[str]) -> None:
    """Refuse to mix a sample with other images, whose copies and faults would be unknown."""
    with workspace.reading() as session:
        dataset = datasets.by_name(session, name)
        present = images.file_hashes(session, dataset.id) if dataset else {}
    if not present.keys() <= paths:
        raise ConfigError(
            f"The data set {name!r} already holds other images; choose another name for the sample."
        )


def _records(
    plan: Sequence[PlannedFace], seed: int, on_progress: OnProgress | None
) -> Iterator[SourceRecord]:
    """Yield the planned faces as PNG files, drawn one by one as they are asked for."""
    for done, face in enumerate(plan, start=1):
        content = encode(draw_face(face, seed).pixels)
        yield SourceRecord(face.path, face.path, face.split, face.label, content)
        if on_progress and (done % PROGRESS_EVERY == 0 or done == len(plan)):
            on_progress(ImportProgress(done, len(plan), 0))


def _truth(face: PlannedFace) -> NewTruth:
    """Return what is stored about a planned face."""
    return NewTruth(
        source_path=face.path,
        true_label=face.true_label,
        fault=face.fault,
        copy_of=face.copy_of,
    )
