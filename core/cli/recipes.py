"""The settings of a training run as options of a command."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from core.configs import Protocol, Setting, settings_of
from core.errors import ConfigError
from db.enums import Mask, ModelName

VersionOption = Annotated[
    str | None, typer.Option(help="Version to train on, from `feelingit freeze`.")
]
ModelOption = Annotated[ModelName | None, typer.Option(help="The network; fast if unsaid.")]
MaskOption = Annotated[
    Mask | None, typer.Option(help="What is covered in training; nothing if unsaid.")
]
TestMaskOption = Annotated[
    list[Mask] | None, typer.Option(help="Test under this mask too; any number of times.")
]
SeedOption = Annotated[
    int | None, typer.Option(help="Same seed, same result on a CPU; 0 if unsaid.")
]
EpochsOption = Annotated[int | None, typer.Option(help="At most this many epochs.")]
ImageSizeOption = Annotated[int | None, typer.Option(help="Side of the faces in pixels.")]
ProtocolOption = Annotated[
    Protocol | None, typer.Option(help="Who is trained on, who chooses and who is tested.")
]
WeightsOption = Annotated[
    Path | None, typer.Option(help="Initial weights: a safetensors file or a state_dict.")
]
TeacherOption = Annotated[
    int | None, typer.Option(help="Imitate this run, which is shown uncovered faces.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any setting of the recipe, NAME=VALUE; any number of times."),
]
LikeOption = Annotated[
    int | None, typer.Option(help="Train as this run did, but for what else is given.")
]


def settings(pairs: Iterable[str]) -> dict[str, Setting]:
    """Return settings given as NAME=VALUE; what is no such pair is wrong usage."""
    try:
        return settings_of(pairs)
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from None


def given(**asked: Setting | Path) -> dict[str, Setting]:
    """Return the options that were given; paths whole, for a job runs elsewhere."""
    return {
        name: str(value.expanduser().resolve()) if isinstance(value, Path) else value
        for name, value in asked.items()
        if value is not None and value != []
    }
