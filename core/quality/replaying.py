"""What a data set's events lead to, computed from nothing but the import and the events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from db.enums import Emotion, EventKind, ImageState, Split


@dataclass(frozen=True)
class Outcome:
    """What is true of an image: as imported to begin with, then after each event."""

    label: Emotion
    split: Split
    state: ImageState = ImageState.KEPT
    tags: frozenset[str] = frozenset()


class Event(NamedTuple):
    """The part of an event that says what it did to which image."""

    image_id: int
    kind: EventKind
    old: str
    new: str


Change = Callable[[Outcome, Event], Outcome]
CHANGES: dict[EventKind, Change] = {
    EventKind.LABEL: lambda image, event: replace(image, label=Emotion(event.new)),
    EventKind.DROP: lambda image, event: replace(image, state=ImageState(event.new)),
    EventKind.RESTORE: lambda image, event: replace(image, state=ImageState(event.new)),
    EventKind.SPLIT: lambda image, event: replace(image, split=Split(event.new)),
    EventKind.TAG: lambda image, event: replace(image, tags=image.tags | {event.new}),
    EventKind.UNTAG: lambda image, event: replace(image, tags=image.tags - {event.old}),
}
# A confirmation agrees with what is there, and a vote is an opinion: neither changes anything.
CHANGING = tuple(CHANGES)


def replay(imported: Mapping[int, Outcome], events: Iterable[Event]) -> dict[int, Outcome]:
    """Return what is true of each image after all events, which come oldest first."""
    outcomes = dict(imported)
    for event in events:
        if change := CHANGES.get(event.kind):
            outcomes[event.image_id] = change(outcomes[event.image_id], event)
    return outcomes
