"""Taking results along from the Results page."""

import io

import pandas as pd

from core.services.experiments import find_run
from core.services.report.parts import Scope
from core.services.result_exports import ResultFormat, ResultKind, Wanted
from core.services.terms import Mask
from dashboard.components import downloads, reporting
from dashboard.components.findings import exporting, networks


def test_predictions_are_only_offered_as_tables(filled, open_page):
    page = open_page("results")
    assert not page.exception
    page.segmented_control(key="results_export_what").set_value(ResultKind.PREDICTIONS).run()
    assert page.segmented_control(key="results_export_predictions").options == ["CSV", "Parquet"]
    assert not page.exception


def test_a_download_holds_the_figures_or_the_predictions(filled, open_page):
    open_page("results")
    table = pd.read_csv(io.BytesIO(exporting.content([1, 2], Wanted())))
    assert set(table["slice"]) == {"all", "leak-free"}
    wanted = Wanted(kind=ResultKind.PREDICTIONS, form=ResultFormat.PARQUET)
    rows = pd.read_parquet(io.BytesIO(exporting.content([1], wanted)))
    assert len(rows) == 28


def test_a_network_of_the_chosen_runs_is_taken_along(open_page, filled, monkeypatch):
    page = open_page("results")
    assert page.selectbox(key="results_network").options == [
        "#1 Fast, no mask",
        "#2 Fast, eyes covered",
    ]
    monkeypatch.setattr(
        networks, "export_onnx", lambda _workspace, run_id, out: out.write_bytes(bytes([run_id]))
    )
    assert networks.content(2) == b"\x02"


def test_without_the_packages_for_it_a_page_says_what_to_install(open_page, filled, monkeypatch):
    monkeypatch.setattr(networks, "find_spec", lambda _: None)
    page = open_page("results")
    assert "[onnx]" in " ".join(info.value for info in page.info)


def test_runs_without_figures_there_are_left_out_of_files(filled, open_page):
    open_page("results")
    runs = [find_run(filled, run_id) for run_id in (1, 2, 3)]
    assert downloads.tested(runs, "all", None) == [1, 2]
    assert downloads.tested(runs, "all", Mask.EYES) == [2]
    assert downloads.tested(runs, "relabeled", None) == []


def test_a_report_is_of_the_images_and_the_mask_of_the_page(filled, open_page):
    open_page("results")
    html = reporting.content([2], Scope(slice_name="leak-free", test_mask=Mask.EYES)).decode()
    assert "feelingit report 2 --slice leak-free --mask eyes --out report.html" in html
