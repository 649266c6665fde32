"""Which part of a face is covered, and covering it: one path for training, tests and previews."""

from core.images.masks.bands import STUDY_ROWS, STUDY_SIDE_PX, kept_rows, mask_rows
from core.images.masks.covering import MID_GREY, cover, cover_faces, mask_array, restored
from core.images.masks.families import (
    BANDS,
    CONTROLS,
    CROPS,
    FAMILIES,
    LANDMARK,
    MaskFamily,
    needs_landmarks,
    subject,
)

__all__ = [
    "BANDS",
    "CONTROLS",
    "CROPS",
    "FAMILIES",
    "LANDMARK",
    "MID_GREY",
    "STUDY_ROWS",
    "STUDY_SIDE_PX",
    "MaskFamily",
    "cover",
    "cover_faces",
    "kept_rows",
    "mask_array",
    "mask_rows",
    "needs_landmarks",
    "restored",
    "subject",
]
