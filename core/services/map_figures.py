"""A run's maps beside people's as a figure for print."""

from core.maps.built_in import DEFAULT_KEY
from core.maps.means import Outcome
from core.services.human_maps import find
from core.services.map_columns import MapColumn, column_maps
from core.services.presenting.map_names import column_name, column_note, doubt
from core.services.presenting.map_prints import MapLook, PrintFormat, printed
from core.services.presenting.map_table import ShownColumn, TableColumn, map_table
from core.services.presenting.score_words import human_words, network_words
from core.services.saliency_scores import saliency_scores
from core.workspace import Workspace
from db.enums import SaliencyMethod


def run_figure(
    workspace: Workspace,
    run_id: int,
    method: SaliencyMethod,
    kind: PrintFormat,
    *,
    human: str = DEFAULT_KEY,
    outcome: Outcome = Outcome.ALL,
) -> bytes:
    """Return all emotions' maps of a run beside human ones with their scores, as a file for print.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its maps were not computed yet.
        EmptySetError: If no emotion can be scored.
        HumanMapError: If there are no such human maps.
    """
    people = find(workspace, human)
    scores = saliency_scores(workspace, run_id, method, source=human, outcome=outcome)
    network, others = MapColumn.of_run(run_id, method), MapColumn.of_people(human)
    maps = column_maps(workspace, network, outcome)
    name, kind_of_map = column_name(workspace, network)
    shown = [
        ShownColumn(
            head=TableColumn(
                name=name,
                note=f"{kind_of_map}, {column_note(maps)}",
                flag=doubt(workspace, run_id, method),
            ),
            maps=maps,
            words=network_words(scores),
        ),
        ShownColumn(
            head=TableColumn(name=people.title, note="Human"),
            maps=column_maps(workspace, others),
            words=human_words(people, people),
        ),
    ]
    note = f"Mean maps on the canonical face; hot is more. r: correlation. {people.source}"
    return printed(map_table(shown), MapLook(), kind, heading=f"{name} beside people", note=note)
