"""The figures of the study that FeelingIt reproduces, as it printed them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from db.enums import Mask, ModelName

SOURCE = (
    "The study's tables of VGG-16 and ResNet-50 on the Kaggle face expression recognition set: "
    "overall accuracy and weighted F1, one run each, no intervals given."
)

PER_CLASS = (
    "The study's figures per emotion are not in what FeelingIt was given, so only these two stand "
    "beside ours; ours per emotion are under Per emotion."
)


@dataclass(frozen=True)
class StudyRow:
    """One network of the study: what was covered and the figures it reports, shares 0..1."""

    model: ModelName
    mask: Mask
    accuracy: float
    weighted_f1: float


def study_rows() -> tuple[StudyRow, ...]:
    """Return the study's rows in its order: each network plain, its baseline, then each mask.

    Its baseline is batch normalisation with dropout 0.3: `vgg16-bn` and `resnet50-reg` here.
    """
    return tuple(_rows())


def _rows() -> Iterator[StudyRow]:
    with files("core.metrics").joinpath("study_tables.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            yield StudyRow(
                model=ModelName(line["model"]),
                mask=Mask(line["mask"]),
                accuracy=float(line["accuracy"]),
                weighted_f1=float(line["weighted_f1"]),
            )
