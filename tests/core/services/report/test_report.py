"""What a report says is what the services say, and the file asks nothing of any network."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import EmptySetError, ExportError, NotReadyError
from core.services import (
    class_tables,
    comparison,
    curation,
    datasets,
    outcomes,
    pooling,
    results,
    slice_figures,
    versions,
)
from core.services.baselines import less_baseline
from core.services.class_tables import Metric
from core.services.experiments import find_run
from core.services.presenting import class_cells
from core.services.presenting.comparison_cells import comparison_table
from core.services.presenting.confusion_cells import confusion_table
from core.services.report.contents import gather
from core.services.report.parts import Scope
from core.services.report.rendering import report_html
from core.services.report.writing import write_report
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Mask
from db.models import Dataset, Run

Fill = Callable[..., None]
HOSTILE = """<script>alert("1")</script>'&{{ 7*7 }}"""


@pytest.fixture
def changing(workspace: Workspace, fill: Fill) -> Workspace:
    fill(workspace)
    return workspace


@pytest.fixture(scope="module")
def html(filled: Workspace) -> str:
    return report_html(gather(filled, [1, 2]))


@pytest.fixture(scope="module")
def page(html: str, page_of):
    return page_of(html)


def cells(table) -> list[list[str]]:
    return [[cell.text for cell in line] for line in table.cells]


def numbers(rows: list[list[str]]) -> list[list[str]]:
    """The cells below the head and right of the names."""
    return [row[1:] for row in rows[1:]]


def test_heatmaps_are_the_pages(filled: Workspace, page):
    runs = [find_run(filled, run_id) for run_id in (1, 2)]
    for metric in (Metric.ACCURACY, Metric.PRECISION, Metric.F1):
        table = class_tables.class_table(filled, runs, metric)
        shown = page.table("heat", class_cells.METRIC_NOTES[metric])
        assert numbers(shown) == cells(class_cells.amounts(table, None))
    table = class_tables.class_table(filled, runs)
    found = less_baseline(filled, table, 0)
    less = class_cells.differences(table, found, None)
    assert numbers(page.table("heat", "orange is better")) == cells(less)
    (row,) = numbers(page.table("less", "with 95 % intervals"))
    assert row == [
        f"{100 * value:+.1f} {100 * low:+.1f} to {100 * high:+.1f}"
        for value, low, high in zip(found.values[1], found.low[1], found.high[1], strict=True)
    ]


def test_overall_figures_are_those_of_results(filled: Workspace, page):
    rows = page.table("overall")
    for row, run_id in zip(rows[1:], (1, 2), strict=True):
        result = results.run_result(filled, run_id)
        full, free = result.full.overall, result.leak_free.overall
        assert row[1] == f"{full.n} *"  # fewer than 30
        assert row[2].split()[0] == f"{100 * full.accuracy:.1f}"
        assert row[3].split()[0] == f"{100 * full.weighted_f1:.1f}"
        assert row[4] == f"{100 * full.macro_f1:.1f}"
        assert row[5] == f"{free.n} *"
        assert row[6].split()[0] == f"{100 * free.accuracy:.1f}"


def test_each_emotions_figures_stand_with_intervals_and_n(filled: Workspace, page):
    run = find_run(filled, 1)
    rows = page.table("figures", "#1 Fast, no mask")
    tables = [class_tables.class_table(filled, [run], metric)
              for metric in (Metric.ACCURACY, Metric.PRECISION, Metric.F1)]  # fmt: skip
    free = class_tables.class_table(filled, [run], slice_name="leak-free")
    for k, row in enumerate(rows[1:8], start=1):
        assert row[0] == EMOTIONS[k - 1].value.capitalize()
        assert row[1] == f"{tables[0].n[0, k]:.0f} *"  # four images are too few
        for cell, table in zip([*row[2:5], row[6]], [*tables, free], strict=True):
            value, low, high = (100 * a[0, k] for a in (table.values, table.low, table.high))
            assert cell == f"{value:.1f} {low:.1f} to {high:.1f}"
        assert row[5] == f"{free.n[0, k]:.0f} *"
    assert rows[8][0] == "All"


def test_confusion_is_the_pages(filled: Workspace, page):
    counts = slice_figures.confusion_of(filled, 1)
    shown = page.table("heat", "Per cent of each label")
    assert numbers(shown) == cells(confusion_table(counts, as_shares=True))
    assert numbers(page.table("heat", "numbers of faces")) == [
        [str(n) for n in line] for line in counts
    ]


