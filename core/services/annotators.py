"""The people who judge faces: who labeled how much, and the groups they belong to."""

import re
from dataclasses import dataclass
from datetime import datetime

from core.workspace import Workspace
from db.repositories import annotators as stored
from db.repositories.annotators import Tally

_TAGGER = re.compile(r"ferplus-\d+")


@dataclass(frozen=True, kw_only=True)
class Annotator:
    """Who judged faces of a data set; events that were undone do not count.

    `images` counts faces with a judgement, `last_at` is None for one who has done nothing here.
    """

    name: str
    group: str | None
    images: int
    labels: int
    confirmations: int
    votes: int
    last_at: datetime | None


def annotators(workspace: Workspace, dataset_id: int) -> list[Annotator]:
    """Return who judged faces of a data set, by name, and those who are only in a group."""
    with workspace.reading() as session:
        tallies = {tally.name: tally for tally in stored.tallies(session, dataset_id)}
        groups = stored.groups(session)
    names = sorted(tallies.keys() | {name for name, group in groups.items() if group})
    return [_annotator(name, groups.get(name), tallies.get(name)) for name in names]


def groups(workspace: Workspace) -> dict[str, str]:
    """Return the group of each annotator who is in one."""
    with workspace.reading() as session:
        return {name: group for name, group in stored.groups(session).items() if group}


def tagger_name(number: int) -> str:
    """Return the name under which FER+'s first, second, ... vote on a face is stored."""
    return f"ferplus-{number}"


def is_anonymous(name: str) -> bool:
    """Return whether a name stands for whoever gave FER+'s n-th vote, another person each time."""
    return _TAGGER.fullmatch(name) is not None


def set_group(workspace: Workspace, name: str, group: str | None) -> None:
    """Put an annotator into a group, or out of any where it is None or blank."""
    with workspace.writing() as session:
        stored.set_group(session, name, (group or "").strip()[:100] or None)


def rename_group(workspace: Workspace, old: str, new: str) -> int:
    """Give a group another name, joining one that has it; a blank one dissolves it.

    Returns how many annotators moved.
    """
    with workspace.writing() as session:
        return stored.rename_group(session, old, new.strip()[:100] or None)


def _annotator(name: str, group: str | None, tally: Tally | None) -> Annotator:
    return Annotator(
        name=name,
        group=group,
        images=tally.images if tally else 0,
        labels=tally.labels if tally else 0,
        confirmations=tally.confirmations if tally else 0,
        votes=tally.votes if tally else 0,
        last_at=tally.last_at if tally else None,
    )
