"""Importing from the page: a folder, an upload, the sample, and what cannot work."""

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.images.encoding import encode
from core.services import datasets, sampling
from core.workspace import Workspace
from db.enums import Emotion, Split

OpenPage = Callable[..., AppTest]


def text(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.error]
    return " ".join(str(part.value) for part in parts)


def test_a_folder_is_imported_with_ones_own_class_names(
    open_page: OpenPage, workspace: Workspace, tmp_path: Path
):
    folder = tmp_path / "set" / "train" / "anger"
    folder.mkdir(parents=True)
    face = encode(np.full((48, 48), 9, dtype=np.uint8))
    (folder / "1.png").write_bytes(face)
    (folder / "2.png").write_bytes(b"no image")
    page = open_page("importing")
    page.text_input("import_path").set_value(str(tmp_path / "set"))
    page.text_input("import_name").set_value("mine")
    page.text_area("import_mapping").set_value("anger = angry")
    page.button("import_run").click().run()
    assert datasets.find_dataset(workspace, "mine").is_complete
    assert [metric.value for metric in page.metric][:3] == ["1", "0", "1"]
    assert page.sidebar.selectbox("dataset").value == "mine"


@pytest.mark.parametrize(
    ("path", "mapping", "said"),
    [
        ("/nowhere/at/all", "", "There is no file or folder /nowhere/at/all."),
        ("", "", "Nothing is chosen; give a path or upload a zip or csv file."),
        ("/tmp", "anger", "The mapping line 'anger' cannot be read"),
    ],
)
def test_an_import_that_cannot_work_is_one_sentence(
    open_page: OpenPage, path: str, mapping: str, said: str
):
    page = open_page("importing")
    page.text_input("import_path").set_value(path)
    page.text_area("import_mapping").set_value(mapping)
    page.button("import_run").click().run()
    assert said in text(page)
    assert not page.exception


def test_an_uploaded_file_is_imported_and_its_copy_removed(
    open_page: OpenPage, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pixels = " ".join(["7"] * 48 * 48)
    csv = f"emotion,pixels,Usage\n3,{pixels},Training\n".encode()
    page = open_page("importing")
    page.button_group("import_from").set_value("Upload a file").run()
    page.file_uploader("import_upload").set_value(("fer2013.csv", csv, "text/csv")).run()
    page.button("import_run").click().run()
    found = datasets.find_dataset(workspace, "faces")
    assert datasets.progress(workspace, found.id).images == 1
    assert not list(tmp_path.glob("feelingit-upload-*"))


def test_sample_faces_are_made_on_request(
    open_page: OpenPage, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    few = functools.partial(sampling.make_sample, n_images=50)
    monkeypatch.setattr(sampling, "make_sample", few)
    page = open_page("importing")
    page.button("import_sample").click().run()
    found = datasets.find_dataset(workspace, "sample")
    assert datasets.progress(workspace, found.id).images == 50
    assert not page.exception


def test_an_interrupted_import_is_told_and_shown_nowhere(
    open_page: OpenPage, workspace: Workspace, add_faces: Callable[..., int]
):
    add_faces([(Split.TRAIN, Emotion.HAPPY, 7)], name="half", is_complete=False)
    page = open_page("importing")
    assert "An import into half is running or was interrupted" in page.warning[0].value
    assert not page.sidebar.selectbox
