"""What methods and columns of maps are called, and which of them are in doubt."""

from core.errors import NotReadyError
from core.services.experiments import find_run
from core.services.faithfulness import faithfulness
from core.services.human_maps import find
from core.services.map_columns import ColumnMaps, MapColumn, Outcome
from core.services.presenting.wording import percent, run_name
from core.services.terms import SaliencyMethod
from core.workspace import Workspace

_METHOD_NAMES = {
    "grad_cam": "Grad-CAM",
    "gradient": "Gradient",
    "smooth_grad": "SmoothGrad",
    "integrated_gradients": "Integrated gradients",
    "guided_grad_cam": "Guided Grad-CAM",
    "occlusion": "Occlusion",
    "tiles": "Tile task",
}
OUTCOME_NAMES = {
    Outcome.ALL: "All",
    Outcome.RIGHT: "Right",
    Outcome.WRONG: "Wrong",
}


def method_name(method: SaliencyMethod) -> str:
    """Return a method as people read it."""
    return _METHOD_NAMES.get(method.value, method.value.replace("_", " ").capitalize())


def column_name(workspace: Workspace, column: MapColumn) -> tuple[str, str]:
    """Return what a column is called: the run and the method, or the human maps and `Human`.

    Raises:
        UnknownRunError, HumanMapError: If there is none such.
    """
    if column.run_id is None or column.method is None:
        return find(workspace, column.source).title, "Human"
    return run_name(find_run(workspace, column.run_id)), method_name(column.method)


def column_label(workspace: Workspace, column: MapColumn) -> str:
    """Return a column's name in one piece, `#3 Fast, no mask: Grad-CAM`.

    Raises:
        UnknownRunError, HumanMapError: If there is none such.
    """
    name, kind = column_name(workspace, column)
    return name if column.run_id is None else f"{name}: {kind}"


def column_note(maps: ColumnMaps) -> str:
    """Return what a column's maps are made of: their cells, and how their faces were aligned."""
    if maps.cells is None or maps.detected_share is None:
        return ""
    rows, columns = maps.cells
    if maps.detected_share == 0:
        aligned = "aligned by the template, for no landmarks were found"
    else:
        share = percent(maps.detected_share, digits=0).replace(" ", "\N{NO-BREAK SPACE}")
        aligned = f"landmarks in {share}"
    return f"{rows} x {columns} cells, {aligned}"


def doubt(workspace: Workspace, run_id: int, method: SaliencyMethod) -> tuple[str, str] | None:
    """Return a warning in few words and in many where a method failed its check, else None."""
    try:
        found = faithfulness(workspace, run_id, method)
    except NotReadyError:
        return None
    return ("fails the randomisation check", found.why) if found.is_flagged else None
