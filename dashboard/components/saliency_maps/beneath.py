"""The faces that human maps are drawn on: the mean faces of the newest run that has maps."""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from core.maps.colouring import grey
from core.services.map_columns import MapColumn, column_maps
from core.services.saliency import computed
from core.services.terms import Emotion, Mask, RunRow
from core.workspace import Workspace
from dashboard.components.faces import data_url

Faces = Mapping[Emotion, NDArray[np.float64]]
"""float64, shape (48, 48), 0 black to 255 white, of emotions that have one."""

_SIDE_PX = 384


def mean_faces(workspace: Workspace, runs: list[RunRow]) -> Faces:
    """Return mean faces, uncovered ones if there are any; empty where no run has maps."""
    newest = sorted(runs, key=lambda run: (run.mask is not Mask.NONE, -run.id))
    for run in newest:
        methods = computed(workspace, run.id)
        if methods:
            return column_maps(workspace, MapColumn.of_run(run.id, methods[0])).faces
    return {}


def urls(faces: Faces) -> dict[Emotion, str]:
    """Return faces as PNG data URLs, smoothly enlarged."""
    return {emotion: data_url(_png(face)) for emotion, face in faces.items()}


def _png(face: NDArray[np.float64]) -> bytes:
    return cv2.imencode(".png", grey(face, side_px=_SIDE_PX))[1].tobytes()
