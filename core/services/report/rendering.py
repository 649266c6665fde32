"""A report as one HTML page: styles and charts within, every text escaped."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from core.metrics.study import SOURCE
from core.services.presenting import class_cells, wording
from core.services.presenting.comparison_cells import comparison_table
from core.services.presenting.confusion_cells import confusion_table
from core.services.presenting.score_words import HEADS
from core.services.presenting.study_words import less, runs_words
from core.services.report import charts, texts
from core.services.report.cleaning import SPLITS
from core.services.report.looking import picture
from core.services.report.parts import Report
from core.services.report.provenance import data_commands
from core.services.slicing import SMALLEST_N, is_too_small
from db.enums import EMOTIONS


def report_html(report: Report) -> str:
    """Return a report as HTML that asks nothing of any network."""
    return _environment().get_template("report.html").render(
        report=report,
        style=_resource("report.css"),
        feelingit=version("feelingit"),
    )  # fmt: skip


@cache
def _environment() -> Environment:
    """Return the templates with what they call; a name that does not exist is an error."""
    environment = Environment(
        loader=FunctionLoader(_resource), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(
        number=wording.number, percent=wording.percent, counted=wording.counted,
        title_of=wording.title, value=texts.value, interval=texts.interval, spread=texts.spread,
        points=texts.points, p_value=texts.p_value, between=texts.between,
    )  # fmt: skip
    environment.globals.update(
        EMOTIONS=EMOTIONS, SPLITS=SPLITS, SMALLEST_N=SMALLEST_N, SOURCE=SOURCE, SCORE_HEADS=HEADS,
        wording=wording, texts=texts, charts=charts, class_cells=class_cells,
        comparison_table=comparison_table, confusion_table=confusion_table,
        data_commands=data_commands, is_too_small=is_too_small, less=less, picture=picture,
        runs_words=runs_words,
    )  # fmt: skip
    return environment


def _resource(name: str) -> str:
    """Return the text of a file beside this module."""
    return files("core.services.report").joinpath(name).read_text(encoding="utf-8")
