"""What commands print: one JSON document or tables on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout instead of tables.")
]
Annotator = Annotated[
    str, typer.Option("--annotator", envvar="FEELINGIT_ANNOTATOR", help="Who does this.")
]


def emit_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")


def emit_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on stdout; columns of numbers are aligned to the right."""
    table = Table(title=title, title_justify="left", header_style="bold")
    cells = [[_cell(value) for value in row] for row in rows]
    for index, column in enumerate(columns):
        is_number = all(_is_number(row[index]) for row in cells) and bool(cells)
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(value) for value in row))
    Console().print(table)


def emit_line(text: str) -> None:
    """Print one line on stdout, as it is."""
    Console().print(Text(text), soft_wrap=True)


def say(text: str) -> None:
    """Print one line on stderr, as it is."""
    Console(stderr=True).print(Text(text), soft_wrap=True)


def percent(share: float | None) -> str:
    """Return a share 0..1 as a percentage with two decimals; a dash for None."""
    return "-" if share is None else f"{100 * share:.2f}%"


def size(n_bytes: int) -> str:
    """Return an amount of bytes as a person would say it, `1.2 GB`."""
    if n_bytes < 1e6:
        return f"{n_bytes / 1e3:.0f} kB"
    return f"{n_bytes / 1e6:.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"


@contextmanager
def progress_bar(what: str) -> Iterator["Bar"]:
    """Yield a progress bar on stderr."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, what)


class Bar:
    """A progress bar whose total may become known late."""

    def __init__(self, progress: Progress, what: str) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=None)

    def update(self, done: float, total: float | None, what: str | None = None) -> None:
        """Show how much is done, of how much where that is known."""
        self._progress.update(self._task, completed=done, total=total)
        if what is not None:
            self._progress.update(self._task, description=what)


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)


def _is_number(cell: str) -> bool:
    return cell.rstrip("%").replace(",", "").replace(".", "").replace("-", "").isdigit() or not cell
