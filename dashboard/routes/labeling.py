"""The routes of the relabel page: presses, the queue, a face's bytes and its details."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import FeelingItError, PressError
from core.services import inspecting, queues, relabeling, tagging
from core.services.access import Permission, Scope
from core.services.relabeling import Answer, Press, PressKind
from core.services.terms import Emotion, ImageRow
from core.workspace import Workspace
from dashboard.routes.asked import queue_spec, short_text, whole_number
from dashboard.routes.documents import details_document, face_document
from dashboard.routes.guarding import guarded

MOST_PRESSES, MOST_FACES = 50, 48
_YEAR_S = 31_536_000
_FOREVER = f"private, max-age={_YEAR_S}, immutable"
_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
}


def presses(workspace: Workspace, request: Request, permission: Permission, body: Any) -> Response:
    """Store presses in the order they were made and answer each of them.

    One that cannot be stored is answered with its error and does not keep back the others.
    """
    sent = body.get("presses") if isinstance(body, dict) else None
    if not isinstance(sent, list) or not 0 < len(sent) <= MOST_PRESSES:
        raise PressError(f"Send 1 to {MOST_PRESSES} presses at once.")
    is_blind = body.get("blind") is True
    return JSONResponse({"answers": [_press(workspace, permission, one, is_blind) for one in sent]})


def queue(workspace: Workspace, request: Request, permission: Permission, body: Any) -> Response:
    """Return the next faces of a queue for this annotator, after a face or from the start."""
    spec = queue_spec(body)
    after, at = (whole_number(body, name) for name in ("after", "at"))
    limit = min(whole_number(body, "want") or MOST_FACES, MOST_FACES)
    start = [at] if at is not None else []
    ids = start + queues.next_ids(
        workspace,
        permission.dataset_id,
        spec,
        annotator=permission.annotator,
        after_id=at if at is not None else after,
        limit=limit,
    )
    rows = inspecting.rows(workspace, permission.dataset_id, list(dict.fromkeys(ids)))
    is_blind = body.get("blind") is True
    tags = tagging.tags_of(workspace, [row.id for row in rows])
    shown = [face_document(row, tags.get(row.id, []), is_blind=is_blind) for row in rows]
    return JSONResponse({"faces": shown})


def details(workspace: Workspace, request: Request, permission: Permission, body: Any) -> Response:
    """Return what is known about a face; blind, nothing that another person or network said."""
    image_id = int(request.path_params["image_id"])
    found = inspecting.details(workspace, permission.dataset_id, image_id)
    is_blind = request.query_params.get("blind") == "true"
    run = request.query_params.get("run", "")
    prediction = None
    if run.isdecimal() and not is_blind:
        prediction = inspecting.prediction(workspace, int(run), image_id)
    document = details_document(found, prediction, is_blind=is_blind)
    return JSONResponse(document, headers={"cache-control": "no-store"})


def face(workspace: Workspace, request: Request, permission: Permission, body: Any) -> Response:
    """Return a face's bytes, which never change, as the kind of image that they are."""
    image_id = int(request.path_params["image_id"])
    content = inspecting.content(workspace, permission.dataset_id, image_id)
    headers = {"cache-control": _FOREVER, "x-content-type-options": "nosniff"}
    return Response(content, media_type=kind_of(content), headers=headers)


def kind_of(content: bytes) -> str:
    """Return the media type that an image's first bytes say; other bytes are no image."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    found = (kind for start, kind in _KINDS.items() if content.startswith(start))
    return next(found, "application/octet-stream")


def _press(
    workspace: Workspace, permission: Permission, sent: object, is_blind: bool
) -> dict[str, Any]:
    press_id = str(sent.get("id", ""))[:40] if isinstance(sent, dict) else ""
    try:
        answer = relabeling.press(
            workspace,
            permission.dataset_id,
            _parsed(sent),
            annotator=permission.annotator,
        )
    except FeelingItError as error:
        return {"press": press_id, "error": str(error)}
    return _answer(workspace, answer, is_blind)


def _answer(workspace: Workspace, answer: Answer, is_blind: bool) -> dict[str, Any]:
    image: ImageRow | None = answer.image
    if image is None:
        return {"press": answer.press_id, "face": None}
    tags = tagging.tags_of(workspace, [image.id]).get(image.id, [])
    return {"press": answer.press_id, "face": face_document(image, tags, is_blind=is_blind)}


def _parsed(sent: object) -> Press:
    if not isinstance(sent, Mapping):
        raise PressError("A press must be an object; nothing was stored.")
    try:
        return Press(
            id=str(sent.get("id")),
            kind=PressKind(sent.get("kind", "")),
            image_id=whole_number(sent, "image"),
            emotion=Emotion(sent["emotion"]) if sent.get("emotion") else None,
            reason=short_text(sent, "reason"),
            tag=short_text(sent, "tag"),
            undoes=short_text(sent, "undoes"),
        )
    except ValueError as error:
        raise PressError(f"This press cannot be read ({error}); nothing was stored.") from error


ROUTES = (
    Route("/api/relabel/presses", guarded(Scope.LABEL, presses), methods=["POST"]),
    Route("/api/relabel/queue", guarded(Scope.LABEL, queue), methods=["POST"]),
    Route("/api/relabel/details/{image_id:int}", guarded(Scope.LABEL, details)),
    Route("/api/relabel/faces/{image_id:int}", guarded(Scope.LOOK, face)),
)
