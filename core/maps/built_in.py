"""The human maps that come with FeelingIt."""

from collections.abc import Callable, Mapping

from core.maps.anatomy import du2014, facs
from core.maps.human import HumanMaps
from core.maps.measured import wegrzyn2017

BUILT_IN: Mapping[str, Callable[[], HumanMaps]] = {
    "wegrzyn2017": wegrzyn2017,
    "du2014": du2014,
    "facs": facs,
}
"""By key, the measured one first. Called, each gives the same maps every time."""

DEFAULT_KEY = "wegrzyn2017"
