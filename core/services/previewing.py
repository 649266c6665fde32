"""Faces as training would get them, before anything is frozen."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.orm import Session

from core.errors import UnknownImageError
from core.images.decoding import decode
from core.images.faces import FaceSet, common_side, squared
from core.services.landmarks import arrays
from core.workspace import Workspace
from db.enums import EMOTIONS
from db.repositories import images, labels
from db.repositories import landmarks as stored
from db.rows import ImageRow


def sample_faces(workspace: Workspace, dataset_id: int, *, per_emotion: int = 1) -> FaceSet:
    """Return the first kept faces of each emotion, in the usual order of emotions.

    They have the pixels and landmarks that they would have in a version frozen now, so what covers
    these covers what training sees. Empty where no face is kept.
    """
    with workspace.reading() as session:
        rows = [
            row
            for emotion in EMOTIONS
            for row in labels.first_images(session, dataset_id, emotion=emotion, limit=per_emotion)
        ]
        return _face_set(session, dataset_id, rows)


def faces_of(workspace: Workspace, dataset_id: int, image_ids: Sequence[int]) -> FaceSet:
    """Return images of a data set as faces, dropped ones too, in the order of their ids as given.

    Raises:
        UnknownImageError: If the data set has no such image.
    """
    with workspace.reading() as session:
        by_id = {row.id: row for row in labels.images(session, image_ids)}
        for image_id in image_ids:
            if image_id not in by_id or by_id[image_id].dataset_id != dataset_id:
                raise UnknownImageError(image_id)
        return _face_set(session, dataset_id, [by_id[image_id] for image_id in image_ids])


def _face_set(session: Session, dataset_id: int, rows: Sequence[ImageRow]) -> FaceSet:
    ids = [row.id for row in rows]
    contents = labels.blobs(session, ids)
    side = _side(session, dataset_id)
    points, found = arrays(stored.of_images(session, ids), ids)
    pixels = [squared(decode(contents[image_id]), side) for image_id in ids]
    hashes = np.array([row.pixel_sha256 for row in rows], dtype=np.str_)
    return FaceSet(
        image_ids=np.array(ids, dtype=np.int64),
        pixels=np.array(pixels, dtype=np.uint8).reshape(-1, side, side),
        labels=np.array([EMOTIONS.index(row.label) for row in rows], dtype=np.int64),
        splits=np.array([row.split.value for row in rows], dtype=np.str_),
        groups=np.unique(hashes, return_inverse=True)[1].astype(np.int64),
        landmarks=points,
        landmarks_found=found,
    )


def _side(session: Session, dataset_id: int) -> int:
    """Return the side of the faces in a version of the kept images."""
    counts = images.kept_heights(session, dataset_id) or {0: 1}
    return common_side(np.repeat(list(counts.keys()), list(counts.values())))
