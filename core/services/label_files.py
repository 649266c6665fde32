"""Labels from a CSV file, made elsewhere or by hand, as one batch of events."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import AnnotatorNameError, LabelFileError
from core.services.majority import follow_majority
from core.sources.names import printable, split_depth
from core.sources.records import Refusal
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, LabelPolicy
from db.repositories import datasets, labels, standings, votes
from db.repositories.standings import Standing
from db.rows import DatasetRow

MAX_LINE = 10_000_000
MAX_REASON = 200
READ_ERRORS = (OSError, UnicodeDecodeError, csv.Error)


@dataclass(frozen=True, kw_only=True)
class LabelReport:
    """What a file of labels did, or would do. `batch` takes it back; None if it wrote nothing."""

    changed: int
    confirmed: int
    refused: tuple[Refusal, ...]
    batch: str | None


@dataclass(frozen=True)
class _Judgement:
    image: Standing
    emotion: Emotion
    reason: str | None


def relabel(
    workspace: Workspace,
    dataset: DatasetRow,
    path: Path,
    *,
    annotator: str,
    is_strict: bool = False,
    is_dry: bool = False,
) -> LabelReport:
    """Give images the labels of a CSV file with the columns image, label and perhaps reason.

    An image is named by its path as imported, by that path with folders before it, or by its id.
    Where the data set's policy is another than `latest`, the labels are the annotator's votes.

    With `is_strict` nothing is written where any line is refused, with `is_dry` nothing at all.

    Raises:
        LabelFileError: If the file cannot be read or lacks a column.
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    if annotator in votes.POLICY_NAMES:
        raise AnnotatorNameError(annotator)
    with workspace.writing() as session:
        known = _Known(standings.of_dataset(session, dataset.id))
        judged, refused = _judgements(path, known)
        changed = sum(one.image.label is not one.emotion for one in judged)
        is_written = bool(judged) and not is_dry and not (is_strict and refused)
        batch = uuid4().hex if is_written else None
        if batch:
            changed = _write(session, dataset.id, judged, annotator=annotator, batch=batch)
    is_counted = is_dry or batch is not None
    return LabelReport(
        changed=changed if is_counted else 0,
        confirmed=len(judged) - changed if is_counted else 0,
        refused=tuple(refused),
        batch=batch,
    )


class _Known:
    """The images of a data set by what a file may call them."""

    def __init__(self, images: list[Standing]) -> None:
        self._by_path = {one.source_path: one for one in images}
        self._by_id = {str(one.image_id): one for one in images}

    def find(self, name: str) -> Standing | None:
        """Return the image with this path, with folders before it or without, or with this id."""
        parts = name.replace("\\", "/").split("/")
        depth = split_depth(parts)
        inner = "/".join(parts[depth:]) if depth is not None else name
        return self._by_path.get(name) or self._by_path.get(inner) or self._by_id.get(name)


def _judgements(path: Path, known: _Known) -> tuple[list[_Judgement], list[Refusal]]:
    """Return what the file says of each image, and the lines that cannot be used."""
    judged: dict[int, _Judgement] = {}
    lines: dict[int, int] = {}
    refused = []
    for line, row in _rows(path):
        found = _judgement(row, known)
        if isinstance(found, _Judgement):
            image_id = found.image.image_id
            first = judged.setdefault(image_id, found)
            if first.emotion is found.emotion:
                lines.setdefault(image_id, line)
                continue
            found = f"Line {lines[image_id]} gives this image another label, {first.emotion}."
        refused.append(Refusal(f"{path.name} line {line}", found))
    return list(judged.values()), refused


def _judgement(row: Mapping[str, str], known: _Known) -> _Judgement | str:
    """Return what a row says, or why it cannot be used."""
    image = known.find(row["image"])
    if image is None:
        return f"There is no image {printable(row['image'][:100])!r} in the data set."
    if row["label"].casefold() not in EMOTIONS:
        return f"Unknown label {printable(row['label'][:40])!r}; known are {', '.join(EMOTIONS)}."
    reason = row.get("reason") or None
    if reason and len(reason) > MAX_REASON:
        return f"The reason is longer than {MAX_REASON} characters."
    return _Judgement(image, Emotion(row["label"].casefold()), reason)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row that is not blank, its cells stripped, with the number of its last line.

    Raises:
        LabelFileError: If the file cannot be read or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names, delimiter = _columns(path, file.readline(MAX_LINE))
            reader = csv.reader(file, delimiter=delimiter)
            for cells in filter(any, reader):
                filled = [*cells, *[""] * (len(names) - len(cells))]
                row = {name: cell.strip() for name, cell in zip(names, filled, strict=False)}
                yield reader.line_num + 1, row
    except READ_ERRORS as error:
        raise LabelFileError(
            f"{path} cannot be read ({error}); give a CSV file in UTF-8."
        ) from error


def _columns(path: Path, header: str) -> tuple[list[str], str]:
    """Return the names in a file's first line, in small letters, and what stands between them."""
    delimiter = ";" if ";" in header and "," not in header else ","
    cells = next(csv.reader([header], delimiter=delimiter), [])
    names = [name.strip().casefold() for name in cells]
    for column in ("image", "label"):
        if column not in names:
            raise LabelFileError(
                f"{path.name} lacks the column {column!r}; its first line must name the columns "
                "image, label and, if there is one, reason."
            )
    return names, delimiter


def _write(
    session: Session, dataset_id: int, judged: list[_Judgement], *, annotator: str, batch: str
) -> int:
    """Store the judgements as the data set's policy wants them; return how many labels changed.

    By `latest` they are the labels; by the other policies they are votes, which the labels follow
    by `majority`.
    """
    policy, changed = votes.policy(session, dataset_id), 0
    if policy is LabelPolicy.LATEST:
        of: dict[Emotion, list[int]] = {}
        for one in judged:
            if one.image.label is not one.emotion:
                of.setdefault(one.emotion, []).append(one.image.image_id)
        for emotion, image_ids in of.items():
            labels.set_labels(session, image_ids, emotion)
        changed = sum(map(len, of.values()))
    labels.append(session, [_event(one, policy, annotator, batch) for one in judged])
    if policy is LabelPolicy.MAJORITY:
        image_ids = [one.image.image_id for one in judged]
        changed = follow_majority(session, image_ids, batch=batch)
    datasets.raise_revision(session, dataset_id)
    return changed


def _event(one: _Judgement, policy: LabelPolicy, annotator: str, batch: str) -> labels.NewEvent:
    kind, old = EventKind.LABEL, str(one.image.label)
    if policy is not LabelPolicy.LATEST:
        kind, old = EventKind.VOTE, ""
    elif one.image.label is one.emotion:
        kind = EventKind.CONFIRM
    return labels.NewEvent(
        image_id=one.image.image_id,
        annotator=annotator,
        kind=kind,
        old=old,
        new=one.emotion,
        reason=one.reason,
        batch=batch,
        undoes=None,
        at=datetime.now(UTC),
    )
