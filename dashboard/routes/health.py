"""A route that tells a launcher that these pages, and not another server, answer here."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def health(request: Request) -> JSONResponse:
    """Return that FeelingIt answers."""
    return JSONResponse({"app": "feelingit", "status": "ok"})


ROUTES = (Route("/api/health", health),)
