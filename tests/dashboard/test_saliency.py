"""The Saliency page: maps, what is missing, human maps of one's own."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.maps.tile_trials import RunTiles
from core.services import jobs, saliency, tiles
from core.services.human_maps import Disc, own_keys, save_own
from core.services.terms import Emotion, JobKind, SaliencyMethod
from core.workspace import Workspace
from dashboard.components import map_desk, map_panel
from db.enums import JobStatus
from db.models import Job
from db.rows import JobRow

OpenPage = Callable[..., AppTest]
FIRST, SECOND = "#1 Fast, no mask: Grad-CAM", "#2 Fast, eyes covered: Grad-CAM"


def text(page: AppTest) -> str:
    return " ".join(one.value for one in [*page.markdown, *page.caption, *page.info])


def end(workspace: Workspace, job: JobRow, status: JobStatus, error: str | None = None) -> None:
    with workspace.writing() as session:
        found = session.get(Job, job.id)
        found.status, found.error = status, error


def test_without_a_finished_run_the_way_is_to_experiments(
    open_page: OpenPage, workspace: Workspace, add_faces: Callable[..., int]
):
    add_faces([("train", Emotion.SAD, 1)])
    page = open_page("saliency")
    assert "There is no trained network" in text(page)
    assert not page.exception


def test_networks_stand_beside_people_with_scores_and_what_is_missing(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    page = open_page("saliency")
    assert page.multiselect("saliency_columns").value == [
        "1.grad_cam", "2.grad_cam", "human.wegrzyn2017",
    ]  # fmt: skip
    data = drawn[-1]
    assert [column["name"] for column in data["columns"]][:3] == [
        "Mean face", "#1 Fast, no mask", "#2 Fast, eyes covered",
    ]  # fmt: skip
    assert "6 x 6 cells, landmarks in" in data["columns"][1]["note"]
    angry = data["cells"][0]
    assert angry[1]["words"][0].startswith("r ")
    assert angry[1]["words"][-1] == "n 4, too few"
    assert (angry[2]["gap"], angry[3]["words"]) == ("not computed", ["people r 0.65"])
    assert "Not computed yet: Grad-CAM of run 2" in text(page)
    table = page.dataframe[0].value
    assert "People with people (noise ceiling)" in list(table["Maps"])


def test_maps_that_follow_no_landmarks_say_so(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    maps = saliency.run_maps(filled, 1, SaliencyMethod.GRAD_CAM)
    maps.is_detected[:] = False
    saliency.record_run_maps(filled, 1, SaliencyMethod.GRAD_CAM, maps)
    open_page("saliency")
    assert "aligned by the template" in drawn[-1]["columns"][1]["note"]


def test_missing_maps_are_queued_watched_and_shown(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    page = open_page("saliency")
    page.button("saliency_compute").click().run()
    job = jobs.jobs(filled)[0]
    assert (job.kind, job.payload) == (JobKind.SALIENCY, {"run": 2, "method": "grad_cam"})
    assert "are being computed" in text(page)
    assert drawn[-1]["cells"][0][2]["gap"] == "being computed"
    maps = saliency.run_maps(filled, 1, SaliencyMethod.GRAD_CAM)
    saliency.record_run_maps(filled, 2, SaliencyMethod.GRAD_CAM, maps)
    end(filled, job, JobStatus.DONE)
    page.run()
    assert drawn[-1]["cells"][0][2]["steps"]


def test_why_the_last_try_failed_is_said(open_page: OpenPage, filled: Workspace):
    end(filled, saliency.enqueue_saliency(filled, 2), JobStatus.FAILED, "out of memory")
    assert "The last try for run 2 failed: out of memory" in text(open_page("saliency"))


def test_several_runs_and_methods_are_queued_at_once(open_page: OpenPage, filled: Workspace):
    page = open_page("saliency")
    page.multiselect("saliency_more_runs").set_value([1, 2])
    page.button_group("saliency_more_methods").set_value(["Grad-CAM", "Gradient"]).run()
    page.button("saliency_more_queue").click().run()
    queued = [job.payload for job in jobs.unfinished(filled) if job.kind is JobKind.SALIENCY]
    assert queued == [
        {"run": 2, "method": "grad_cam"},
        {"run": 1, "method": "gradient"},
        {"run": 2, "method": "gradient"},
    ]


def test_a_link_brings_back_columns_rows_and_look(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    open_page(
        "saliency", saliency_emotion="angry", saliency_strength="40", saliency_colours="magma",
        saliency_outlines="true", saliency_outcome="right", zoom="2,0.1,0.3",
    )  # fmt: skip
    data = drawn[-1]
    assert [row["title"] for row in data["rows"]] == ["Angry"]
    assert (data["strength"], data["outlines"], data["zoom"]) == (0.4, True, [2.0, 0.1, 0.3])
    n = data["cells"][0][1]["words"][-1].removeprefix("n ").removesuffix(", too few")
    assert int(n) < 4


def test_a_zoom_that_cannot_be_read_is_none(open_page: OpenPage, filled, drawn: list[dict]):
    open_page("saliency", zoom="a,b")
    assert drawn[-1]["zoom"] == [1.0, 0.0, 0.0]


def test_a_difference_of_two_columns_is_a_column_with_its_scale(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    page = open_page("saliency")
    page.selectbox("saliency_more").set_value("1.grad_cam")
    page.selectbox("saliency_less").set_value("human.wegrzyn2017").run()
    data = drawn[-1]
    assert data["columns"][-1]["name"] == "Difference"
    assert data["cells"][0][-1]["kind"] == "difference"
    scale = next(one for one in data["legends"] if one["kind"] == "difference")
    assert scale["low"] == scale["high"].replace("+", "-")


def test_a_map_in_the_address_is_open_with_all_its_scores(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    page = open_page("saliency", map="fear~1.grad_cam")
    assert any(r"Fear, \#1 Fast, no mask\: Grad-CAM" in one.value for one in page.subheader)
    assert drawn[0]["chosen"] == [2, 1]
    assert list(page.dataframe[0].value["Score"])[:3] == ["r", "95 % interval", "Similarity"]
    assert open_page("saliency", map="nonsense").exception == []


def test_pictures_are_as_wide_as_all_columns_allow():
    sides = [map_panel.side_px(n, most_px=map_panel.LARGE_PX) for n in range(1, 10)]
    assert sides[0] == map_panel.LARGE_PX
    assert sides == sorted(sides, reverse=True)
    assert min(sides) == map_panel.SMALL_PX


def test_a_difference_is_opened_beside_the_maps_it_is_of(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    query = {"saliency_more": "1.grad_cam", "saliency_less": "human.wegrzyn2017"}
    page = open_page("saliency", map="fear~difference", **query)
    assert any("Fear, difference" in one.value for one in page.subheader)
    assert [column["name"] for column in drawn[1]["columns"]] == [
        "Mean face", "#1 Fast, no mask", "Tiles people needed (Wegrzyn 2017)", "Difference",
    ]  # fmt: skip
    assert not open_page("saliency", map="fear~difference").exception


def test_a_map_of_tiles_tells_how_the_run_did_in_the_task(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    maps = saliency.run_maps(filled, 1, SaliencyMethod.GRAD_CAM)
    saliency.record_run_maps(filled, 1, SaliencyMethod.TILES, maps)
    n = len(maps)
    weights = np.random.default_rng(0).random((n, 8, 6)).astype(np.float32)
    played = RunTiles(
        image_ids=maps.image_ids, labels=maps.labels, n_trials=np.array(16), weights=weights,
        n_counted=np.full(n, 4), untrained_weights=weights, untrained_n_counted=np.full(n, 2),
    )  # fmt: skip
    tiles.record_run_tiles(filled, 1, played)
    page = open_page("saliency", saliency_columns="1.tiles", map="fear~1.tiles")
    assert "in 25.0 % of 64 trials" in text(page)


def test_the_studys_figure_is_one_press_away(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    page = open_page("saliency", saliency_columns="human.facs", zoom="2,0,0")
    page.button("saliency_show_study").click().run()
    assert [row["title"] for row in drawn[-1]["rows"]] == ["Angry"]
    assert [column["name"] for column in drawn[-1]["columns"]][1:] == [
        "#1 Fast, no mask", "#2 Fast, eyes covered", "Tiles people needed (Wegrzyn 2017)",
    ]  # fmt: skip


def test_what_is_shown_is_downloaded_at_print_size(open_page: OpenPage, filled: Workspace):
    page = open_page("saliency", saliency_emotion="angry")
    buttons = {button.key: button for button in page.get("download_button")}
    assert {"saliency_all_png", "saliency_all_svg", "saliency_study_png"} <= set(buttons)


def test_human_maps_tell_their_source_licence_and_limits(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    page = open_page("saliency", saliency_part="people")
    said = text(page)
    for part in ("Wegrzyn", "public domain", "Liu et al", "Du, Tao"):
        assert part in said
    assert len(drawn[-1]["columns"]) == 4


def test_own_pictures_become_human_maps_and_are_deleted(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    picture = np.zeros((48, 48), dtype=np.uint8)
    picture[30:] = 200
    content = cv2.imencode(".png", picture)[1].tobytes()
    page = open_page("saliency", saliency_part="people")
    page.get("file_uploader")[0].set_value([("happy.png", content, "image/png")])
    page.text_input("saliency_own_name").set_value("Mine").run()
    page.button("saliency_own_save").click().run()
    assert own_keys(filled) == ["mine"]
    assert drawn[-1]["columns"][-1]["name"] == "Mine"
    page.button("saliency_delete_mine").click().run()
    assert own_keys(filled) == []


def test_names_of_maps_are_shown_as_typed(
    open_page: OpenPage, filled: Workspace, drawn: list[dict]
):
    save_own(filled, "*a* <b>c</b> $x$", {Emotion.FEAR: [Disc(centre=(0.5, 0.5))]})
    page = open_page("saliency", saliency_against="a-b-c-b-x", map="fear~1.grad_cam")
    caption = next(one.value for one in page.caption if "Means over emotions" in one.value)
    assert r"\*a\* \<b\>c\</b\> \$x\$" in caption


def test_what_a_browser_drew_is_read_and_anything_else_refused():
    sent = {
        "fear": [
            {"kind": "disc", "weight": 2, "centre": [0.2, 0.3], "radius": 0.1},
            {"kind": "polygon", "weight": 1, "corners": [[0, 0], [1, 0], [1, 1]]},
        ],
        "sad": [],
    }
    found = map_desk.drawings(sent)
    assert list(found) == [Emotion.FEAR]
    assert found[Emotion.FEAR][0].radius == 0.1
    assert found[Emotion.FEAR][1].corners == ((0, 0), (1, 0), (1, 1))
    assert map_desk.drawings(None) == {}
    for bad in ({"joy": [1]}, {"sad": [{}]}, {"sad": [{"kind": "disc", "weight": "x"}]}, [1]):
        with pytest.raises(map_desk.HumanMapError):
            map_desk.drawings(bad)
