"""A chosen column as it is shown: its heading, maps and scores, or why it has none."""

from core.errors import FeelingItError, NotReadyError
from core.services.map_columns import MapColumn, column_maps
from core.services.presenting.map_names import column_label, column_name, column_note, doubt
from core.services.presenting.map_table import ShownColumn, TableColumn
from dashboard import state
from dashboard.components.saliency_maps import missing, scoring
from dashboard.components.saliency_maps.choices import Choice


def shown_column(column: MapColumn, choice: Choice) -> ShownColumn:
    """Return a column with its maps and their scores, or with why it has none."""
    workspace = state.workspace()
    try:
        name, note = column_name(workspace, column)
    except FeelingItError as error:  # deleted since the page was drawn
        return ShownColumn(head=TableColumn(name=column.text), gap=str(error))
    try:
        maps = column_maps(workspace, column, choice.outcome)
    except NotReadyError:
        return ShownColumn(head=TableColumn(name=name, note=note), gap=missing.why(column))
    flag = None
    if column.run_id is not None and column.method is not None:
        flag = doubt(workspace, column.run_id, column.method)
    details = ", ".join(filter(None, (note, column_note(maps))))
    return ShownColumn(
        head=TableColumn(name=name, note=details, flag=flag, label=column_label(workspace, column)),
        maps=maps,
        words=scoring.words(column, choice.against, choice.outcome),
    )
