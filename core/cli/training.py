"""Commands that freeze versions, train on them and read what came out."""

from typing import Annotated, Any

import typer

from core.cli import recipes, sliced
from core.cli.output import AsJson, emit_json, emit_line, emit_table, percent, say
from core.cli.tested import SliceName
from core.cli.waiting import wait_for_job
from core.configs import preset
from core.configs.checking import typed
from core.jobs.launch import ensure_supervisor
from core.services import experiments, results, versions
from core.services.evaluating import enqueue_evaluation
from core.services.repeating import enqueue_like
from core.services.slicing import ImageSlice
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus, Mask, ModelName
from db.rows import RunRow

Wait = Annotated[bool, typer.Option("--wait", help="Come back when it is finished.")]


def freeze(name: str, as_json: AsJson = False) -> None:
    """Freeze the kept images of a data set; the same content has the same version everywhere."""
    version = versions.freeze(open_workspace(), name)
    if as_json:
        emit_json({"version": version.digest, "images": version.n_images})
    else:
        emit_line(f"Version {version.digest}: {version.n_images:,} images of {name}.")


def list_versions(as_json: AsJson = False) -> None:
    """List the frozen versions, newest first."""
    found = versions.versions(open_workspace())
    if as_json:
        documents = [
            {
                "version": one.digest,
                "dataset": one.dataset,
                "images": one.n_images,
                "created": one.created_at.isoformat(),
            }
            for one in found
        ]
        emit_json({"versions": documents})
    elif found:
        rows = [(v.digest, v.dataset, v.n_images, f"{v.created_at:%Y-%m-%d %H:%M}") for v in found]
        emit_table("Versions", ("version", "data set", "images", "frozen (UTC)"), rows)
    else:
        emit_line("No version yet; freeze one with `feelingit freeze NAME`.")


list_versions.__name__ = "versions"


