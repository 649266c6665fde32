"""Testing a trained network under one mask after another."""

from collections.abc import Callable, Sequence

import pandas as pd
from torch import nn

from core.configs import TrainConfig
from core.images.faces import FaceSet
from core.metrics.predictions import prediction_table
from core.ml.evaluation import probabilities
from core.quality.partition import Partition
from db.enums import Mask


def tested(
    model: nn.Module,
    faces: FaceSet,
    parts: Partition,
    config: TrainConfig,
    masks: Sequence[Mask],
    *,
    on_mask: Callable[[int, Mask], None],
) -> pd.DataFrame:
    """Return a network's predictions of the test faces, a block of rows for each mask.

    Args:
        model: A network from `load` or `train`.
        faces: The frozen set.
        parts: Who is tested.
        config: How the network was trained.
        masks: One or more, none of them random.
        on_mask: Called before each mask with the number of those done. It may raise.

    Raises:
        MissingLandmarksError: If a mask follows landmarks and the faces have none.
    """
    chosen = faces.at(parts.test)
    blocks: list[pd.DataFrame] = []
    for mask in masks:
        on_mask(len(blocks), mask)
        shares = probabilities(model, chosen, config, mask=mask)
        blocks.append(
            prediction_table(
                chosen.image_ids, chosen.labels, shares, leak_free=parts.leak_free, mask=mask
            )
        )
    return pd.concat(blocks, ignore_index=True)
