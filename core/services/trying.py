"""Try a face: find faces in somebody's picture, and keep one in a data set where that is wanted."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import UnreadableImageError
from core.images.encoding import encode
from core.images.finding import Box, cut_out, find_faces, whole
from core.images.hashing import pixel_sha256
from core.images.pictures import grey, read_picture
from core.services import results, voting
from core.services.importing import import_records
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.enums import Emotion, Split
from db.repositories import images
from db.rows import DatasetRow

REASON = "Try a face"


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture and the faces in it.

    Attributes:
        picture: uint8, shape (height, width, 3), upright, at most 1,280 px a side.
        boxes: Where the faces are, largest first; the whole picture where that was asked for.
        faces: uint8, shape (n, side, side), grey, cut out as FER2013's faces.
    """

    picture: NDArray[np.uint8]
    boxes: list[Box]
    faces: NDArray[np.uint8]


@dataclass(frozen=True)
class Kept:
    """The image that a face became, or that had the same pixels before (`is_new` is False)."""

    image_id: int
    is_new: bool


def look(content: bytes, *, side: int, as_whole: bool = False) -> Seen:
    """Return a picture with the faces found in it, or as one face; nothing is stored.

    Raises:
        UnreadableImageError: If the bytes are no picture that can be read.
    """
    picture = read_picture(content)
    lightness = grey(picture)
    boxes = [whole(lightness)] if as_whole else find_faces(lightness)
    faces = [cut_out(lightness, box, side) for box in boxes]
    return Seen(picture, boxes, np.array(faces, dtype=np.uint8).reshape(-1, side, side))


def tested_faces(workspace: Workspace, run_id: int) -> list[int]:
    """Return the ids of the faces that a finished run was tested on.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no predictions.
    """
    ids: list[int] = results.predictions(workspace, run_id)["image_id"].tolist()
    return ids


def keep(
    workspace: Workspace,
    dataset: DatasetRow,
    face: NDArray[np.uint8],
    emotion: Emotion,
    *,
    annotator: str,
) -> Kept:
    """Add a face to a data set's training split with a label, and the judgement of who gave it.

    A face with the same pixels in the data set is not stored twice, and its label stays.

    Raises:
        UnreadableImageError: If the face cannot be stored.
        BusyDatasetError: If an import stored the same face meanwhile.
    """
    present = _with_pixels_of(workspace, dataset, face)
    if present is not None:
        return Kept(present, is_new=False)
    content = encode(face)
    name = hashlib.sha256(content).hexdigest()[:16]
    path = f"{Split.TRAIN}/{emotion}/tried-{name}.png"
    record = SourceRecord(path, path, Split.TRAIN, emotion, content)
    report = import_records(workspace, [record], name=dataset.name)
    if report.refused:
        raise UnreadableImageError(report.refused[0].why)
    added = _with_pixels_of(workspace, dataset, face)
    assert added is not None, "it was stored"
    voting.judge(workspace, added, emotion, annotator=annotator, reason=REASON)
    return Kept(added, is_new=True)


def _with_pixels_of(
    workspace: Workspace, dataset: DatasetRow, face: NDArray[np.uint8]
) -> int | None:
    with workspace.reading() as session:
        return images.id_by_pixels(session, dataset.id, pixel_sha256(face))
