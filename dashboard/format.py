"""How values are written and coloured on the pages; what reports need too is written there."""

import re
from datetime import UTC, datetime

from core.services.presenting.wording import (
    EMOTION_COLOURS,
    MASK_NAMES,
    MASK_WORDS,
    MODEL_NAMES,
    SPLIT_NAMES,
    counted,
    duration,
    experiment_name,
    number,
    percent,
    run_name,
    size,
    slice_title,
    title,
)
from core.services.terms import JobStatus

__all__ = [
    "EMOTION_COLOURS",
    "MASK_NAMES",
    "MASK_WORDS",
    "MODEL_NAMES",
    "SPLIT_NAMES",
    "STATUS_BADGES",
    "ago",
    "counted",
    "duration",
    "experiment_name",
    "literal",
    "number",
    "percent",
    "run_name",
    "size",
    "slice_title",
    "title",
]

STATUS_BADGES = {
    JobStatus.QUEUED: ":gray-badge[waiting]",
    JobStatus.PAUSED: ":violet-badge[paused]",
    JobStatus.RUNNING: ":blue-badge[running]",
    JobStatus.DONE: ":green-badge[done]",
    JobStatus.FAILED: ":red-badge[failed]",
    JobStatus.CANCELLED: ":orange-badge[cancelled]",
}

_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+!|~$:]")


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago a moment was, `3 min ago`."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for limit, length, unit in ((3600, 60, "min"), (86400, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // length)} {unit} ago"
    return f"{moment:%Y-%m-%d}"


def literal(text: str) -> str:
    """Return a text that Markdown shows as it is, whatever characters somebody typed."""
    return _MARKDOWN.sub(r"\\\g<0>", text)