def test_comparison_is_that_of_the_service(filled: Workspace, page):
    found = comparison.compare(filled, [1, 2])
    assert numbers(page.table("heat", "McNemar")) == cells(comparison_table(found))
    (pair,) = found.pairs
    rows = page.table("pair")
    assert rows[1][1].startswith(f"{100 * pair.accuracy.difference:+.2f} ")
    for row, emotion in zip(rows[2:], EMOTIONS, strict=True):
        recall, f1 = pair.recall[emotion], pair.f1[emotion]
        assert row[1] == " ".join([
            f"{100 * recall.difference:+.2f}",
            f"{100 * recall.low:+.2f} to {100 * recall.high:+.2f}",
        ])  # fmt: skip
        assert row[2:4] == [f"{p:.3f}" for p in (recall.p_value, recall.p_adjusted)]
        assert row[4].startswith(f"{100 * f1.difference:+.2f} ")


def test_the_studys_rows_stand_beside_ours(changing: Workspace, page_of):
    with changing.writing() as session:
        session.get(Run, 1).model = "vgg16-bn"
    page = page_of(report_html(gather(changing, [1])))
    (ours,) = pooling.pooled(changing, [find_run(changing, 1)])
    (row,) = page.table("study")[1:]
    assert row[1] == "58.25 %"
    assert row[2] == f"{100 * ours.accuracy:.2f} %"
    ends = [f"{100 * (end - 0.5825):+.1f}" for end in ours.accuracy_interval]
    assert row[3] == f"{100 * (ours.accuracy - 0.5825):+.2f} ({' to '.join(ends)})"
    assert row[7] == "#1, n = 28, too few for a statement"


def test_counts_are_the_overviews_while_nothing_changed_since(filled: Workspace, page):
    rows = page.table("counts")
    counts = datasets.counts(filled, 1)
    for row, emotion in zip(rows[2:9], EMOTIONS, strict=True):
        of_emotion = [c for c in counts if c.emotion is emotion]
        sums = [sum(getattr(c, name) for c in of_emotion) for name in ("original", "current")]
        told = [n for c in of_emotion for n in (c.original, c.current)]
        assert row[1:] == [str(n) for n in [*told, *sums]]
    assert rows[-1][-2:] == ["56", "56"]


def test_calibration_and_provenance_are_told(filled: Workspace, page):
    found = slice_figures.calibration_of(filled, 1)
    assert page.table("pairs", "Calibration")[0][1] == f"{100 * found.expected_error:.1f} %"
    text = " ".join(page.texts)
    run = find_run(filled, 1)
    assert run.version in text
    assert "feelingit train --version" in text
    assert "feelingit report 1 2 --out report.html" in text


def test_the_file_is_well_formed_and_asks_nothing_of_any_network(html: str, page):
    assert html.startswith("<!doctype html>")
    assert not {"script", "link", "iframe", "object", "base", "form"} & set(page.tags)
    for name, value in page.attributes:
        assert not name.startswith("on")
        if name in ("src", "href", "xlink:href", "srcset", "action"):
            assert value.startswith(("#", "data:image/png;base64,"))
        assert "://" not in value
    assert not re.search(r"url\(|@import|https?:", html)
    assert "default-src 'none'" in dict(page.attributes).values() or "default-src 'none'" in html


def test_links_lead_to_parts_that_are_there(page):
    places = {value for name, value in page.attributes if name == "id"}
    assert {value[1:] for name, value in page.attributes if name == "href"} <= places


def test_every_text_that_somebody_typed_is_escaped(changing: Workspace, page_of):
    curation.label(changing, 1, Emotion.SAD, annotator=HOSTILE)
    curation.drop(changing, 2, annotator="ada", reason=HOSTILE)
    version = versions.freeze(changing, "faces")
    with changing.writing() as session:
        session.get(Dataset, 1).name = HOSTILE
        run = session.get(Run, 1)
        run.version_id = version.id
        run.config = {**run.config, "weights": HOSTILE}
        run.provenance = {"device": HOSTILE, "packages": {HOSTILE: HOSTILE}, "host": "secret"}
    html = report_html(gather(changing, [1]))
    page = page_of(html)
    assert "script" not in page.tags
    assert "<script>alert" not in html
    assert HOSTILE in "".join(page.texts)
    assert "49" not in re.findall(r"&\w+;(49)", html)
    assert "secret" not in html


