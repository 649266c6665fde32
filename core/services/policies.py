"""The label policy of a data set: whose judgement its labels follow, and changing that."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.orm import Session

from core.services import undoing
from core.services.majority import Verdicts, differing, majorities, write_labels
from core.workspace import Workspace
from db.enums import LabelPolicy
from db.repositories import datasets
from db.repositories import votes as stored

_WHY = "policy "  # begins the reason of the labels that a change of policy gave


@dataclass(frozen=True, kw_only=True)
class PolicyChange:
    """A change of policy; `batch` holds the labels that changed by it, None where none did."""

    before: LabelPolicy
    after: LabelPolicy
    changed: int
    batch: str | None


def policy(workspace: Workspace, dataset_id: int) -> LabelPolicy:
    """Return the label policy of a data set that exists."""
    with workspace.reading() as session:
        return stored.policy(session, dataset_id)


def preview(workspace: Workspace, dataset_id: int, chosen: LabelPolicy) -> int:
    """Return how many images would get another label by `set_policy`."""
    with workspace.reading() as session:
        return len(_changes(session, dataset_id, chosen))


def set_policy(
    workspace: Workspace, dataset_id: int, chosen: LabelPolicy, *, annotator: str
) -> PolicyChange:
    """Set the policy of a data set and give its images the labels that follow, as one batch.

    By `latest` that is the newest judgement or adjudication, by `majority` what more than half
    of the judgements say, by `adjudicated` the newest adjudication. Images without one keep
    their label.
    """
    batch = uuid4().hex
    with workspace.writing() as session:
        before = stored.policy(session, dataset_id)
        changes = _changes(session, dataset_id, chosen)
        stored.set_policy(session, dataset_id, chosen)
        why = f"{_WHY}{before} to {chosen} by {annotator}"
        write_labels(session, changes, chosen, batch=batch, why=why)
        datasets.raise_revision(session, dataset_id)
    return PolicyChange(
        before=before, after=chosen, changed=len(changes), batch=batch if changes else None
    )


def last_change(workspace: Workspace, dataset_id: int) -> PolicyChange | None:
    """Return the change that brought the policy of now, as long as it can be taken back.

    It is found among the events, so it is there after a reload and for everybody. A change that
    gave no image another label left no event: choosing the other policy takes that one back.
    """
    with workspace.reading() as session:
        found = stored.newest_policy_batch(session, dataset_id, reason=_WHY)
        now = stored.policy(session, dataset_id)
    if found is None:
        return None
    before, _, after = found.reason.removeprefix(_WHY).split(" ")[:3]
    change = PolicyChange(
        before=LabelPolicy(before), after=LabelPolicy(after), changed=found.n, batch=found.batch
    )
    return change if change.after is now else None


def take_back(
    workspace: Workspace, dataset_id: int, change: PolicyChange, *, annotator: str
) -> int:
    """Set the policy from before a change again, undo its labels and return how many.

    Raises:
        UnknownBatchError: If the change was taken back already.
    """
    undone = undoing.undo(workspace, change.batch, annotator=annotator) if change.batch else 0
    with workspace.writing() as session:
        stored.set_policy(session, dataset_id, change.before)
        datasets.raise_revision(session, dataset_id)
    return undone


def _changes(session: Session, dataset_id: int, chosen: LabelPolicy) -> Verdicts:
    """Return the labels that would change by a policy, with the reason."""
    current = stored.image_labels(session, dataset_id)
    return differing(_verdicts(session, dataset_id, chosen), current)


def _verdicts(session: Session, dataset_id: int, chosen: LabelPolicy) -> Verdicts:
    if chosen is LabelPolicy.MAJORITY:
        return majorities(stored.of_dataset(session, dataset_id, kept_only=False))
    adjudicated = list(stored.adjudications(session, dataset_id).values())
    judged = (
        stored.of_dataset(session, dataset_id, kept_only=False)
        if chosen is LabelPolicy.LATEST
        else []
    )
    newest = sorted(judged + adjudicated)  # by event: the newest of an image comes last
    return {row.image_id: (row.emotion, f"{row.annotator} says {row.emotion}") for row in newest}
