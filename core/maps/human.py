"""What people look at, or where their faces move, for each emotion: the record that all keep to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.errors import HumanMapError
from core.maps.run_maps import MAP_SIDE
from db.enums import EMOTIONS, Emotion

Picture = NDArray[np.float64]
"""float64, shape (48, 48), on the canonical face."""


@dataclass(frozen=True, kw_only=True, eq=False)
class HumanMaps:
    """One source's maps of the emotions on the canonical face.

    All are as soft as `canonical.soften` makes them, so they are compared with softened maps.

    Attributes:
        key: Names the source in addresses and commands.
        title: Names it for people, in a few words.
        source: Where the maps come from: a sentence with the paper.
        licence: Under which terms.
        limits: What they cannot say.
        maps: Of each emotion that has one, float64, shape (48, 48), read-only: as measured or
            drawn, in any unit, so a place may be below 0.
        ceiling: Of emotions for which it was measured, how well one half of the human data
            correlates with the other, -1..1: no network can be expected to do much better.
    """

    key: str
    title: str
    source: str
    licence: str
    limits: str
    maps: Mapping[Emotion, Picture]
    ceiling: Mapping[Emotion, float] = field(default_factory=dict)

    @property
    def emotions(self) -> tuple[Emotion, ...]:
        """Return the emotions that have a map, in their usual order."""
        return tuple(emotion for emotion in EMOTIONS if emotion in self.maps)

    def raw(self, emotion: Emotion) -> Picture:
        """Return a map as measured: float64, shape (48, 48), any range, read-only.

        Raises:
            HumanMapError: If this source has none for the emotion.
        """
        if emotion not in self.maps:
            raise HumanMapError(
                f"There is no human map for {emotion} in {self.title}; choose another emotion "
                "or another source of human maps."
            )
        return self.maps[emotion]

    def distribution(self, emotion: Emotion) -> Picture:
        """Return the part of a map above 0 as shares: float64, shape (48, 48), >= 0, sum 1.

        Raises:
            HumanMapError: If this source has none for the emotion.
        """
        above = np.maximum(self.raw(emotion), 0.0)
        return np.asarray(above / above.sum(), dtype=np.float64)


def is_usable(picture: NDArray[np.floating]) -> bool:
    """Return whether a map can be compared with: finite, not the same everywhere, some above 0."""
    return bool(
        picture.shape == (MAP_SIDE, MAP_SIDE)
        and np.isfinite(picture).all()
        and np.ptp(picture) > 0
        and picture.max() > 0
    )


def read_only(picture: Picture) -> Picture:
    """Return the map itself, locked: built-in maps are shared by all who ask for them."""
    picture.flags.writeable = False
    return picture
