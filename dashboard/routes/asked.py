"""What a request's JSON asks for, read field by field: anything else is refused in a sentence."""

from collections.abc import Mapping
from typing import Any

from core.errors import PressError
from core.services.queues import QueueSpec


def queue_spec(body: object) -> QueueSpec:
    """Return the queue under `queue` in a body.

    Raises:
        PressError: If there is none.
        QueueError: If it is a queue that there cannot be.
    """
    query = body.get("queue") if isinstance(body, dict) else None
    if not isinstance(query, dict):
        raise PressError("The request names no queue; reload the page.")
    return QueueSpec.from_query({str(name): str(value) for name, value in query.items()})


def whole_number(sent: Mapping[str, Any], name: str) -> int | None:
    """Return a field that is a whole number of at most 63 bits, None where it is missing.

    Raises:
        PressError: If it is something else.
    """
    value = sent.get(name)
    if value is None or (isinstance(value, int) and 0 <= value < 2**63):
        return value
    raise PressError(f"{name} must be a whole number, not {str(value)[:40]!r}.")


def short_text(sent: Mapping[str, Any], name: str) -> str | None:
    """Return the first 200 characters of a field, None where it is missing."""
    value = sent.get(name)
    return None if value is None else str(value)[:200]
