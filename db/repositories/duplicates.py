"""What finding duplicates needs of every kept image."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.enums import Emotion, ImageState, Split
from db.models import Image


class Fingerprint(NamedTuple):
    """A kept image reduced to what tells copies, leaks and conflicts."""

    image_id: int
    split: Split
    label: Emotion
    pixel_sha256: str


def fingerprints(session: Session, dataset_id: int) -> list[Fingerprint]:
    """Return the fingerprints of all kept images of a data set, by id."""
    statement = (
        select(Image.id, Image.split, Image.label, Image.pixel_sha256)
        .where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
        .order_by(Image.id)
    )
    return [Fingerprint(*row) for row in session.execute(statement)]
