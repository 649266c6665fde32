"""The pages of versions and history: every button does what it says."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.services import curation, datasets, duplicates, versions
from core.services.exports import ExportFormat
from core.workspace import Workspace
from dashboard.components import versioning
from db.enums import Emotion, ImageState

OpenPage = Callable[..., AppTest]
N_FACES, N_SURPLUS = 56, 3


def text(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.error, *page.toast]
    return " ".join(str(part.value) for part in parts)


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def html(page: AppTest) -> str:
    return " ".join(str(part.proto.body) for part in page.get("html"))


def test_freezing_adds_a_version_and_says_so(open_page: OpenPage, filled: Workspace):
    curation.drop(filled, 1, annotator="ada", reason="blank")
    page = open_page("versions")
    page.button("versions_freeze").click().run()
    assert [version.n_images for version in versions.versions(filled)] == [N_FACES - 1, N_FACES]
    assert "Frozen: version" in text(page)
    page.button("versions_freeze").click().run()
    assert "Nothing changed since" in text(page)


def test_the_newest_version_is_compared_with_the_data_now(open_page: OpenPage, filled: Workspace):
    assert "Nothing: the same faces" in text(open_page("versions"))
    curation.label(filled, 1, Emotion.SAD, annotator="ada")
    curation.drop(filled, 2, annotator="ada", reason="blank")
    page = open_page("versions")
    assert metrics(page)["Relabeled"] == metrics(page)["Gone"] == "1"
    assert len(page.get("plotly_chart")) == 1
    assert "Face 1, sad" in html(page)


def test_a_link_opens_the_comparison_of_two_versions(open_page: OpenPage, filled: Workspace):
    first = versions.versions(filled)[0].digest
    curation.label(filled, 1, Emotion.SAD, annotator="ada")
    second = versions.freeze(filled, "faces").digest
    page = open_page("versions", **{"from": first, "to": second})
    assert (page.selectbox("versions_from").value, page.selectbox("versions_to").value) == (
        first,
        second,
    )
    assert metrics(page)["Relabeled"] == "1"


def test_a_version_is_brought_back_after_a_preview(open_page: OpenPage, filled: Workspace):
    before = versions.versions(filled)[0].digest
    curation.label(filled, 1, Emotion.SAD, annotator="ada")
    curation.drop(filled, 2, annotator="ada", reason="blank")
    page = open_page("versions")
    assert "This changes 1 label, brings back 1 dropped face." in text(page)
    page.button("versions_restore").click().run()
    assert curation.find_image(filled, 1).label is Emotion.ANGRY
    assert curation.find_image(filled, 2).state is ImageState.KEPT
    assert versions.freeze(filled, "faces").digest == before
    assert "The data is exactly this version now." in text(page)


def test_an_export_is_written_to_a_path(open_page: OpenPage, filled: Workspace, tmp_path: Path):
    page = open_page("versions")
    page.button_group("versions_export_as").set_value(ExportFormat.FOLDER).run()
    page.text_input("versions_export_path").set_value(str(tmp_path / "out")).run()
    page.button("versions_write").click().run()
    assert len(list((tmp_path / "out" / "images").rglob("*.png"))) == N_FACES
    assert f"{N_FACES} images written to" in text(page)
    page.button("versions_write").click().run()
    assert "exists already" in text(page)


def test_a_download_holds_the_table_or_the_faces(open_page: OpenPage, filled: Workspace):
    open_page("versions")
    dataset = datasets.find_dataset(filled, "faces")
    table = versioning.file_content(dataset, ExportFormat.CSV, None).decode()
    assert len(list(csv.DictReader(io.StringIO(table)))) == N_FACES
    faces = versioning.file_content(dataset, ExportFormat.ZIP, None)
    with zipfile.ZipFile(io.BytesIO(faces)) as archive:
        assert len(archive.namelist()) == N_FACES + 1


def test_history_shows_who_did_what_and_why(open_page: OpenPage, filled: Workspace):
    curation.label(filled, 1, Emotion.SAD, annotator="ada", reason="<tears>")
    shown = html(open_page("history"))
    for part in ("ada", "Angry", "Sad", "&lt;tears&gt;", "train/angry/0.png", "Face 1"):
        assert part in shown


def test_history_is_narrowed_by_its_fields(open_page: OpenPage, filled: Workspace):
    curation.label(filled, 1, Emotion.SAD, annotator="ada")
    curation.drop(filled, 2, annotator="bo", reason="blank")
    page = open_page("history")
    assert "2 events" in text(page)
    page.selectbox("by").set_value("bo").run()
    assert "Face 2" in html(page)
    assert "Face 1<" not in html(page)
    page.text_input("image").set_value("train/angry/0.png").run()
    assert "No event is like that." in text(page)


def test_pages_lead_to_older_events_and_back(open_page: OpenPage, filled: Workspace):
    for number in range(60):
        emotion = Emotion.SAD if number % 2 == 0 else Emotion.FEAR
        curation.label(filled, 1, emotion, annotator="ada", reason=f"number {number}.")
    page = open_page("history")
    assert "number 59." in html(page)
    page.button("history_older").click().run()
    assert "number 0." in html(page)
    assert "number 59." not in html(page)
    page.button("history_newest").click().run()
    assert "number 59." in html(page)


def test_a_batch_is_undone_after_a_preview(open_page: OpenPage, filled: Workspace):
    dataset = datasets.find_dataset(filled, "faces")
    duplicates.dedupe(filled, dataset.id, annotator="ada")
    page = open_page("history")
    assert f"Undoing changes **{N_SURPLUS} faces** back." in text(page)
    page.button("history_undo").click().run()
    assert datasets.progress(filled, dataset.id).kept == N_FACES
    assert "Nothing on this page can be undone." in text(page)
    assert not page.exception