def train(  # noqa: PLR0913  (each argument is an option of the command)
    version: recipes.VersionOption = None,
    model: recipes.ModelOption = None,
    mask: recipes.MaskOption = None,
    test_mask: recipes.TestMaskOption = None,
    seed: recipes.SeedOption = None,
    epochs: recipes.EpochsOption = None,
    image_size: recipes.ImageSizeOption = None,
    protocol: recipes.ProtocolOption = None,
    weights: recipes.WeightsOption = None,
    teacher: recipes.TeacherOption = None,
    set_: recipes.SetOption = None,
    like: recipes.LikeOption = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """Queue a training run and start the supervisor that works through the queue."""
    if (version is None) == (like is None):
        raise typer.BadParameter("give --version, or --like with a run that has one")
    workspace = open_workspace()
    changes = recipes.settings(set_ or []) | recipes.given(
        model=model, mask=mask, seed=seed, epochs=epochs, image_size=image_size,
        protocol=protocol, weights=weights, teacher_run=teacher,
    )  # fmt: skip
    if like is not None:
        run = enqueue_like(workspace, like, changes=changes, test_masks=test_mask or [])
    else:
        name = typed("model", changes.pop("model", ModelName.FAST), ModelName)
        config = preset(name, **changes)
        found = versions.find_version(workspace, version or "")
        run = experiments.enqueue_run(workspace, found.id, config, test_masks=test_mask or [])
    _follow(workspace, run, wait=wait, as_json=as_json)


def _follow(workspace: Workspace, run: RunRow, *, wait: bool, as_json: bool) -> None:
    """See that a queued run is worked on; wait for it where asked to, and show it."""
    ensure_supervisor(workspace)
    if wait:
        wait_for_job(workspace, run.job_id, f"Run {run.id}")
    document = results.result_document(workspace, run.id)
    if as_json:
        emit_json(document)
    elif wait:
        _show_result(document)
    else:
        emit_line(
            f"Run {run.id} is queued as job {run.job_id}; `feelingit jobs` shows how it is doing."
        )
    if wait and document["status"] != JobStatus.DONE:
        raise typer.Exit(1)


def evaluate(
    run: Annotated[int, typer.Argument(help="Id of a finished run, from `feelingit runs`.")],
    mask: Annotated[list[Mask], typer.Option(help="Test under this mask; any number of times.")],
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    """Test a finished run under further masks; its figures under others stay."""
    workspace = open_workspace()
    job = enqueue_evaluation(workspace, run, mask)
    ensure_supervisor(workspace)
    if wait:
        job = wait_for_job(workspace, job.id, f"Testing run {run}")
    tested = [one.value for one in mask] if job.status is JobStatus.DONE else []
    documents = {
        name: results.result_document(workspace, run, test_mask=Mask(name)) for name in tested
    }
    if as_json:
        emit_json({"run": run, "job": job.id, "status": job.status, "error": job.error,
                   "results": documents})  # fmt: skip
    elif not wait:
        emit_line(f"Testing run {run} is queued as job {job.id}; `feelingit jobs` shows it.")
    elif job.status is not JobStatus.DONE:
        say(f"Job {job.id} {job.status}: {job.error or 'no result'}")
    for document in () if as_json else documents.values():
        _show_result(document)
    if wait and job.status is not JobStatus.DONE:
        raise typer.Exit(1)


def list_runs(as_json: AsJson = False) -> None:
    """List the training runs, newest first."""
    workspace = open_workspace()
    found = experiments.runs(workspace)
    documents = [results.result_document(workspace, run.id) for run in found]
    if as_json:
        emit_json({"runs": documents})
    elif found:
        columns = ("run", "status", "version", "model", "mask", "seed", "accuracy", "weighted F1")
        rows = [
            (str(d["run"]), d["status"], d["version"], d["model"], d["mask"], str(d["seed"]),
             percent(d.get("accuracy")), percent(d.get("weighted_f1")))
            for d in documents
        ]  # fmt: skip
        emit_table("Runs", columns, rows)
    else:
        emit_line("No run yet; start one with `feelingit train --version V --model fast`.")


list_runs.__name__ = "runs"


def show_results(
    run: Annotated[int, typer.Argument(help="Id of the run, from `feelingit runs`.")],
    mask: Annotated[
        Mask | None, typer.Option(help="The mask it was tested under; its own if unsaid.")
    ] = None,
    slice_name: SliceName = ImageSlice.ALL.value,
    as_json: AsJson = False,
) -> None:
    """Show a run's accuracy, precision and F1 with intervals, overall and per emotion."""
    workspace = open_workspace()
    document = results.result_document(workspace, run, test_mask=mask)
    if as_json and document["status"] != JobStatus.DONE:
        emit_json(document)
        return
    found = sliced.figures_on(workspace, run, slice_name, mask)  # refuses one without figures
    if as_json:
        emit_json(sliced.with_slice(document, found))
        return
    _show_overall(document)
    sliced.show(found)


show_results.__name__ = "results"


def _show_result(document: dict[str, Any]) -> None:
    if document["status"] != JobStatus.DONE:
        say(f"Run {document['run']} {document['status']}: {document.get('error') or 'no result'}")
        return
    _show_overall(document)
    emit_table(
        "Per emotion (accuracy is the recall of the class)",
        ("emotion", "n", "accuracy", "precision", "F1"),
        [
            (emotion, one["n"], *(percent(one[k]) for k in ("accuracy", "precision", "f1")))
            for emotion, one in document["per_class"].items()
        ],
    )


def _show_overall(document: dict[str, Any]) -> None:
    leak_free = document["leak_free"]
    emit_table(
        f"Run {document['run']}: {document['model']}, mask {document['mask']}, "
        f"seed {document['seed']}, tested on {document['test_split']} "
        f"with mask {document['test_mask']}",
        ("images", "n", "accuracy", "weighted F1", "macro F1"),
        [
            (name, part["n"], *(percent(part[k]) for k in ("accuracy", "weighted_f1", "macro_f1")))
            for name, part in (("all", document), ("leak-free", leak_free))
        ],
    )


COMMANDS = (freeze, list_versions, train, evaluate, list_runs, show_results)
