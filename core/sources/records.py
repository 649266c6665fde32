"""What every source yields: images with their labels, and what cannot be used with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.enums import Emotion, Split


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One labelled image of a source.

    Attributes:
        where: What a person looks for: a path beneath the source, or "fer2013.csv line 17".
        path: What identifies the image in its data set, from the split's folder on.
        split: What the image is for.
        label: The emotion its source gives it.
        content: The bytes of its file.
    """

    where: str
    path: str
    split: Split
    label: Emotion
    content: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something in a source that is not imported: where it is, and why."""

    where: str
    why: str


Entry = SourceRecord | Refusal


@dataclass(frozen=True)
class Source:
    """The entries of an open source, always in the same order; `total` is None where unknown."""

    entries: Iterator[Entry]
    total: int | None
