"""Under which names the dashboard answers: a page elsewhere may not reach it by another name.

A foreign site can make its own name point at 127.0.0.1 (DNS rebinding); then its pages count as
ours to the browser, and only the Host header tells that they are not.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dashboard.routes.guarding import refusal

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_POLICY_VIOLATION = 1008


class AllowedHosts:
    """Middleware that refuses requests and sockets whose Host is not one of the allowed names.

    Names of this machine itself are always allowed; `names` are further ones, without ports.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self.names = LOOPBACK | {name.strip().casefold().strip("[]") for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with one sentence."""
        if scope["type"] in ("http", "websocket"):
            host = Headers(scope=scope).get("host", "")
            if host_name(host) not in self.names:
                refuse = _refused(host, is_socket=scope["type"] == "websocket")
                return await refuse(scope, receive, send)
        return await self.app(scope, receive, send)


def host_name(host: str) -> str:
    """Return the name in a Host header, in small letters without its port; empty for no name."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:  # brackets that do not match
        return ""


def _refused(host: str, *, is_socket: bool) -> ASGIApp:
    if is_socket:
        return WebSocketClose(code=_POLICY_VIOLATION)
    sentence = (
        f"FeelingIt does not answer under the name {host[:100]!r}; "
        "whoever runs it allows names with FEELINGIT_ALLOWED_HOSTS."
    )
    return refusal(sentence, 403)
