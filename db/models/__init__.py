"""The tables. ORM objects never leave `db`; repositories return the frozen rows of `db.rows`."""

from db.models.curation import Annotator, DuplicateDecision, LabelEvent, LabelIssue, QueueClaim
from db.models.images import (
    Dataset,
    DatasetTag,
    Image,
    ImageBlob,
    ImageLandmarks,
    ImageTag,
    SampleTruth,
)
from db.models.metadata import Base
from db.models.runs import ClassResult, Epoch, Job, Result, Run
from db.models.versions import DatasetVersion, VersionMember

__all__ = [
    "Annotator",
    "Base",
    "ClassResult",
    "Dataset",
    "DatasetTag",
    "DatasetVersion",
    "DuplicateDecision",
    "Epoch",
    "Image",
    "ImageBlob",
    "ImageLandmarks",
    "ImageTag",
    "Job",
    "LabelEvent",
    "LabelIssue",
    "QueueClaim",
    "Result",
    "Run",
    "SampleTruth",
    "VersionMember",
]
