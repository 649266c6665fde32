"""What a choice will cost, in sentences, before it is queued."""

from collections.abc import Sequence

import streamlit as st

from core.services.estimates import Cost, Estimate, in_words
from dashboard.format import MODEL_NAMES, counted

_MEASURED = "Paces are those of earlier runs on this machine."
_TABLED = "Paces are from a table for two cores; the first run here replaces them."


def show(cost: Estimate) -> None:
    """Draw what each model takes for an epoch and a run, and what all of it takes."""
    small = {one.config.model: one for one in cost.small}
    lines = [_line(one, small.get(one.config.model)) for one in cost.by_recipe]
    total = f"**{counted(len(cost.costs), 'run')}: {in_words(cost.total_s)} at most**"
    if cost.ahead_s:
        total += f", after {in_words(cost.ahead_s)} of what is queued already"
    known = _MEASURED if all(one.is_measured for one in cost.costs) else _TABLED
    st.markdown("  \n".join([*lines, f"{total}."]))
    st.caption(known)


def in_all(costs: Sequence[Cost]) -> str:
    """Return how long some runs take together, `about 3 h`."""
    return in_words(sum(one.run_s for one in costs))


def _line(one: Cost, small: Cost | None) -> str:
    name, side = MODEL_NAMES[one.config.model], one.config.image_size
    words = f"{name} at {side} px: {in_words(one.epoch_s)} an epoch, {in_words(one.run_s)} a run"
    if small is not None and small.config.image_size < side:
        words += f"; at {small.config.image_size} px {in_words(small.epoch_s)} an epoch"
    return words
