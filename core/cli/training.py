"""Commands that freeze versions, train on them and read what came out."""

from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table, percent, say
from core.cli.waiting import wait_for_job
from core.configs import Setting
from core.jobs.launch import ensure_supervisor
from core.services import experiments, results, versions
from core.workspace import open_workspace
from db.enums import JobStatus, Mask, ModelName


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
    version: Annotated[str, typer.Option(help="Version to train on, from `feelingit freeze`.")],
    model: Annotated[ModelName, typer.Option(help="The network.")] = ModelName.FAST,
    mask: Annotated[Mask, typer.Option(help="The part of the face that is covered.")] = Mask.NONE,
    seed: Annotated[int, typer.Option(help="Same seed, same result on a CPU.")] = 0,
    epochs: Annotated[int | None, typer.Option(help="At most this many epochs.")] = None,
    image_size: Annotated[int | None, typer.Option(help="Side of the faces in pixels.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Come back when it is finished.")] = False,
    as_json: AsJson = False,
) -> None:
    """Queue a training run and start the supervisor that works through the queue."""
    workspace = open_workspace()
    asked: dict[str, Setting] = {"epochs": epochs, "image_size": image_size}
    overrides = {name: value for name, value in asked.items() if value is not None}
    run = experiments.enqueue_training(
        workspace, version=version, model=model, mask=mask, seed=seed, overrides=overrides
    )
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
    as_json: AsJson = False,
) -> None:
    """Show a run's accuracy, precision and F1, overall and per emotion."""
    workspace = open_workspace()
    if not as_json:
        results.run_result(workspace, run)  # refuses a run that has no figures yet
    document = results.result_document(workspace, run)
    if as_json:
        emit_json(document)
    else:
        _show_result(document)


show_results.__name__ = "results"


def _show_result(document: dict[str, Any]) -> None:
    if document["status"] != JobStatus.DONE:
        say(f"Run {document['run']} {document['status']}: {document.get('error') or 'no result'}")
        return
    leak_free = document["leak_free"]
    emit_table(
        f"Run {document['run']}: {document['model']}, mask {document['mask']}, "
        f"seed {document['seed']}, tested on {document['test_split']}",
        ("images", "n", "accuracy", "weighted F1", "macro F1"),
        [
            (name, part["n"], *(percent(part[k]) for k in ("accuracy", "weighted_f1", "macro_f1")))
            for name, part in (("all", document), ("leak-free", leak_free))
        ],
    )
    emit_table(
        "Per emotion (accuracy is the recall of the class)",
        ("emotion", "n", "accuracy", "precision", "F1"),
        [
            (emotion, one["n"], *(percent(one[k]) for k in ("accuracy", "precision", "f1")))
            for emotion, one in document["per_class"].items()
        ],
    )


COMMANDS = (freeze, list_versions, train, list_runs, show_results)
