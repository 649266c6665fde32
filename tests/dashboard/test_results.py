"""The pages Results and Compare: links with plain names, differences, slices, what is open."""

import pytest

from core.services import jobs
from core.workspace import Workspace
from db.enums import JobKind

pytestmark = pytest.mark.usefixtures("filled")


def captions(page) -> str:
    return " ".join(caption.value for caption in page.caption)


def queries(page) -> dict[str, str]:
    """Return the query of each link to another page by the link's words."""
    return {link.proto.label: link.proto.query_string for link in page.get("page_link")}


def test_a_link_by_hand_names_run_slice_figure_and_part_as_they_are(open_page):
    page = open_page(
        "results", results_baseline="1", results_slice="leak-free", results_metric="f1"
    )
    assert page.selectbox("results_baseline").value == 1
    assert page.selectbox("results_slice").value == "leak-free"
    assert page.session_state["results_metric"] == "f1"
    assert "paired, as both were asked about the same faces" in captions(page)


def test_the_words_of_a_choice_are_understood_too(open_page):
    page = open_page("results", results_part="Confusion and errors")
    assert page.session_state["results_part"] == "confusion"


def test_a_link_that_names_nothing_there_is_shows_the_first_choice(open_page):
    page = open_page("results", results_baseline="99", results_slice="tag:hat", rows_mask="none")
    assert not page.exception
    assert page.selectbox("results_slice").value == "all"
    assert page.multiselect("rows_mask").value == ["none"]


def test_what_is_chosen_is_in_the_address_and_the_usual_is_not(open_page):
    page = open_page("results")
    page.selectbox("results_slice").set_value("leak-free").run()
    assert page.query_params["results_slice"] == "leak-free"
    page.selectbox("results_slice").set_value("all").run()
    assert "results_slice" not in page.query_params


def test_seeds_apart_is_a_switch_in_the_address(open_page):
    page = open_page("results", results_pooled="0")
    assert page.toggle("results_pooled").value is False
    page.toggle("results_pooled").set_value(True).run()
    assert "results_pooled" not in page.query_params


def test_slices_are_offered_with_their_n_and_small_ones_say_so(open_page):
    options = open_page("results").selectbox("results_slice").options
    assert options[0] == "All test images, n 28, too few"
    assert options[3] == "Relabeled, n 0"


def test_an_open_row_leads_to_its_test_against_the_baseline(open_page):
    page = open_page("results", results_baseline="1", cell="2-fear")
    assert not page.exception
    links = queries(page)
    assert links["Test #2 against #1"] == "dataset=faces&compare_runs=1%2C2"


def test_rows_are_chosen_by_any_field_in_which_runs_differ(open_page):
    page = open_page("results")
    assert [box.key for box in page.multiselect] == ["rows_mask", "rows_run"]
    page.multiselect("rows_mask").set_value(["eyes"]).run()
    assert page.query_params["rows_mask"] == "eyes"
    assert not page.exception


@pytest.mark.parametrize("part", ["emotions", "confusion", "masks", "calibration", "study"])
def test_every_part_opens_on_a_slice(open_page, part):
    page = open_page("results", results_part=part, results_slice="leak-free")
    assert not page.exception
    assert not page.error


def test_a_slice_without_images_says_so(open_page):
    page = open_page("results", results_slice="relabeled")
    assert page.info[0].value == "No test image is in this slice yet. Choose other test images."


def test_the_runs_that_are_compared_are_in_the_address(open_page, filled: Workspace):
    page = open_page("compare", compare_runs="2,1", cell="2-1-fear")
    assert page.multiselect("compare_runs").value == [2, 1]
    assert "of #2 and #1 labelled fear" in " ".join(text.value for text in page.markdown)
    page.multiselect("compare_runs").set_value([2]).run()
    assert page.query_params["compare_runs"] == "2"
    assert "choose 2 to 6" in page.info[0].value


def test_a_mask_that_a_run_was_not_tested_with_is_said_in_one_sentence(open_page):
    page = open_page("compare", compare_test_mask="eyes")
    assert page.info[0].value.startswith("Run 1 was not tested with mask eyes")
    assert not page.exception


def test_one_press_queues_what_the_matrix_of_masks_lacks(open_page, filled, monkeypatch):
    monkeypatch.setattr("dashboard.components.findings.crossed.ensure_supervisor", lambda _: False)
    page = open_page("results", results_part="masks", crossed="1-none")
    assert "Covered in testing: **no mask**" in [text.value for text in page.markdown]
    page.button("results_crossed_fill").click().run()
    assert not page.exception
    waiting = [job for job in jobs.unfinished(filled) if job.kind is JobKind.EVALUATE]
    assert [job.payload["run"] for job in waiting] == [1, 2]
    assert "4 tests of these wait or run already." in captions(page)
    assert "results_crossed_fill" not in [button.key for button in page.button]


def test_the_way_to_relabel_keeps_slice_and_mask(open_page):
    page = open_page("results", results_slice="leak-free", results_test_mask="none", cell="1-fear")
    query = queries(page)["Relabel the wrong ones among them"]
    assert "run=1&true=fear&slice=leak-free&test_mask=none" in query


def test_a_cell_of_errors_is_narrowed_to_those_that_annotators_call_right(open_page):
    page = open_page("results", results_part="confusion", taken="fear-sad", results_backed="1")
    assert page.toggle("results_backed").value is True
    assert "Relabel the wrong ones whether annotators agree or not" in queries(page)
    assert "No test face is like that." in captions(page)
    page = open_page("results", results_part="confusion", taken="fear-fear")
    assert "results_backed" not in [toggle.key for toggle in page.toggle]


def test_small_slices_say_so_beside_every_figure(open_page):
    assert "Too few for a statement." in captions(open_page("results", results_part="confusion"))
    assert "too few for a statement" in captions(open_page("results", results_part="calibration"))
    assert "Too few for a statement." in captions(open_page("compare"))


def test_the_table_of_runs_follows_the_chosen_images(open_page):
    whole, part = (
        open_page("results", results_slice=s).dataframe[0].value for s in ("all", "leaked")
    )
    assert list(whole["n"]) == [28, 28]
    assert list(part["n"] + part["Leak-free n"]) == [28, 28]


def test_a_run_that_was_not_tested_under_the_mask_is_said_in_one_sentence(open_page):
    page = open_page("results", results_part="confusion", results_test_mask="eyes")
    assert page.info[0].value.startswith("Run 1 was not tested with mask eyes; do it with")
    assert not page.exception


def test_a_run_whose_predictions_are_gone_takes_no_page_down(open_page, filled: Workspace):
    for run_id in (1, 2):
        (filled.run_dir(run_id) / "predictions.parquet").unlink()
    assert not open_page("results").exception
    assert not open_page("compare").exception
