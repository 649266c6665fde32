"""Photographs of any size, as people have them: turned upright, scaled down, in colour."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.errors import UnreadableImageError
from core.images.decoding import FORMATS, PIL_ERRORS

MOST_SIDE_PX = 1280  # a face of a tenth of it still has more pixels than any network takes
MOST_PIXELS = 89_000_000  # Pillow warns of more; a quarter of a gigabyte while it is read


def read_picture(content: bytes) -> NDArray[np.uint8]:
    """Return a picture as uint8, shape (height, width, 3), red, green, blue, 0..255.

    An EXIF orientation is applied, transparency is ignored, 16-bit grey keeps its upper 8 bits, of
    an animation the first frame counts. What is larger than 1,280 px a side is scaled down.

    Raises:
        UnreadableImageError: If the bytes are no image, cut off, or of more than 89 megapixels
            (known from the header, before anything is decoded).
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise Image.DecompressionBombError
            image.draft("RGB", (MOST_SIDE_PX, MOST_SIDE_PX))  # a JPEG is decoded no larger
            ImageOps.exif_transpose(image, in_place=True)
            return np.asarray(_shrunk(_in_colour(image)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableImageError(
            f"The picture has more than {MOST_PIXELS // 10**6} megapixels; make it smaller first."
        ) from error
    except PIL_ERRORS as error:
        kinds = ", ".join(FORMATS)
        raise UnreadableImageError(f"Not a picture that can be read ({kinds}).") from error


def grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture's lightness, as `decode` makes it: uint8, shape (height, width)."""
    return np.asarray(Image.fromarray(picture).convert("L"))


def _in_colour(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # Pillow would cut 16 bits off at 255
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image.convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    if max(image.size) > MOST_SIDE_PX:
        image.thumbnail((MOST_SIDE_PX, MOST_SIDE_PX), Image.Resampling.BOX, reducing_gap=2.0)
    return image
