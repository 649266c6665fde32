"""The words and rows that the use cases speak in, for callers that must not know storage."""

from db.enums import (
    EMOTIONS,
    Emotion,
    EventKind,
    ImageState,
    JobKind,
    JobStatus,
    Mask,
    ModelName,
    SaliencyMethod,
    Split,
    Subset,
)
from db.rows import DatasetRow, EpochRow, EventRow, ImageRow, JobRow, ResultRow, RunRow, VersionRow

__all__ = [
    "EMOTIONS",
    "DatasetRow",
    "Emotion",
    "EpochRow",
    "EventKind",
    "EventRow",
    "ImageRow",
    "ImageState",
    "JobKind",
    "JobRow",
    "JobStatus",
    "Mask",
    "ModelName",
    "ResultRow",
    "RunRow",
    "SaliencyMethod",
    "Split",
    "Subset",
    "VersionRow",
]
