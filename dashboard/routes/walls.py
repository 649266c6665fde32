"""The route of the grid page: a page of a queue's faces with one picture of all of them."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.images.sheets import COLUMNS, SIDE_PX
from core.services import walls
from core.services.access import Permission, Scope
from core.services.terms import ImageState
from core.services.walls import WallPage
from core.workspace import Workspace
from dashboard.routes.asked import queue_spec, whole_number
from dashboard.routes.guarding import guarded

LENGTH_BYTES = 4


def page(workspace: Workspace, request: Request, permission: Permission, body: Any) -> Response:
    """Return a page of a queue in one answer, so that faces and picture are of one moment.

    Four bytes say how long the JSON behind them is (big-endian); the rest is the picture.
    """
    spec = queue_spec(body)
    number = whole_number(body, "page") or 1
    found = walls.wall_page(workspace, permission.dataset_id, spec, number=number)
    picture = walls.contact_sheet(workspace, [tile.id for tile in found.tiles])
    document = json.dumps(_document(found), separators=(",", ":")).encode()
    return Response(
        len(document).to_bytes(LENGTH_BYTES) + document + picture,
        media_type="application/octet-stream",
        headers={"cache-control": "no-store"},
    )


def _document(found: WallPage) -> dict[str, Any]:
    return {
        "page": found.number,
        "total": found.total,
        "revision": found.revision,
        "columns": COLUMNS,
        "side": SIDE_PX,
        "faces": [
            {
                "id": tile.id,
                "label": tile.label.value,
                "dropped": tile.state is ImageState.DROPPED,
                "tags": found.tags.get(tile.id, []),
            }
            for tile in found.tiles
        ],
    }


ROUTES = (Route("/api/grid/page", guarded(Scope.LABEL, page), methods=["POST"]),)