def test_what_cannot_be_compared_says_why(changing: Workspace, page_of):
    fewer = results.predictions(changing, 2)[1:]
    outcomes.record_outcome(changing, 2, fewer)
    report = gather(changing, [1, 2])
    assert report.comparison.found is None
    text = " ".join(page_of(report_html(report)).texts)
    assert "tested on 28 images and run 2 on 27, of which 27 are the same" in text


def test_figures_of_a_slice_are_the_services_on_it(filled: Workspace, page_of):
    scope = Scope(slice_name="leaked")
    page = page_of(report_html(gather(filled, [1, 2], scope=scope)))
    runs = [find_run(filled, run_id) for run_id in (1, 2)]
    table = class_tables.class_table(filled, runs, slice_name="leaked")
    shown = page.table("heat", "Accuracy of an emotion")
    assert numbers(shown) == cells(class_cells.amounts(table, None))
    counts = slice_figures.confusion_of(filled, 1, slice_name="leaked")
    assert numbers(page.table("heat", "numbers of faces")) == [
        [str(n) for n in line] for line in counts
    ]
    found = comparison.compare(filled, [1, 2], slice_name="leaked")
    assert numbers(page.table("heat", "McNemar")) == cells(comparison_table(found))
    text = " ".join(page.texts)
    assert "With a twin in training" in text
    assert "feelingit report 1 2 --slice leaked --out report.html" in text
    with pytest.raises(EmptySetError, match="tag:hat"):
        gather(filled, [1], scope=Scope(slice_name="tag:hat"))


def test_figures_under_another_mask_need_to_be_there(changing: Workspace, page_of):
    scope = Scope(test_mask=Mask.EYES)
    with pytest.raises(NotReadyError, match="feelingit evaluate 1 --mask eyes"):
        gather(changing, [1, 2], scope=scope)
    rows = results.predictions(changing, 1)
    wrong = rows.assign(mask="eyes", predicted="fear")
    outcomes.record_outcome(changing, 1, wrong)
    page = page_of(report_html(gather(changing, [1, 2], scope=scope)))
    assert page.table("overall")[1][2].startswith("14.3 ")
    assert "feelingit report 1 2 --mask eyes --out report.html" in " ".join(page.texts)


def test_one_run_is_compared_with_nothing(filled: Workspace, page_of):
    report = gather(filled, [1, 1])
    assert report.comparison is None
    assert not any(part.differences for part in report.figures)
    assert "comparison" not in dict(page_of(report_html(report)).attributes).values()


def test_every_step_is_told(filled: Workspace):
    told: list[tuple[int, int]] = []
    gather(filled, [1, 2], on_progress=lambda done, total, what: told.append((done, total)))
    assert told == [(done, 6) for done in range(6)]


def test_a_report_is_whole_or_not_there_and_overwrites_nothing(filled: Workspace, tmp_path: Path):
    n_bytes = write_report(filled, [1], tmp_path / "a.html")
    assert (tmp_path / "a.html").stat().st_size == n_bytes
    with pytest.raises(ExportError, match="exists already"):
        write_report(filled, [1], tmp_path / "a.html")
    with pytest.raises(NotReadyError):
        write_report(filled, [3], tmp_path / "b.html")
    with pytest.raises(EmptySetError, match="needs a finished run"):
        write_report(filled, [], tmp_path / "b.html")
    assert [path.name for path in tmp_path.glob("*.html*")] == ["a.html"]


def test_seeds_share_figures_with_their_spread(changing: Workspace, page_of):
    outcomes.record_outcome(changing, 2, results.predictions(changing, 2).assign(mask="none"))
    with changing.writing() as session:
        run = session.get(Run, 2)
        run.mask, run.seed = "none", 1
        run.config = {**run.config, "mask": "none", "seed": 1}
    report = gather(changing, [1, 2])
    full, _ = report.sets
    assert [run.id for run in full.runs] == [1, 2]
    spread = full.overall.accuracy.spread
    row = page_of(report_html(report)).table("overall")[1]
    assert row[0] == "Fast, no mask, 2 seeds"
    assert f"\N{PLUS-MINUS SIGN} {100 * spread:.1f} " in row[2]
