"""What repositories return: frozen rows, free of any session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.enums import (
    Emotion,
    EventKind,
    Fault,
    ImageState,
    JobKind,
    JobStatus,
    LabelPolicy,
    Mask,
    ModelName,
    Split,
    Subset,
)


@dataclass(frozen=True, kw_only=True)
class DatasetRow:
    """A data set; `revision` rises with every write to its images."""

    id: int
    name: str
    created_at: datetime
    is_complete: bool
    revision: int
    label_policy: LabelPolicy


@dataclass(frozen=True, kw_only=True)
class ImageRow:
    """An image with its labels and hashes, without its bytes; `phash` is signed 64-bit."""

    id: int
    dataset_id: int
    source_path: str
    split: Split
    original_split: Split
    original_label: Emotion
    label: Emotion
    state: ImageState
    drop_reason: str | None
    file_sha256: str
    pixel_sha256: str
    phash: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewImage:
    """An image to be stored, with its bytes and hashes; `phash` is signed 64-bit."""

    source_path: str
    split: Split
    label: Emotion
    file_sha256: str
    pixel_sha256: str
    phash: int
    width: int
    height: int
    content: bytes


@dataclass(frozen=True, kw_only=True)
class NewTruth:
    """What is true of the drawn face at a path of a data set, to be stored."""

    source_path: str
    true_label: Emotion
    fault: Fault
    copy_of: str | None


@dataclass(frozen=True, kw_only=True)
class TruthRow:
    """What is true of a drawn face; `copy_of` is the source path of the image it copies."""

    image_id: int
    source_path: str
    true_label: Emotion
    fault: Fault
    copy_of: str | None


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """One label event; `old` and `new` are emotions or states, as its kind says."""

    id: int
    image_id: int
    annotator: str
    kind: EventKind
    old: str
    new: str
    reason: str | None
    batch: str
    undoes: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """A frozen version; `digest` is what people call its id."""

    id: int
    digest: str
    dataset_id: int
    dataset: str
    created_at: datetime
    n_images: int
    label_policy: LabelPolicy


@dataclass(frozen=True, kw_only=True)
class JobRow:
    """A job; `progress` is 0..1, queued jobs start by (`position`, id), a grid's share `grid`.

    `lost_at` is the progress at which the job's process was last lost, None where it never was.
    """

    id: int
    kind: JobKind
    payload: dict[str, Any]
    status: JobStatus
    progress: float
    message: str
    error: str | None
    attempt: int
    lost_at: float | None
    cancel_requested: bool
    pause_requested: bool
    position: int
    grid: str | None
    worker: str | None
    pid: int | None
    queued_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """A run with the state of its job and the digest of its version."""

    id: int
    job_id: int
    version: str
    version_id: int
    dataset: str
    model: ModelName
    mask: Mask
    seed: int
    config: dict[str, Any]
    provenance: dict[str, Any] | None
    test_split: Split | None
    seconds: float | None
    status: JobStatus
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class EpochRow:
    """One finished epoch: mean losses in nats, accuracies 0..1, seconds since the start.

    A loss is None where it was not finite (the run diverged); the validation figures are None
    where no face was held out.
    """

    run_id: int
    number: int
    train_loss: float | None
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """Overall figures of a run under one test mask, for one subset of the test images, 0..1."""

    run_id: int
    test_mask: Mask
    subset: Subset
    n: int
    accuracy: float
    weighted_f1: float
    macro_f1: float


@dataclass(frozen=True, kw_only=True)
class ClassResultRow:
    """One emotion's figures of a run, 0..1; accuracy is the recall of the class.

    `n` images truly are of the emotion, `n_predicted` were taken for it (None in old rows).
    """

    run_id: int
    test_mask: Mask
    subset: Subset
    emotion: Emotion
    n: int
    n_predicted: int | None
    accuracy: float
    precision: float
    f1: float


@dataclass(frozen=True, kw_only=True, slots=True)
class NewIssue:
    """How well an image's label fits, to be stored: `score` 0 bad to 1 good."""

    image_id: int
    label: Emotion
    suggested: Emotion
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueRow:
    """How well an image's label fits, and what became of it.

    Attributes:
        image_id: The image.
        source_path: Its path as imported.
        label: The label that was judged.
        suggested: The most probable other emotion.
        score: 0 surely wrong to 1 surely right.
        current: Its label now.
        state: Whether it is still part of the cleaned set.
        is_reviewed: Whether an annotator labeled, confirmed, dropped or restored it since.
    """

    image_id: int
    source_path: str
    label: Emotion
    suggested: Emotion
    score: float
    current: Emotion
    state: ImageState
    is_reviewed: bool

    @property
    def is_changed(self) -> bool:
        """Return whether it now has another label or was dropped."""
        return self.current is not self.label or self.state is ImageState.DROPPED
