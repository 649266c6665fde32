"""How far maps can be trusted: what deleting and inserting pixels does, and random weights."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.errors import NotReadyError
from core.jobs.launch import ensure_supervisor
from core.metrics.faithfulness import (
    FLAG_SPEARMAN,
    Curve,
    CurveKind,
    Estimate,
    Faithfulness,
    Fill,
    Order,
    Stage,
)
from core.services import faithfulness as examinations
from core.services.presenting.map_names import method_name
from core.services.terms import DatasetRow, RunRow, SaliencyMethod
from dashboard import state
from dashboard.components import figures, jobs, linked
from dashboard.components.refusals import told
from dashboard.components.saliency_maps.choices import choose_run_and_method
from dashboard.format import counted

ORDER_NAMES = {
    Order.METHOD: "Highest of the map first",
    Order.HUMAN: "Highest of the human map first",
    Order.RANDOM: "Any order",
}
KIND_NAMES = {CurveKind.DELETION: "Deleted", CurveKind.INSERTION: "Inserted"}
FILL_NAMES = {Fill.GREY: "Mid grey", Fill.BLUR: "Blur"}
_DASHES = {Order.METHOD: "solid", Order.HUMAN: "dash", Order.RANDOM: "dot"}
_HEIGHT_PX = 320


def draw(dataset: DatasetRow, runs: list[RunRow]) -> None:
    """Draw the examination of a method's maps of a run, or how to have it made."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        run, method = choose_run_and_method(runs)
        fill = linked.segments(
            "In place of missing pixels", list(Fill), key="saliency_fill",
            words=lambda one: FILL_NAMES[one],
        )  # fmt: skip
    try:
        found = examinations.faithfulness(state.workspace(), run.id, method)
    except NotReadyError as error:
        _offer(run, method, str(error))
        return
    (st.warning if found.is_flagged else st.success)(found.why)
    curves = [curve for curve in found.curves if curve.fill is fill]
    for place, kind in zip(st.columns(2, gap="medium"), CurveKind, strict=True):
        with place:
            shown = [curve for curve in curves if curve.kind is kind]
            figures.show(
                _curves(shown, kind), key=f"saliency_{kind.value}",
                alt=f"Probability of the label while pixels are {kind.value}",
            )  # fmt: skip
    _areas(found.curves)
    left, right = st.columns(2, gap="medium")
    with left:
        figures.show(
            _stages(found.stages), key="saliency_randomised",
            alt="Likeness of maps to the trained network's over the share of random layers",
        )  # fmt: skip
    with right:
        _figures(found, method)
    _all_methods(run)


def _offer(run: RunRow, method: SaliencyMethod, why: str) -> None:
    if examinations.under_way(state.workspace(), run.id, method):
        st.markdown("These maps are being examined; the figures appear here when that is done.")
        jobs.running_now()
        return
    st.info(why)
    st.button(
        "Examine these maps", key="saliency_examine", type="primary",
        icon=":material/play_arrow:", on_click=_examine, args=(run.id, method),
    )  # fmt: skip


def _examine(run_id: int, method: SaliencyMethod) -> None:
    with told():
        examinations.enqueue_faithfulness(state.workspace(), run_id, method)
    ensure_supervisor(state.workspace())


def _curves(curves: Sequence[Curve], kind: CurveKind) -> go.Figure:
    """Return the label's probability while pixels are deleted or inserted, a line an order."""
    colours = figures.palette()
    inks = {
        Order.METHOD: colours.accent,
        Order.HUMAN: colours.second,
        Order.RANDOM: colours.muted,
    }
    figure = go.Figure(
        [
            go.Scatter(
                x=curve.shares, y=curve.mean, mode="lines", name=ORDER_NAMES[curve.order],
                line={"color": inks[curve.order], "width": 2, "dash": _DASHES[curve.order]},
                hovertemplate="%{x:.0%}: %{y:.1%}",
            )
            for curve in curves
        ]
    )  # fmt: skip
    _plain(figure)
    figure.update_xaxes(title=f"Share of pixels {kind.value[:-3]}ed", tickformat=".0%")
    figure.update_yaxes(title="Probability of the label", tickformat=".0%", rangemode="tozero")
    return figure


