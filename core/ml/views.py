"""The views of a test face that are judged together."""

import torch
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TestViews

SHIFT_SHARE = 1 / 24  # of the side: 2 of 48 px, a quarter of what training moves faces by
CROP_SHARE = 11 / 12  # of the side: 44 of 48 px (WuJie1010's and LetheSec's recipes for FER2013)
N_VIEWS = {TestViews.ONE: 1, TestViews.FLIP: 2, TestViews.SHIFTS: 10, TestViews.TEN_CROP: 10}


def views_of(faces: torch.Tensor, views: TestViews) -> list[torch.Tensor]:
    """Return the views of each face, every one a batch in the order of `faces`.

    Args:
        faces: float32, shape (n, 1, height, width).
        views: One: the face itself. Flip: and its mirror image. Shifts: the face and four copies
            moved along each axis (edges repeat), and their mirror images. Ten-crop: its middle
            and its four corners, cut out, and their mirror images.
    """
    match views:
        case TestViews.ONE:
            return [faces]
        case TestViews.FLIP:
            return _and_mirrored([faces])
        case TestViews.SHIFTS:
            return _and_mirrored(_shifted(faces))
        case TestViews.TEN_CROP:
            return _and_mirrored(_cropped(faces))


def _and_mirrored(views: list[torch.Tensor]) -> list[torch.Tensor]:
    """Return the views and their mirror images."""
    return views + [view.flip(3) for view in views]


def _shifted(faces: torch.Tensor) -> list[torch.Tensor]:
    """Return the faces and copies moved up, left, right and down, all of their own shape."""
    height, width = faces.shape[2:]
    step = max(1, round(SHIFT_SHARE * min(height, width)))
    wide = F.pad(faces, (step, step, step, step), mode="replicate")
    corners = [(step, step), (2 * step, step), (step, 2 * step), (step, 0), (0, step)]
    return [wide[:, :, top : top + height, left : left + width] for top, left in corners]


def _cropped(faces: torch.Tensor) -> list[torch.Tensor]:
    """Return the middle and the four corners of the faces."""
    height, width = faces.shape[2:]
    down, across = round(CROP_SHARE * height), round(CROP_SHARE * width)
    low, right = height - down, width - across
    corners = [(low // 2, right // 2), (0, 0), (0, right), (low, 0), (low, right)]
    return [faces[:, :, top : top + down, left : left + across] for top, left in corners]
