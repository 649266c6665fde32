"""Tags: what annotators see in a face besides an emotion."""

import unicodedata
from collections.abc import Sequence
from uuid import uuid4

from core.errors import TagError
from core.services.bulk import known_images
from core.services.writing import changing
from core.workspace import Workspace
from db.enums import EventKind
from db.repositories import datasets, labels
from db.repositories import tags as stored

DEFAULT_TAGS = (
    "hand over face",
    "glasses",
    "watermark",
    "profile",
    "several faces",
    "drawing",
    "child",
    "blurred",
)
LONGEST_TAG, MOST_TAGS = 40, 30


def set_tags(
    workspace: Workspace,
    image_ids: Sequence[int],
    tag: str,
    present: bool,
    *,
    annotator: str,
    batch: str | None = None,
) -> str | None:
    """Give images a tag or take it from them, and return the batch that one undo takes back.

    Images that have it already (or do not have it) get no event; where all are so, nothing is
    written and None comes back. `batch` is the batch's id, made up where it is None.

    Raises:
        TagError: If the tag cannot be one.
        EmptySetError: If no image is given.
        UnknownImageError: If one of them does not exist; then nothing is written.
    """
    tag = checked(tag)
    batch = batch or uuid4().hex
    with workspace.writing() as session:
        rows = known_images(session, image_ids)
        held = stored.of_images(session, [row.id for row in rows])
        rows = [row for row in rows if (tag in held.get(row.id, ())) is not present]
        if not rows:
            return None
        (stored.add if present else stored.remove)(session, [row.id for row in rows], tag)
        kind = EventKind.TAG if present else EventKind.UNTAG
        change = ("", tag) if present else (tag, "")
        events = [changing(row.id, kind, change, annotator=annotator, batch=batch) for row in rows]
        labels.append(session, events)
        for dataset_id in {row.dataset_id for row in rows}:
            datasets.raise_revision(session, dataset_id)
    return batch


def tags_of(workspace: Workspace, image_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the tags of those of these images that have any, by id, in alphabetical order."""
    with workspace.reading() as session:
        return stored.of_images(session, image_ids)


def tag_counts(workspace: Workspace, dataset_id: int) -> dict[str, int]:
    """Return how many kept images have each tag: those offered in their order, then others."""
    with workspace.reading() as session:
        found = stored.counts(session, dataset_id)
    offered = tag_list(workspace, dataset_id)
    return {tag: found.get(tag, 0) for tag in dict.fromkeys([*offered, *found])}


def tag_list(workspace: Workspace, dataset_id: int) -> list[str]:
    """Return the tags that annotators of a data set are offered, in order; usual ones at first."""
    with workspace.reading() as session:
        return stored.offered(session, dataset_id) or list(DEFAULT_TAGS)


def set_tag_list(workspace: Workspace, dataset_id: int, tags: Sequence[str]) -> list[str]:
    """Store the tags that annotators of a data set are offered and return them as stored.

    Images keep tags that are offered no more. An empty list brings the usual ones back.

    Raises:
        TagError: If one of them cannot be a tag, or there are more than 30.
    """
    cleaned = list(dict.fromkeys(checked(tag) for tag in tags))
    if len(cleaned) > MOST_TAGS:
        raise TagError(f"A data set has at most {MOST_TAGS} tags, not {len(cleaned)}.")
    with workspace.writing() as session:
        stored.offer(session, dataset_id, cleaned)
        datasets.raise_revision(session, dataset_id)
    return cleaned or list(DEFAULT_TAGS)


def checked(tag: str) -> str:
    """Return a tag without spaces around it.

    Raises:
        TagError: If it is empty or too long, or has commas or control characters.
    """
    tag = unicodedata.normalize("NFC", tag).strip()
    if not 1 <= len(tag) <= LONGEST_TAG:
        raise TagError(f"A tag has 1 to {LONGEST_TAG} characters; {tag[:50]!r} has {len(tag)}.")
    if "," in tag or any(unicodedata.category(letter).startswith("C") for letter in tag):
        raise TagError(f"The tag {tag!r} has a comma or a control character; leave it out.")
    return tag
