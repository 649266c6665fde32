"""How far annotators agree: overall, each emotion, each pair, within and between groups."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.services import agreement
from core.services.agreement import AgreementReport, PairAgreement
from dashboard import state
from dashboard.components import figures
from dashboard.components.heatmaps import heatmap
from dashboard.format import counted, number, title

MOST_NAMES = 12  # more do not fit beside each other
_MOST_LETTERS = 11
ANONYMOUS_NOTE = (
    "FER+'s taggers are left out of the pairs: ferplus-1 is whoever gave a face's first vote, "
    "another person at each face, so Cohen's kappa would mean nothing. Alpha and Fleiss' kappa "
    "do not ask who voted and count them."
)


@st.cache_data(max_entries=8, show_spinner="Measuring agreement")
def report(
    dataset_id: int, revision: int, groups: tuple[tuple[str, str | None], ...]
) -> AgreementReport:
    """Return the agreement at a revision; `groups` only says when the groups have changed."""
    return agreement.agreement(state.workspace(), dataset_id)


def overall(found: AgreementReport) -> None:
    """Draw the figures over all annotators."""
    with st.grid(3, min_column_width=150, gap="small"):
        st.metric("Faces judged twice or more", number(found.images))
        st.metric(
            "Krippendorff's alpha", value(found.alpha.value),
            help="1: all agree. 0: as chance would have it. Below 0: less than that.",
        )  # fmt: skip
        st.metric("Fleiss' kappa", value(found.fleiss.value), help="Reads like alpha.")
    st.caption(
        f"Alpha over {counted(found.alpha.n, 'face')} with two judgements or more. Fleiss' kappa "
        "needs as many judgements of every face: over the "
        f"{counted(found.fleiss.n, 'face')} with the most frequent number."
    )


def emotion_table(found: AgreementReport) -> pd.DataFrame:
    """Return a row for each emotion against all others."""
    return pd.DataFrame(
        [
            {
                "Emotion": title(one.emotion),
                "Alpha": value(one.alpha.value),
                "Fleiss' kappa": value(one.fleiss.value),
                "Faces with it": number(one.named),
            }
            for one in found.emotions
        ]
    )


def pairs(found: AgreementReport) -> None:
    """Draw Cohen's kappa of each two annotators."""
    names = found.named[:MOST_NAMES]
    if len(names) < 2:
        st.markdown(
            "A pair needs two people who judged the same faces. A second annotator votes on the "
            "Relabel page under their own name."
        )
    else:
        figures.show(
            matrix(names, found.pairs), key="annotators_pairs", alt="Cohen's kappa of each pair"
        )
    if len(found.named) > MOST_NAMES:
        st.caption(f"The first {MOST_NAMES} of {len(found.named)} by name.")


def groups(found: AgreementReport) -> None:
    """Draw the kappa within each group and between each two."""
    names = sorted({one.first for one in found.groups})[:MOST_NAMES]
    if not names:
        st.markdown("Nobody is in a group yet. Put annotators into groups above.")
        return
    figures.show(
        matrix(names, found.groups), key="annotators_groups", alt="Kappa within and between groups"
    )
    st.caption(
        "On the diagonal: pairs of annotators within a group. Elsewhere: pairs with one of each."
    )


def matrix(names: Sequence[str], found: Sequence[PairAgreement]) -> go.Figure:
    """Return a heatmap of a kappa for each two names, the lower half and the diagonal."""
    position = {name: index for index, name in enumerate(names)}
    values = np.full((len(names), len(names)), np.nan)
    texts = [[""] * len(names) for _ in names]
    hovers = [[""] * len(names) for _ in names]
    for one in found:
        if one.first in position and one.second in position:
            column, row = sorted((position[one.first], position[one.second]))
            values[row, column] = np.nan if one.kappa.value is None else one.kappa.value
            texts[row][column] = value(one.kappa.value)
            hovers[row][column] = (
                f"{one.first} and {one.second}<br>kappa {value(one.kappa.value)} on "
                f"{counted(one.kappa.n, 'face')}"
            )
    short = [_short(name) for name in names]
    first = 0 if any(one.first == one.second for one in found) else 1  # else the diagonal is empty
    last = len(names) - first
    return heatmap(
        values[first:, :last],
        rows=short[first:],
        columns=short[:last],
        texts=[line[:last] for line in texts[first:]],
        hovers=[line[:last] for line in hovers[first:]],
    )


def value(coefficient: float | None) -> str:
    """Return a coefficient with two decimals, a dash where it is not defined."""
    return "-" if coefficient is None else f"{coefficient:.2f}".replace("-0.00", "0.00")


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"
