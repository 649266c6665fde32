"""The frame around every page: navigation, data set and annotator, title, errors as sentences."""

import streamlit as st

from core.errors import FeelingItError
from dashboard.components import brand, sidebar

st.set_page_config(page_title="FeelingIt", page_icon=brand.MARK, layout="wide")

PAGES = {
    "Data": [
        st.Page(
            "views/overview.py",
            title="Overview",
            icon=":material/monitoring:",
            default=True,
            help="What is in the data, before and after cleaning; what runs now; what to do next.",
        ),
        st.Page(
            "views/importing.py",
            title="Import",
            icon=":material/upload_file:",
            url_path="import",
            help="Bring a data set in and see what was refused and why.",
        ),
    ],
    "Clean": [
        st.Page(
            "views/relabel.py",
            title="Relabel",
            icon=":material/keyboard:",
            help="One face at a time, by key.",
        ),
        st.Page(
            "views/grid.py",
            title="Grid",
            icon=":material/apps:",
            help="Many faces at once: select, then label, drop or tag them together.",
        ),
        st.Page(
            "views/duplicates.py",
            title="Duplicates",
            icon=":material/content_copy:",
            help="Exact copies: where they are, what they leak, and dropping them.",
        ),
        st.Page(
            "views/issues.py",
            title="Label issues",
            icon=":material/problem:",
            help="Labels that networks disagree with which never saw the face.",
        ),
        st.Page(
            "views/annotators.py",
            title="Annotators",
            icon=":material/group:",
            help="Who labeled how much, how far people agree, whose judgement counts.",
        ),
        st.Page(
            "views/versions.py",
            title="Versions",
            icon=":material/lock:",
            help="Freeze the data, see what changed between versions, go back, export.",
        ),
        st.Page(
            "views/history.py",
            title="History",
            icon=":material/history:",
            help="Who changed what, when and why; taking it back.",
        ),
    ],
    "Train": [
        st.Page(
            "views/experiments.py",
            title="Experiments",
            icon=":material/experiment:",
            help="Freeze the data, train with parts of the face covered, watch and stop jobs.",
        ),
    ],
    "Understand": [
        st.Page(
            "views/results.py",
            title="Results",
            icon=":material/grid_on:",
            help="Figures per run and emotion, and what is taken for what.",
        ),
        st.Page(
            "views/compare.py",
            title="Compare",
            icon=":material/compare_arrows:",
            help="Two to six runs on the same images, and whether their differences are real.",
        ),
        st.Page(
            "views/saliency.py",
            title="Saliency",
            icon=":material/visibility:",
            help="Where a network looks, beside where people look.",
        ),
        st.Page(
            "views/try_face.py",
            title="Try a face",
            icon=":material/add_a_photo:",
            url_path="try",
            help="What a network makes of a picture of yours, and what it looks at.",
        ),
    ],
}

page = st.navigation(PAGES, expanded=True)
try:
    sidebar.draw()
    st.title(page.title, anchor=False)
    page.run()
except FeelingItError as error:
    st.error(str(error))
