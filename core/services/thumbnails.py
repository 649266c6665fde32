"""Pages of small faces."""

from collections.abc import Sequence

from core.images.decoding import decode
from core.images.sheets import packed, sheet
from core.workspace import Workspace
from db.repositories import labels


def contact_sheet(workspace: Workspace, image_ids: Sequence[int]) -> bytes:
    """Return a PNG of these faces in their order, in rows of 20 cells of 48 by 48 pixels."""
    with workspace.reading() as session:
        contents = labels.blobs(session, image_ids)
    return packed(sheet([decode(contents[image_id]) for image_id in image_ids]))
