"""Pages of small faces: which faces of a queue they show, and one picture of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.images.decoding import decode
from core.images.sheets import packed, sheet
from core.services import queues
from core.services.queues import QueueSpec
from core.workspace import Workspace
from db.repositories import faces, labels, tags
from db.repositories import queues as stored
from db.repositories.faces import Tile

PAGE_SIZE = 200


@dataclass(frozen=True, kw_only=True)
class WallPage:
    """The faces of one page of a queue and what stands around them.

    Attributes:
        tiles: The faces, in the queue's order.
        tags: The tags of those faces that have any, by id.
        number: Which page this is, 1 the first.
        total: How many faces the queue holds.
        revision: The revision of the data set that all of this was read at, or an older one.
    """

    tiles: list[Tile]
    tags: dict[int, list[str]]
    number: int
    total: int
    revision: int


def wall_page(workspace: Workspace, dataset_id: int, spec: QueueSpec, *, number: int) -> WallPage:
    """Return a page of a queue: the last one where it has fewer, the first where it is empty."""
    with workspace.reading() as session:
        revision = stored.revision(session, dataset_id)
    total = _count(workspace, dataset_id, spec, revision)
    number = max(1, min(number, -(-total // PAGE_SIZE)))
    start = (number - 1) * PAGE_SIZE
    ids = queues.page(workspace, dataset_id, spec, start=start, limit=PAGE_SIZE)
    with workspace.reading() as session:
        tiles, held = faces.tiles(session, ids), tags.of_images(session, ids)
    return WallPage(tiles=tiles, tags=held, number=number, total=total, revision=revision)


def contact_sheet(workspace: Workspace, image_ids: Sequence[int]) -> bytes:
    """Return a BMP of these faces in their order, in rows of 20 cells of 48 by 48 pixels."""
    return _sheet(workspace, tuple(image_ids))


@lru_cache(maxsize=32)  # half a megabyte each
def _sheet(workspace: Workspace, image_ids: tuple[int, ...]) -> bytes:
    """Files never change, so the ids alone are the key."""
    with workspace.reading() as session:
        contents = labels.blobs(session, image_ids)
    return packed(sheet([decode(contents[image_id]) for image_id in image_ids]))


@lru_cache(maxsize=128)
def _count(workspace: Workspace, dataset_id: int, spec: QueueSpec, revision: int) -> int:
    return queues.count(workspace, dataset_id, spec)
