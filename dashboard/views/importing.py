"""Import: bring a data set in from this machine or an upload, see what was refused and why."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import FeelingItError, SourceError
from core.services import sampling
from dashboard import state
from dashboard.components import uploads

FROM_PATH, FROM_UPLOAD = "A path on this machine", "Upload a file"


def source() -> tuple[str, UploadedFile | None]:
    """Return the path or the upload that the person chose; one of them is empty."""
    where = st.segmented_control(
        "From", [FROM_PATH, FROM_UPLOAD], default=FROM_PATH, required=True, key="import_from"
    )
    if where == FROM_UPLOAD:
        types = ["zip", "csv", "gz"]
        return "", st.file_uploader("Zip or csv", type=types, key="import_upload")
    hint = "/data/face-expression-recognition-dataset"
    return st.text_input("Path", key="import_path", placeholder=hint), None


def run(path: str, upload: UploadedFile | None, name: str, mapping: str) -> None:
    """Import what was chosen.

    Raises:
        FeelingItError: If it cannot be imported.
    """
    classes = uploads.mapping_of(mapping)
    if upload is not None:
        uploads.import_upload(upload, name=name, mapping=classes)
    elif path.strip():
        uploads.import_path(Path(path.strip()).expanduser(), name=name, mapping=classes)
    else:
        raise SourceError("Nothing is chosen; give a path or upload a zip or csv file.")


uploads.unfinished()
left, right = st.columns([3, 2], gap="large")
with left:
    path, upload = source()
    name = st.text_input("Name of the data set", value="faces", key="import_name", max_chars=100)
    mapping = st.text_area(
        "Other class names", key="import_mapping", placeholder="anger = angry\nhappiness = happy",
        height=80, help="One a line: the class in your data, then the emotion it stands for.",
    )  # fmt: skip
    is_asked = st.button("Import", key="import_run", type="primary", icon=":material/upload_file:")
with right:
    st.subheader("No data at hand?", anchor=False)
    st.markdown(
        "Make 1,000 drawn faces with planted faults: wrong labels, exact and near copies, blanks."
    )
    is_sample_asked = st.button("Make sample faces", key="import_sample", icon=":material/draw:")
    st.subheader("What can be imported", anchor=False)
    st.markdown(
        "- Kaggle folders `train/happy/1.png`, `validation/...`\n"
        "- FER2013 folders `Training`, `PublicTest`, `PrivateTest`\n"
        "- `fer2013.csv` and `fer2013.csv.gz`\n"
        "- a zip of any of these\n\n"
        "Importing the same thing again adds nothing."
    )
try:
    if is_asked:
        run(path, upload, name.strip(), mapping)
        st.rerun()
    if is_sample_asked:
        uploads.run(lambda step: sampling.make_sample(state.workspace(), on_progress=step))
        st.rerun()
except FeelingItError as error:
    st.error(str(error))
uploads.report()
