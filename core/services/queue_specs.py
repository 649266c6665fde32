"""What a queue holds, as a value that a link can carry."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from core.errors import QueueError
from core.services.slicing import ImageSlice
from db.enums import Emotion, ImageState, Mask, Split

_Member = TypeVar("_Member", bound=StrEnum)

ANY_STATE = "any"
LARGEST_NUMBER = 2**31 - 1
TAG_LENGTH = 40
# Those that a version settles. Others change while one works, so that one would lose one's place.
SETTLED_SLICES = (
    ImageSlice.LEAK_FREE, ImageSlice.LEAKED, ImageSlice.RELABELED, ImageSlice.UNCHANGED,
)  # fmt: skip


class QueueKind(StrEnum):
    """What a queue's faces have in common, and in which order they come."""

    ALL = "all"
    UNLABELED = "unlabeled"
    CONFLICTING = "conflicting"
    LIKELY_WRONG = "likely_wrong"
    MODEL_DISAGREES = "model_disagrees"
    ANNOTATORS_DISAGREE = "annotators_disagree"
    RANDOM = "random"


@dataclass(frozen=True, kw_only=True)
class QueueSpec:
    """A queue: its kind, filters that are combined with it (None: any), and what the kind needs.

    `seed` orders a random queue (0 where it is None); `run` is the one that disagrees, `true` and
    `predicted` a cell of its confusion matrix, `slice_name` which of its test images (None: all)
    and `test_mask` what was covered in testing (None: as in training). Under `second_opinion` two
    annotators may get the same face, but nobody one that they judged already.
    """

    kind: QueueKind = QueueKind.ALL
    split: Split | None = None
    emotion: Emotion | None = None
    state: ImageState | None = ImageState.KEPT
    tag: str | None = None
    seed: int | None = None
    run: int | None = None
    true: Emotion | None = None
    predicted: Emotion | None = None
    slice_name: ImageSlice | None = None
    test_mask: Mask | None = None
    second_opinion: bool = False

    def __post_init__(self) -> None:
        """Refuse a queue that there cannot be.

        Raises:
            QueueError: If a number is out of range, the tag is empty, a run is missing, or the
                slice is none that a version settles.
        """
        for name, value in (("seed", self.seed), ("run", self.run)):
            if value is not None and not 0 <= value <= LARGEST_NUMBER:
                raise QueueError(
                    f"A queue's {name} is a number from 0 to {LARGEST_NUMBER}, not {value}."
                )
        if self.tag is not None and not 1 <= len(self.tag) <= TAG_LENGTH:
            raise QueueError(f"A tag has 1 to {TAG_LENGTH} characters, not {len(self.tag)}.")
        if self.slice_name is not None and self.slice_name not in SETTLED_SLICES:
            known = ", ".join(SETTLED_SLICES)
            raise QueueError(
                f"A queue has no test images that are {self.slice_name.value}; known are {known}."
            )
        if self.kind is QueueKind.MODEL_DISAGREES and self.run is None:
            raise QueueError("Choose the run whose predictions the labels are compared with.")

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "QueueSpec":
        """Return the queue that a link's query names; keys that are no part of it are left alone.

        Raises:
            QueueError: If a value is none of the known ones: the link shows nothing rather than
                other faces than its sender saw.
        """
        state = query.get("state", ImageState.KEPT)
        return cls(
            kind=_member(QueueKind, query, "queue") or QueueKind.ALL,
            split=_member(Split, query, "split"),
            emotion=_member(Emotion, query, "emotion"),
            state=None if state == ANY_STATE else _member(ImageState, {"state": state}, "state"),
            tag=query.get("tag"),
            seed=_number(query, "seed"),
            run=_number(query, "run"),
            true=_member(Emotion, query, "true"),
            predicted=_member(Emotion, query, "predicted"),
            slice_name=_member(ImageSlice, query, "slice"),
            test_mask=_member(Mask, query, "test_mask"),
            second_opinion=_member(_Flag, query, "second_opinion") is not None,
        )

    def to_query(self) -> dict[str, str]:
        """Return the shortest query that `from_query` reads as this queue."""
        written = {
            "queue": None if self.kind is QueueKind.ALL else self.kind.value,
            "split": self.split and self.split.value,
            "emotion": self.emotion and self.emotion.value,
            "state": self._written_state(),
            "tag": self.tag,
            "seed": None if self.seed is None else str(self.seed),
            "run": None if self.run is None else str(self.run),
            "true": self.true and self.true.value,
            "predicted": self.predicted and self.predicted.value,
            "slice": self.slice_name and self.slice_name.value,
            "test_mask": self.test_mask and self.test_mask.value,
            "second_opinion": _Flag.YES.value if self.second_opinion else None,
        }
        return {name: value for name, value in written.items() if value is not None}

    @property
    def key(self) -> str:
        """Return 16 hexadecimal digits that are the same for equal queues in every process."""
        written = urlencode(sorted(self.to_query().items()))
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def _written_state(self) -> str | None:
        if self.state is ImageState.KEPT:
            return None
        return ANY_STATE if self.state is None else self.state.value


QUERY_NAMES = (
    *("queue", "split", "emotion", "state", "tag", "seed", "run", "true", "predicted"),
    *("slice", "test_mask", "second_opinion"),
)


class _Flag(StrEnum):
    YES = "1"


def _member(kind: type[_Member], query: Mapping[str, str], name: str) -> _Member | None:
    value = query.get(name)
    if value is None:
        return None
    if value not in list(kind):
        known = ", ".join(member.value for member in kind)
        raise QueueError(f"A queue has no {name} {value!r}; known are {known}.")
    return kind(value)


def _number(query: Mapping[str, str], name: str) -> int | None:
    value = query.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 10):
        raise QueueError(f"A queue's {name} is a whole number, not {value!r}.")
    return int(value)