def _stages(stages: Sequence[Stage]) -> go.Figure:
    """Return how alike maps stay while layers get random weights, from the output down."""
    colours = figures.palette()
    known = [(stage, stage.spearman) for stage in stages if stage.spearman is not None]
    figure = go.Figure(
        go.Scatter(
            x=[0.0, *(stage.share for stage, _ in known)],
            y=[1.0, *(one.value for _, one in known)],
            error_y={
                "array": [0.0, *(one.high - one.value for _, one in known)],
                "arrayminus": [0.0, *(one.value - one.low for _, one in known)],
                "color": colours.muted,
            },
            mode="lines+markers",
            line={"color": colours.accent, "width": 2},
            customdata=["none", *(stage.last_layer for stage, _ in known)],
            hovertemplate="%{x:.0%} of the layers, down to %{customdata}: %{y:.2f}<extra></extra>",
        )
    )
    figure.add_hline(
        y=FLAG_SPEARMAN, line={"color": colours.alarm, "width": 1, "dash": "dash"},
        annotation={"text": "limit", "font": {"color": colours.alarm, "size": 11}},
    )  # fmt: skip
    _plain(figure).update_layout(showlegend=False)
    figure.update_xaxes(title="Share of layers with random weights", tickformat=".0%")
    figure.update_yaxes(title="Likeness to the trained one's (Spearman)", range=[-0.3, 1.05])
    return figure


def _plain(figure: go.Figure) -> go.Figure:
    figure.update_layout(
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": None},
    )
    return figures.dress(figure, height=_HEIGHT_PX, margin=(60, 8, 44, 48))


def _areas(curves: Sequence[Curve]) -> None:
    rows = [
        {
            "Pixels": KIND_NAMES[curve.kind],
            "In place of missing ones": FILL_NAMES[curve.fill],
            "Order": ORDER_NAMES[curve.order],
            "Area": in_words(curve.area),
            "Better than any order by": in_words(curve.gain),
        }
        for curve in curves
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="saliency_areas",
        alt="Areas under the curves with 95 % intervals",
    )  # fmt: skip
    st.caption(
        "Area under the curve, 0 to 1, with a 95 % bootstrap interval over images. Deleting what "
        "matters makes the probability fall soon, so a small area is good; inserting it makes it "
        "rise soon, so a large one is. Better than any order is paired by image: above 0 the map "
        "knows something (Petsiuk et al. 2018)."
    )


def _all_methods(run: RunRow) -> None:
    """Draw the examined methods of a run beside each other, where there are several."""
    examined = {}
    for method in SaliencyMethod:
        try:
            examined[method] = examinations.faithfulness(state.workspace(), run.id, method)
        except NotReadyError:
            continue
    if len(examined) < 2:
        return
    st.subheader("All methods examined of this run", anchor=False)
    rows = [
        {
            "Method": method_name(method),
            "Deleting, better by": in_words(_gain(found, CurveKind.DELETION)),
            "Inserting, better by": in_words(_gain(found, CurveKind.INSERTION)),
            "Sensitivity": in_words(found.sensitivity.value),
            "Infidelity": in_words(found.infidelity.value),
            "Likeness, random weights": in_words(found.stages[-1].spearman),
            "Check": "fails" if found.is_flagged else "passes",
        }
        for method, found in examined.items()
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="saliency_methods",
        alt="Every examined method of this run, pixels replaced by mid grey",
    )  # fmt: skip


def _gain(found: Faithfulness, kind: CurveKind) -> Estimate | None:
    """Return by how much a method's order beats any order, pixels replaced by grey."""
    wanted = (kind, Fill.GREY, Order.METHOD)
    gains = (one.gain for one in found.curves if (one.kind, one.fill, one.order) == wanted)
    return next(gains, None)


def _figures(found: Faithfulness, method: SaliencyMethod) -> None:
    for name, figure, words in (
        ("Sensitivity", found.sensitivity, "change of the map when each pixel changes by 2 %"),
        ("Infidelity", found.infidelity, "of the logit's change, what the map does not explain"),
    ):
        value = in_words(figure.value) if figure.value else "not computed"
        st.metric(name, value)
        st.caption(f"{words}; 0 is best, {counted(figure.n, 'image')}. {figure.why}".strip())
    last = found.stages[-1].spearman if found.stages else None
    likeness = "unknown" if last is None else f"{last.value:.2f}"
    st.caption(
        f"{method_name(method)}, {counted(found.n_images, 'test image')}. A map that shows what "
        "the network learned must change when its weights are random (Adebayo et al. 2018): "
        f"with all layers random the likeness is {likeness}, and above {FLAG_SPEARMAN:g} a method "
        "is flagged here and beside its maps."
    )


def in_words(estimate: Estimate | None) -> str:
    """Return an estimate with its interval, `0.312 (0.290 to 0.334)`; a dash for none."""
    if estimate is None:
        return "-"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
