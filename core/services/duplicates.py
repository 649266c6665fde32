"""Exact duplicates of a data set: report them, show them, drop the surplus."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from core.quality.duplicates import exact_groups, leaking
from core.services.copies import Copies, copies_now
from core.services.writing import dropping
from core.workspace import Workspace
from db.enums import ImageState, Split
from db.repositories import datasets, labels, versions
from db.repositories.duplicates import Fingerprint, fingerprints

SURPLUS_REASON = "surplus copy"
KEEP_REASON = "copy of a kept face"
RELABEL_REASON = "one label for all copies"
LEAK_FREE_REASON = "leak-free split"
# What is done to many images at once on the Duplicates page, and undone there.
BULK_REASONS = (SURPLUS_REASON, KEEP_REASON, RELABEL_REASON, LEAK_FREE_REASON)


@dataclass(frozen=True, kw_only=True)
class Leak:
    """Images of a split with a twin in training (of training: in another split); share 0..1."""

    images: int
    share: float


@dataclass(frozen=True, kw_only=True)
class DuplicateReport:
    """Figures on pixel-identical images among the kept ones.

    `surplus` is how many could go while one of each group stays.
    """

    groups: int
    images: int
    surplus: int
    cross_split_groups: int
    conflicting_groups: int
    leakage: dict[Split, Leak]


@dataclass(frozen=True, kw_only=True)
class DedupeReport:
    """What `dedupe` did. `batch` undoes it; None where there was nothing to drop."""

    batch: str | None
    dropped: int
    remaining: int


@dataclass(frozen=True, kw_only=True)
class DroppedBatch:
    """A drop of surplus copies that can be taken back: its batch and how many images it dropped."""

    batch: str
    dropped: int


def exact_report(workspace: Workspace, dataset_id: int) -> DuplicateReport:
    """Return the figures on pixel-identical images of a data set."""
    return _report(copies_now(workspace, dataset_id))


def version_report(workspace: Workspace, version_id: int) -> DuplicateReport:
    """Return the figures on pixel-identical images of a version."""
    with workspace.reading() as session:
        members = versions.members(session, version_id)
    prints = tuple(Fingerprint(m.image_id, m.split, m.label, m.pixel_sha256) for m in members)
    groups = exact_groups([image.pixel_sha256 for image in prints])
    per_split = dict(Counter(image.split for image in prints))
    return _report(Copies(prints, tuple(tuple(group) for group in groups), per_split))


def _report(now: Copies) -> DuplicateReport:
    n_images = sum(len(group) for group in now.groups)
    return DuplicateReport(
        groups=len(now.groups),
        images=n_images,
        surplus=n_images - len(now.groups),
        cross_split_groups=sum(_differs(now.prints, group, "split") for group in now.groups),
        conflicting_groups=sum(_differs(now.prints, group, "label") for group in now.groups),
        leakage=_leakage(now),
    )


def dedupe(workspace: Workspace, dataset_id: int, *, annotator: str) -> DedupeReport:
    """Drop every copy but the first imported of each group, as one batch that undo takes back.

    The first imported is the training copy where there is one, so test images lose their twins.
    """
    batch = uuid4().hex
    with workspace.writing() as session:
        prints = fingerprints(session, dataset_id)
        groups = exact_groups([image.pixel_sha256 for image in prints])
        surplus = [index for group in groups for index in _surplus(prints, group)]
        image_ids = [prints[index].image_id for index in surplus]
        if image_ids:
            labels.set_state(session, image_ids, ImageState.DROPPED, reason=SURPLUS_REASON)
            labels.append(
                session,
                dropping(image_ids, annotator=annotator, batch=batch, reason=SURPLUS_REASON),
            )
            datasets.raise_revision(session, dataset_id)
    return DedupeReport(
        batch=batch if image_ids else None,
        dropped=len(image_ids),
        remaining=len(prints) - len(image_ids),
    )


def last_dedupe(workspace: Workspace, dataset_id: int) -> DroppedBatch | None:
    """Return the newest drop of surplus copies that was not undone, None where there is none."""
    with workspace.reading() as session:
        found = labels.newest_batch(session, dataset_id, reason=SURPLUS_REASON)
    return DroppedBatch(batch=found[0], dropped=found[1]) if found else None


def _surplus(prints: list[Fingerprint], group: list[int]) -> list[int]:
    """Return the group without the copy to keep: a training one first, then the lowest id."""
    kept = min(group, key=lambda index: (prints[index].split is not Split.TRAIN, index))
    return [index for index in group if index != kept]


def _differs(prints: Sequence[Fingerprint], group: Sequence[int], field: str) -> bool:
    return len({getattr(prints[index], field) for index in group}) > 1


def _leakage(now: Copies) -> dict[Split, Leak]:
    splits = [image.split for image in now.prints]
    leaks = leaking(now.groups, splits)
    report = {}
    for split in Split:
        if split in now.per_split:
            n_leaking = sum(
                bool(leak) for leak, own in zip(leaks, splits, strict=True) if own is split
            )
            report[split] = Leak(images=n_leaking, share=n_leaking / now.per_split[split])
    return report
