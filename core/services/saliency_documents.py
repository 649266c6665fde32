"""What a run looks at as one JSON document."""

from typing import Any

from core.errors import NotReadyError
from core.maps.built_in import DEFAULT_KEY
from core.maps.means import Outcome
from core.services import faithfulness
from core.services.human_maps import find
from core.services.map_columns import ColumnMap, MapColumn, column_maps
from core.services.saliency_scores import saliency_scores, scores_document
from core.workspace import Workspace
from db.enums import Emotion, SaliencyMethod


def saliency_document(
    workspace: Workspace,
    run_id: int,
    method: SaliencyMethod = SaliencyMethod.GRAD_CAM,
    *,
    human: str = DEFAULT_KEY,
    outcome: Outcome = Outcome.ALL,
) -> dict[str, Any]:
    """Return what `feelingit saliency --json` prints; what is not defined is null.

    Besides what `scores_document` has, whose key of the human maps is `human` here: `source`, where
    these come from in words; `mean_correlation`; `scores` for each emotion, the shortest way to
    `correlation`, `similarity`, `interval`, `n` and `spread` (`ColumnMap.spread`); and
    `faithfulness`, null until it was examined.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its maps were not computed yet.
        EmptySetError: If no emotion can be scored.
        HumanMapError: If there are no such human maps.
    """
    scores = saliency_scores(workspace, run_id, method, source=human, outcome=outcome)
    maps = column_maps(workspace, MapColumn.of_run(run_id, method), outcome).by_emotion
    document = scores_document(scores)
    return {
        **document,
        "human": document["source"],
        "source": find(workspace, human).source,
        "mean_correlation": scores.raw.scores.correlation,
        "scores": {
            emotion: {name: one["raw"][name] for name in ("correlation", "similarity", "interval")}
            | {"n": one["n"], "spread": _spread(maps.get(Emotion(emotion)))}
            for emotion, one in document["emotions"].items()
        },
        "faithfulness": _faithfulness(workspace, run_id, method),
    }


def _spread(found: ColumnMap | None) -> float | None:
    return None if found is None else found.spread


def _faithfulness(
    workspace: Workspace, run_id: int, method: SaliencyMethod
) -> dict[str, Any] | None:
    """Return what is known of the method's faithfulness, None where it was not examined."""
    try:
        return faithfulness.result_document(workspace, run_id, method)
    except NotReadyError:
        return None
