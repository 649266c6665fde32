"""The kinds of masks: bands covered, bands cut off, parts found by landmarks, and controls."""

from collections.abc import Mapping
from enum import StrEnum

from db.enums import Mask

CONTROL_PREFIX = "ctl-"


class MaskFamily(StrEnum):
    """What masks of one kind have in common."""

    BANDS = "bands"
    CROPS = "crops"
    LANDMARK = "landmark"
    CONTROLS = "controls"


BANDS = (Mask.FOREHEAD, Mask.EYES, Mask.MOUTH)
CROPS = (Mask.CROP_FOREHEAD, Mask.CROP_EYES, Mask.CROP_MOUTH)
LANDMARK = (
    Mask.LM_FOREHEAD,
    Mask.LM_BROWS,
    Mask.LM_EYES,
    Mask.LM_NOSE,
    Mask.LM_MOUTH,
    Mask.SURGICAL,
    Mask.SUNGLASSES,
)
CONTROLS = tuple(mask for mask in Mask if mask.value.startswith(CONTROL_PREFIX))

FAMILIES: Mapping[MaskFamily, tuple[Mask, ...]] = {
    MaskFamily.BANDS: BANDS,
    MaskFamily.CROPS: CROPS,
    MaskFamily.LANDMARK: LANDMARK,
    MaskFamily.CONTROLS: CONTROLS,
}


def subject(mask: Mask) -> Mask:
    """Return the mask that a control is the control of; any other mask itself."""
    return Mask(mask.value.removeprefix(CONTROL_PREFIX))


def needs_landmarks(mask: Mask) -> bool:
    """Return whether a mask follows each face's landmarks, itself or what it is a control of."""
    return subject(mask) in LANDMARK
