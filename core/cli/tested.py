"""The options that say which test images, under which mask, a command speaks of."""

from typing import Annotated

import typer

from db.enums import Mask

SliceName = Annotated[
    str,
    typer.Option("--slice", help="Which test images: all, leak-free, relabeled, tag:NAME ..."),
]
TestMask = Annotated[
    Mask | None, typer.Option(help="Test mask of all runs; each run's own when not given.")
]
