"""The commands that set what networks look at beside what people look at."""

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_line, emit_table
from core.cli.waiting import wait_for_job
from core.errors import NotReadyError
from core.maps.built_in import DEFAULT_KEY
from core.maps.means import Outcome
from core.services import human_maps as people
from core.services import saliency as maps
from core.services.human_map_files import pictures_of_folder
from core.services.map_figures import run_figure
from core.services.presenting.map_prints import PrintFormat
from core.services.presenting.score_words import interval_words, signed
from core.services.publishing import published
from core.services.saliency_documents import saliency_document
from core.workspace import Workspace, open_workspace
from db.enums import JobStatus, SaliencyMethod


def saliency(
    run: Annotated[int, typer.Argument(help="Id of the run, from `feelingit runs`.")],
    method: Annotated[
        SaliencyMethod, typer.Option(help="How the network's maps are computed.")
    ] = SaliencyMethod.GRAD_CAM,
    human: Annotated[
        str, typer.Option(help="Key of the human maps, from `feelingit human-maps`.")
    ] = DEFAULT_KEY,
    outcome: Annotated[
        Outcome, typer.Option(help="Of all test faces, or of those got right or wrong.")
    ] = Outcome.ALL,
    figure: Annotated[
        Path | None,
        typer.Option(help="Also write the maps for print: FILE.png or FILE.svg, not there yet."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute a run's saliency maps where they are missing and score them, with controls."""
    kind = None if figure is None else _format(figure)
    workspace = open_workspace()
    people.find(workspace, human)  # a wrong key is told before minutes of computing
    try:
        document = saliency_document(workspace, run, method, human=human, outcome=outcome)
    except NotReadyError:
        compute(workspace, run, method)
        document = saliency_document(workspace, run, method, human=human, outcome=outcome)
    if figure is not None and kind is not None:
        content = run_figure(workspace, run, method, kind, human=human, outcome=outcome)
        with published(figure.expanduser()) as partial:
            partial.write_bytes(content)
    if as_json:
        emit_json(document)
    else:
        _show(document)


def human_maps(
    add: Annotated[str | None, typer.Option(help="Name of new maps; needs --from.")] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--from", help="Folder with a picture for each emotion, angry.png and so on."),
    ] = None,
    source: Annotated[str, typer.Option(help="Where the new maps come from.")] = "",
    licence: Annotated[str, typer.Option(help="Under which terms.")] = "",
    delete: Annotated[str | None, typer.Option(help="Key of own maps to delete.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the human maps that networks are scored against; add or delete your own."""
    workspace = open_workspace()
    if (add is None) != (folder is None) or (add is not None and delete is not None):
        raise typer.BadParameter("give --add and --from together, or --delete, or none of them.")
    if add is not None and folder is not None:
        pictures = pictures_of_folder(folder)
        people.save_own(workspace, add, pictures, source=source, licence=licence)
    if delete is not None:
        people.delete_own(workspace, delete)
    found = [
        {
            "key": one.key,
            "title": one.title,
            "emotions": [emotion.value for emotion in one.emotions],
            "source": one.source,
            "licence": one.licence,
            "limits": one.limits,
        }
        for one in people.human_maps(workspace)
    ]
    if as_json:
        emit_json({"human_maps": found})
        return
    rows = [(one["key"], one["title"], len(one["emotions"]), one["source"]) for one in found]
    emit_table("Human maps", ("key", "title", "emotions", "source"), rows)


def compute(workspace: Workspace, run: int, method: SaliencyMethod) -> None:
    """Have the maps of a run computed and wait for them.

    Raises:
        NotReadyError: If the job was stopped or failed.
    """
    job = maps.enqueue_saliency(workspace, run, method)
    ended = wait_for_job(workspace, job.id, f"Maps of run {run}")
    if ended.status is not JobStatus.DONE:
        raise NotReadyError(
            f"The maps of run {run} were not computed, job {job.id} {ended.status}: "
            f"{ended.error or 'it was stopped'}; see `feelingit logs {job.id}`."
        )


def _format(figure: Path) -> PrintFormat:
    """Return the kind of file that a path names."""
    kind = figure.suffix.casefold().lstrip(".")
    if kind not in list(PrintFormat):
        raise typer.BadParameter("name the figure FILE.png or FILE.svg.", param_hint="--figure")
    return PrintFormat(kind)


def _show(document: dict[str, Any]) -> None:
    rows = [(emotion, one["n"], *_line(one)) for emotion, one in document["emotions"].items()]
    emit_table(
        f"Run {document['run']}: {document['method']} beside {document['human']}",
        ("emotion", "n", "r", "95 %", "similarity", "AUC", "r, mean removed"),
        rows,
    )
    controls = [("this run", document), *document["baselines"].items()]
    emit_table(
        "Means over emotions, with controls",
        ("maps", "r", "similarity", "KL", "AUC", "AU", "r, mean removed"),
        [(name, *_scores(one["raw"]), _removed(one)) for name, one in controls],
    )
    emit_line(_in_words(document))
    examined = document["faithfulness"]
    command = f"feelingit faithfulness {document['run']} --method {document['method']}"
    emit_line(
        f"These maps were not examined yet; see how far to trust them with `{command}`."
        if examined is None
        else f"{'FLAGGED. ' if examined['is_flagged'] else ''}{examined['why']} See `{command}`."
    )


def _line(one: dict[str, Any]) -> tuple[str, ...]:
    first, similarity, _, auc, _ = _scores(one["raw"])  # the whole lot would wrap at 80 columns
    return first, interval_words(one["raw"]["interval"]), similarity, auc, _removed(one)


def _scores(one: dict[str, Any]) -> tuple[str, ...]:
    others = (_number(one[name]) for name in ("similarity", "kl", "auc", "enrichment"))
    return signed(one["correlation"]), *others


def _removed(one: dict[str, Any]) -> str:
    return signed(one["mean_removed"]["correlation"])


def _in_words(document: dict[str, Any]) -> str:
    matched = document["mean_removed"]["identification"]
    ceiling = document["ceiling"]
    people_agree = "" if ceiling is None else f" People with people: {ceiling:.2f}."
    return (
        f"Mean correlation {signed(document['mean_correlation'])}, p "
        f"{_number(document['raw']['p_value'])}. With the mean over emotions removed the best "
        f"match is the emotion's own human map for {matched['n_right']} of {matched['n']}."
        f"{people_agree} {document['source']}"
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


COMMANDS = (saliency, human_maps)
