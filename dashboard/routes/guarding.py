"""What every route of ours checks before it answers, and how it answers when something is wrong."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import AccessError, FeelingItError, PressError, UnknownImageError
from core.services import access
from core.services.access import Permission, Scope
from core.workspace import Workspace, open_workspace

PERMISSION_HEADER = "x-feelingit-permission"
PERMISSION_FIELD = "permission"
LARGEST_BODY_BYTES = 64 * 1024
_STATUS: dict[type[FeelingItError], int] = {AccessError: 401, UnknownImageError: 404}
_FOREIGN = "This request comes from another site and was refused."

Work = Callable[[Workspace, Request, Permission, Any], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


@lru_cache(maxsize=1)
def workspace() -> Workspace:
    """Return the workspace that the settings name, opened at the first request.

    It is not the pages' own: Streamlit's caches belong to its runtime, and routes work without.
    """
    return open_workspace()


def guarded(scope: Scope, work: Work) -> Endpoint:
    """Return an endpoint that checks origin, permission and size, then works in a thread.

    The work gets the workspace, the request, the permission and the JSON body (None for a GET). Its
    FeelingIt errors, and everything refused here, are answered as `{"error": one sentence}`.
    """

    async def endpoint(request: Request) -> Response:
        if _is_foreign(request):
            return refusal(_FOREIGN, 403)
        try:
            body = await _body(request) if request.method == "POST" else None
            return await run_in_threadpool(_answer, request, scope, work, body)
        except FeelingItError as error:
            return refusal(str(error), _STATUS.get(type(error), 400))

    return endpoint


def refusal(sentence: str, status: int) -> JSONResponse:
    """Return an answer that says in one sentence why there is no other."""
    return JSONResponse({"error": sentence}, status, {"cache-control": "no-store"})


def _answer(request: Request, scope: Scope, work: Work, body: object) -> Response:
    token = request.headers.get(PERMISSION_HEADER) or request.query_params.get(PERMISSION_FIELD, "")
    permission = access.check(workspace(), token, scope, now=datetime.now(UTC))
    return work(workspace(), request, permission, body)


def _is_foreign(request: Request) -> bool:
    """Return whether a page of another site sent this: browsers say so, and pages cannot lie.

    Writing needs an Origin that is the address itself; looking may do without one.
    """
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if origin is None:
        site = request.headers.get("sec-fetch-site", "none")
        return request.method == "POST" or site not in ("none", "same-origin")
    return not host or urlsplit(origin).netloc != host


async def _body(request: Request) -> object:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_BODY_BYTES:
            raise PressError(
                f"More than {LARGEST_BODY_BYTES // 1024} KiB were sent at once; nothing was stored."
            )
    try:
        return json.loads(content)
    except ValueError as error:
        raise PressError("What was sent is no JSON; nothing was stored.") from error
