"""What copies give away between splits, and a new assignment of splits in which none does."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from core.quality.duplicates import exact_groups
from core.quality.leak_free import SplitPair, crossing, fewest_moves, merged
from core.services.copies import Copies, copies_now, read
from core.services.duplicates import LEAK_FREE_REASON
from core.workspace import Workspace
from db.enums import DuplicateVerdict, EventKind, Split
from db.repositories import datasets, decisions, labels
from db.repositories.duplicates import Fingerprint, with_pixels


@dataclass(frozen=True, kw_only=True)
class Separation:
    """How a data set becomes leak-free: what crosses splits before and after, and what moves.

    A group is what exact copies and pictures judged to be copies join; `before` and `after` count
    the groups with images in both splits of a pair. `batch` undoes it; None where nothing was
    written: a preview, or nothing to move.
    """

    groups: int
    before: dict[SplitPair, int]
    after: dict[SplitPair, int]
    moves: dict[SplitPair, int]
    sizes_before: dict[Split, int]
    sizes_after: dict[Split, int]
    batch: str | None

    @property
    def moved(self) -> int:
        """Return how many images get another split."""
        return sum(self.moves.values())


def preview(workspace: Workspace, dataset_id: int) -> Separation:
    """Return what `separate` would do."""
    now = copies_now(workspace, dataset_id)
    with workspace.reading() as session:
        return _separation(*_plan(session, dataset_id, now), now.per_split, batch=None)


def separate(workspace: Workspace, dataset_id: int, *, annotator: str) -> Separation:
    """Move images between splits, as one batch, until no group of copies is in two of them.

    Each group goes to the split that has most of its images, which moves the fewest; where two
    have as many, to training before validation before test. Only kept images count; the split
    that an image came with stays beside its new one.
    """
    with workspace.writing() as session:
        now = read(session, dataset_id)
        prints, groups, moves = _plan(session, dataset_id, now)
        batch = uuid4().hex if moves else None
        if batch:
            _write(session, prints, moves, annotator=annotator, batch=batch)
            datasets.raise_revision(session, dataset_id)
    return _separation(prints, groups, moves, now.per_split, batch=batch)


def _plan(
    session: Session, dataset_id: int, now: Copies
) -> tuple[list[Fingerprint], list[list[int]], dict[int, Split]]:
    same = [
        pair
        for pair, verdict in decisions.in_force(session, dataset_id).items()
        if verdict is DuplicateVerdict.SAME
    ]
    judged = with_pixels(session, dataset_id, sorted({pixels for pair in same for pixels in pair}))
    prints = sorted({*now.prints, *judged})
    exact = exact_groups([image.pixel_sha256 for image in prints])
    first = {image.pixel_sha256: index for index, image in reversed(list(enumerate(prints)))}
    decided = [[first[one], first[other]] for one, other in same if one in first and other in first]
    groups = merged([*exact, *decided], len(prints))
    return prints, groups, fewest_moves(groups, [image.split for image in prints])


def _write(
    session: Session,
    prints: list[Fingerprint],
    moves: dict[int, Split],
    *,
    annotator: str,
    batch: str,
) -> None:
    now = datetime.now(UTC)
    for split in Split:
        moving = [prints[index].image_id for index, home in moves.items() if home is split]
        labels.set_splits(session, moving, split)
    labels.append(
        session,
        (
            labels.NewEvent(
                image_id=prints[index].image_id,
                annotator=annotator,
                kind=EventKind.SPLIT,
                old=prints[index].split,
                new=split,
                reason=LEAK_FREE_REASON,
                batch=batch,
                undoes=None,
                at=now,
            )
            for index, split in moves.items()
        ),
    )


def _separation(
    prints: list[Fingerprint],
    groups: list[list[int]],
    moves: dict[int, Split],
    sizes: dict[Split, int],
    *,
    batch: str | None,
) -> Separation:
    splits = [image.split for image in prints]
    after = [moves.get(index, split) for index, split in enumerate(splits)]
    left, came = Counter(splits[index] for index in moves), Counter(moves.values())
    later = {split: n - left[split] + came[split] for split, n in sizes.items()}
    return Separation(
        groups=len(groups),
        before=crossing(groups, splits),
        after=crossing(groups, after),
        moves=dict(Counter((splits[index], home) for index, home in moves.items())),
        sizes_before={split: sizes[split] for split in Split if split in sizes},
        sizes_after={split: later[split] for split in Split if split in sizes},
        batch=batch,
    )
