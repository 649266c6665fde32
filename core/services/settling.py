"""Settle groups of copies: keep one, give all one label, say that they differ or are the same.

Each call is one batch that `undoing.undo` takes back as a whole: what happened to images is label
events, what was said of pairs of pictures is decisions, both with the batch's id.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import GroupTooLargeError, StaleGroupError
from core.services import verdicts, voting
from core.services.duplicates import BULK_REASONS, KEEP_REASON, RELABEL_REASON
from core.services.writing import dropping
from core.workspace import Workspace
from db.enums import DuplicateVerdict, Emotion, ImageState, Split
from db.repositories import batches, datasets, decisions, labels
from db.repositories.duplicates import Fingerprint, fingerprints_of
from db.rows import ImageRow

MOST_APART = 100  # pictures of one group that can be said to differ: 4,950 pairs
SPLITS = tuple(Split)


class KeepRule(StrEnum):
    """Which image of a group stays.

    `first`: the first imported. `majority`: the first with the label that most of the group have
    (as many of several: the label of the first of them). `training`: the first of training,
    without one of validation, else of test.
    """

    FIRST = "first"
    MAJORITY = "majority"
    TRAINING = "training"


@dataclass(frozen=True)
class Keeping:
    """One image of a group that stays and those that go."""

    keep: int
    drop: tuple[int, ...]


@dataclass(frozen=True)
class LastAction:
    """The newest thing done to copies that can still be undone.

    `what` is the reason of its events, or the verdict where it only judged pairs; `n` is how many
    images it changed, or how many pairs it judged.
    """

    batch: str
    what: str
    n: int


def plan(workspace: Workspace, groups: Sequence[Sequence[int]], rule: KeepRule) -> list[Keeping]:
    """Return what a rule keeps and drops of each group, without doing it.

    Groups are taken in order: an image that is in two of them and goes with the first is no
    longer part of the second. Groups of which nothing has to go are left out.
    """
    with workspace.reading() as session:
        wanted = sorted({image_id for group in groups for image_id in group})
        prints = fingerprints_of(session, wanted, only_kept=True)
    gone: set[int] = set()
    plans = []
    for group in groups:
        members = [prints[one] for one in sorted(group) if one in prints and one not in gone]
        if len(members) > 1:
            kept = _chosen(members, rule)
            dropped = tuple(one.image_id for one in members if one.image_id != kept)
            gone.update(dropped)
            plans.append(Keeping(kept, dropped))
    return plans


def keep(workspace: Workspace, plans: Sequence[Keeping], *, annotator: str) -> str:
    """Drop what the plans drop, say that it is the same as what stays, and return the batch.

    Raises:
        StaleGroupError: If an image of a plan is no longer kept, or there is no plan.
    """
    batch = uuid4().hex
    with workspace.writing() as session:
        rows = _members(session, [one for plan in plans for one in (plan.keep, *plan.drop)])
        dropped = sorted({image_id for plan in plans for image_id in plan.drop})
        labels.set_state(session, dropped, ImageState.DROPPED, reason=KEEP_REASON)
        events = dropping(dropped, annotator=annotator, batch=batch, reason=KEEP_REASON)
        labels.append(session, events)
        pairs = [
            (rows[plan.keep].pixel_sha256, rows[image_id].pixel_sha256)
            for plan in plans
            for image_id in plan.drop
        ]
        _judge(session, rows, pairs, DuplicateVerdict.SAME, annotator=annotator, batch=batch)
    return batch


def relabel(
    workspace: Workspace, image_ids: Sequence[int], emotion: Emotion, *, annotator: str
) -> str:
    """Give a group's images one label, say that they are copies, and return the batch.

    A data set whose labels follow votes gets a vote for each, as by a press on the Relabel page.

    Raises:
        StaleGroupError: If an image is no longer kept, or none is given.
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    batch = uuid4().hex
    with workspace.writing() as session:
        rows = _members(session, image_ids)
        for image_id in image_ids:
            voting.judge_in(
                session, rows[image_id], emotion, annotator=annotator, batch=batch,
                reason=RELABEL_REASON,
            )  # fmt: skip
        pairs = _with_first(image_ids, rows)
        _judge(session, rows, pairs, DuplicateVerdict.SAME, annotator=annotator, batch=batch)
    return batch


def judge(
    workspace: Workspace,
    groups: Sequence[Sequence[int]],
    verdict: DuplicateVerdict,
    *,
    annotator: str,
) -> str:
    """Say of groups that their pictures differ, each from each, or are copies; return the batch.

    Pictures that differ are never near again, whatever the limit and after any rescan.

    Raises:
        StaleGroupError: If an image is no longer kept, or none is given.
        GroupTooLargeError: If a group of more than 100 images is said to differ.
    """
    batch = uuid4().hex
    with workspace.writing() as session:
        rows = _members(session, [image_id for group in groups for image_id in group])
        pairs: list[tuple[str, str]] = []
        for group in groups:
            if verdict is DuplicateVerdict.DIFFERENT:
                pictures = sorted({rows[image_id].pixel_sha256 for image_id in group})
                if len(pictures) > MOST_APART:
                    raise GroupTooLargeError(len(pictures), MOST_APART)
                pairs += combinations(pictures, 2)
            else:
                pairs += _with_first(group, rows)
        _judge(session, rows, pairs, verdict, annotator=annotator, batch=batch)
    return batch


def last_action(workspace: Workspace, dataset_id: int) -> LastAction | None:
    """Return the newest thing done to copies of a data set that can be undone, None without."""
    with workspace.reading() as session:
        events = batches.newest(session, dataset_id, BULK_REASONS)
        said = decisions.newest_batch(session, dataset_id)
    if events and (said is None or events.batch == said.batch or events.at >= said.at):
        return LastAction(events.batch, events.reason, events.images)
    return LastAction(said.batch, said.verdict.value, said.pairs) if said else None


def _members(session: Session, image_ids: Sequence[int]) -> dict[int, ImageRow]:
    rows = labels.images(session, sorted(set(image_ids)))
    kept = {row.id: row for row in rows if row.state is ImageState.KEPT}
    if not image_ids or len(kept) < len(set(image_ids)):
        raise StaleGroupError
    return kept


def _chosen(members: Sequence[Fingerprint], rule: KeepRule) -> int:
    """Return the id of the image of a group, by id, that a rule keeps."""
    if rule is KeepRule.TRAINING:
        return min(members, key=lambda one: (SPLITS.index(one.split), one.image_id)).image_id
    if rule is KeepRule.MAJORITY:
        label = Counter(one.label for one in members).most_common(1)[0][0]
        return next(one.image_id for one in members if one.label is label)
    return members[0].image_id


def _with_first(image_ids: Sequence[int], rows: dict[int, ImageRow]) -> list[tuple[str, str]]:
    first = rows[image_ids[0]].pixel_sha256
    return [(first, rows[image_id].pixel_sha256) for image_id in image_ids]


def _judge(
    session: Session,
    rows: dict[int, ImageRow],
    pairs: Iterable[tuple[str, str]],
    verdict: DuplicateVerdict,
    *,
    annotator: str,
    batch: str,
) -> None:
    dataset_id = next(iter(rows.values())).dataset_id
    said = dict.fromkeys(verdicts.ordered(pairs), verdict)
    verdicts.write(session, dataset_id, said, annotator=annotator, batch=batch)
    datasets.raise_revision(session, dataset_id)
