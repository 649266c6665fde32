"""History: who changed what, when and why, and taking a batch of it back."""

import streamlit as st

from dashboard.components import timeline
from dashboard.components.empty import require_dataset
from dashboard.format import counted

dataset = require_dataset()
wanted = timeline.filters(dataset)
page = timeline.found(wanted)
if not page.events:
    st.info(
        "No event is like that. Clear the fields above, or label a face: every change appears here."
    )
    st.stop()
timeline.take_back(page)
st.caption(f"{counted(page.total, 'event')}, newest first. Events are never changed or removed.")
timeline.listing(page)
timeline.pager(page)
