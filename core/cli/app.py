"""The `feelingit` command: every command in one place, every error in one sentence."""

import sys
from typing import Annotated

import typer

from core.cli import (
    cleaning,
    comparing,
    copies,
    covering,
    crossing,
    data,
    exporting,
    faithfulness,
    grids,
    issues,
    landmarks,
    running,
    saliency,
    serving,
    tags,
    tiles,
    training,
    versioning,
    voting,
)
from core.cli.output import say
from core.errors import FeelingItError

app = typer.Typer(
    help="Clean a set of face images, train with parts of the face covered, and see what the "
    "network looks at.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback when something fails.")
    ] = False,
) -> None:
    """Take the options that come before a command."""
    del debug  # main() looks for it itself, since it must know it outside of any command


MODULES = (
    data,
    copies,
    cleaning,
    tags,
    voting,
    issues,
    landmarks,
    versioning,
    training,
    grids,
    comparing,
    covering,
    crossing,
    exporting,
    running,
    saliency,
    tiles,
    faithfulness,
    serving,
)
for module in MODULES:
    for command in module.COMMANDS:
        app.command()(command)


def main() -> None:
    """Run the command line; exit 0 done, 1 a FeelingIt error in one sentence, 2 wrong usage."""
    debug = "--debug" in sys.argv[1:]
    try:
        app(prog_name="feelingit")  # under any name that it was started by
    except FeelingItError as error:
        if debug:
            raise
        say(str(error))
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        say(
            f"FeelingIt failed unexpectedly ({type(error).__name__}: {error}); "
            "run `feelingit --debug ...` to see where."
        )
        sys.exit(1)
