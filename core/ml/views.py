"""The views of a test face that are judged together."""

import math
from functools import cache

import torch
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TestViews

SHIFT_SHARE = 1 / 24  # of the side: 2 of 48 px, a quarter of what training moves faces by
CROP_SHARE = 11 / 12  # of the side: 44 of 48 px (WuJie1010's and LetheSec's recipes for FER2013)
TURN_DEGREES, ZOOM = 6.0, 1.06  # three quarters of what training turns and scales by
N_VIEWS = {
    TestViews.ONE: 1,
    TestViews.FLIP: 2,
    TestViews.SHIFTS: 10,
    TestViews.TEN_CROP: 10,
    TestViews.NEARBY: 18,
}


def views_of(faces: torch.Tensor, views: TestViews) -> list[torch.Tensor]:
    """Return the views of each face, every one a batch in the order of `faces`.

    Args:
        faces: float32, shape (n, 1, height, width).
        views: One: the face itself. Flip: and its mirror image. Shifts: the face and four copies
            moved along each axis (edges repeat), and their mirror images. Ten-crop: its middle
            and its four corners, cut out, and their mirror images. Nearby: the shifts, and the
            face turned both ways, seen from farther and from nearer, and their mirror images.
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
        case TestViews.NEARBY:
            return _and_mirrored(_shifted(faces) + _turned_and_zoomed(faces))


def judged_together(logits: torch.Tensor, views: TestViews) -> torch.Tensor:
    """Return the logarithm of the mean probability over the views of each face, shape (n, 7).

    `logits` are float, shape (n_views * n, 7): those of all views of `views_of`, one view of every
    face after the other.
    """
    n_views = N_VIEWS[views]
    logs = logits.log_softmax(dim=1).reshape(n_views, -1, logits.shape[1])
    return logs.logsumexp(dim=0) - math.log(n_views)


def _size(faces: torch.Tensor) -> tuple[int, int]:
    """Return height and width as plain numbers, which they are not while a graph is traced."""
    height, width = faces.shape[2:]
    return int(height), int(width)


def _and_mirrored(views: list[torch.Tensor]) -> list[torch.Tensor]:
    """Return the views and their mirror images."""
    return views + [view.flip(3) for view in views]


def _shifted(faces: torch.Tensor) -> list[torch.Tensor]:
    """Return the faces and copies moved up, left, right and down, all of their own shape."""
    height, width = _size(faces)
    step = max(1, round(SHIFT_SHARE * min(height, width)))
    wide = F.pad(faces, (step, step, step, step), mode="replicate")
    corners = [(step, step), (2 * step, step), (step, 2 * step), (step, 0), (0, step)]
    return [wide[:, :, top : top + height, left : left + width] for top, left in corners]


def _cropped(faces: torch.Tensor) -> list[torch.Tensor]:
    """Return the middle and the four corners of the faces."""
    height, width = _size(faces)
    down, across = round(CROP_SHARE * height), round(CROP_SHARE * width)
    low, right = height - down, width - across
    corners = [(low // 2, right // 2), (0, 0), (0, right), (low, 0), (low, right)]
    return [faces[:, :, top : top + down, left : left + across] for top, left in corners]


def _turned_and_zoomed(faces: torch.Tensor) -> list[torch.Tensor]:
    """Return the faces turned left and right, smaller and larger, all of their own shape."""
    height, width = _size(faces)
    pixels = faces.flatten(2)
    views = []
    for degrees, zoom in ((-TURN_DEGREES, 1.0), (TURN_DEGREES, 1.0), (0.0, ZOOM), (0.0, 1 / ZOOM)):
        places, shares = _sources(height, width, degrees, zoom)
        four = pixels[:, :, places.to(faces.device)] * shares.to(faces)
        views.append(four.sum(dim=2).reshape(-1, 1, height, width))
    return views


@cache
def _sources(
    height: int, width: int, degrees: float, zoom: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return which pixels of a face those of a view are blended from (bilinear; edges repeat).

    Places and shares of constant size, not `grid_sample`: they stay in the graph of an ONNX file.

    Returns:
        Places, int64, and their shares, float32, both of shape (4, height * width).
    """
    down = torch.arange(height, dtype=torch.float64)[:, None] - (height - 1) / 2
    across = torch.arange(width, dtype=torch.float64)[None] - (width - 1) / 2
    cosine, sine = (zoom * f(math.radians(degrees)) for f in (math.cos, math.sin))
    rows = (sine * across + cosine * down + (height - 1) / 2).clamp(0, height - 1).flatten()
    columns = (cosine * across - sine * down + (width - 1) / 2).clamp(0, width - 1).flatten()
    top, left = rows.floor().clamp(max=height - 2), columns.floor().clamp(max=width - 2)
    low, right = rows - top, columns - left
    first = (top * width + left).long()
    places = torch.stack([first, first + 1, first + width, first + width + 1])
    shares = [(1 - low) * (1 - right), (1 - low) * right, low * (1 - right), low * right]
    return places, torch.stack(shares).float()
