"""The tags that annotators of a data set are offered, for anybody at work to choose."""

import streamlit as st

from core.errors import FeelingItError
from core.services import tagging
from core.services.terms import DatasetRow
from dashboard import state
from dashboard.format import literal

QUERY, OPEN = "tags", "edit"  # an address with ?tags=edit shows the list unfolded


def tag_list(dataset: DatasetRow, *, view: str) -> None:
    """Draw the tags offered, one a line, and the buttons that change them for everybody."""
    offered = tagging.tag_list(state.workspace(), dataset.id)
    is_open = st.query_params.get(QUERY) == OPEN
    with st.expander("Tags of this data set", expanded=is_open, icon=":material/sell:"):
        # A list that somebody else changed meanwhile is another widget, with their lines in it.
        key = f"{view}_tags_{dataset.id}_{hash(tuple(offered))}"
        lines = st.text_area(
            "One tag a line", "\n".join(offered), key=key, height=220,
            help=f"Up to {tagging.MOST_TAGS}, for everybody who works on this data set. Faces "
            "keep tags that are offered no more. The command is `feelingit tags`.",
        )  # fmt: skip
        with st.container(horizontal=True):
            if st.button("Offer these", key=f"{view}_tags_offer"):
                _offer(dataset, lines.splitlines())
            if offered != list(tagging.DEFAULT_TAGS) and st.button(
                "Offer the usual ones", key=f"{view}_tags_usual"
            ):
                _offer(dataset, [])


def _offer(dataset: DatasetRow, lines: list[str]) -> None:
    try:
        tagging.set_tag_list(
            state.workspace(), dataset.id, [line for line in lines if line.strip()]
        )
    except FeelingItError as error:
        st.error(literal(str(error)))
    else:
        st.rerun()
