"""Does covering a part hurt where saliency says: recall lost beside what lies under the mask."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from core.errors import NotReadyError
from core.jobs.launch import ensure_supervisor
from core.services import evaluating, saliency
from core.services.covering import COVERING, CoveredEmotion, Covering, RankCorrelation, covering
from core.services.crossing import masks_tested
from core.services.jobs import unfinished
from core.services.terms import (
    EMOTIONS,
    DatasetRow,
    Emotion,
    JobKind,
    JobRow,
    Mask,
    RunRow,
    SaliencyMethod,
)
from dashboard import state
from dashboard.components import figures
from dashboard.components.jobs import running_now
from dashboard.components.refusals import told
from dashboard.components.saliency_maps.choices import choose_human, choose_run_and_method
from dashboard.format import EMOTION_COLOURS, MASK_NAMES, counted, percent, title

# Plotly's name of a mask's mark, and the same mark as a letter. Told apart by shape alone, the
# study's bands full and the parts by landmarks open.
SYMBOLS = {
    Mask.FOREHEAD: ("triangle-up", "\u25b2"),
    Mask.EYES: ("circle", "\u25cf"),
    Mask.MOUTH: ("square", "\u25a0"),
    Mask.LM_FOREHEAD: ("triangle-up-open", "\u25b3"),
    Mask.LM_BROWS: ("diamond-open", "\u25c7"),
    Mask.LM_EYES: ("circle-open", "\u25cb"),
    Mask.LM_NOSE: ("triangle-down-open", "\u25bd"),
    Mask.LM_MOUTH: ("square-open", "\u25a1"),
    Mask.SURGICAL: ("hexagon-open", "\u2b21"),
    Mask.SUNGLASSES: ("bowtie-open", "\u22c8"),
}
ASKED_FIRST = (Mask.FOREHEAD, Mask.EYES, Mask.MOUTH)
_HEIGHT_PX = 400


def draw(dataset: DatasetRow, runs: list[RunRow]) -> None:
    """Draw each emotion's loss under each mask over what networks and people see there."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        run, method = choose_run_and_method(runs)
        against = choose_human("People", key="saliency_against")
    try:
        found = covering(state.workspace(), run.id, method, source=against)
    except NotReadyError as error:
        _offer(run, method, str(error))
        return
    st.markdown(in_words(found))
    left, right = st.columns(2, gap="medium")
    with left:
        figures.show(
            _plot(found.points, "network_share", "What the network looks at, under the mask"),
            key="saliency_hurts_network", alt="Recall lost over the network's share of saliency",
        )  # fmt: skip
    with right:
        figures.show(
            _plot(found.points, "human_share", "What people look at, under the mask"),
            key="saliency_hurts_people", alt="Recall lost over people's share",
        )  # fmt: skip
    st.html(_legend(found.points))
    st.caption(
        "Each mark is an emotion under a mask: recall of whole faces less recall of covered ones, "
        "with a 95 % interval paired by image when pointed at. If saliency tells what the network "
        "needs, marks rise to the right. A loss below 0 means that more of these faces are found "
        "covered, which happens where a network calls most covered faces by one name. Marks of one "
        "mask or emotion are no independent draws, so p is on the small side."
    )


def in_words(found: Covering) -> str:
    """Return whether covering hurts where the network, people or mere size say, in sentences."""
    return (
        f"Recall lost goes with the network's saliency under the mask: {_rank(found.network)}; "
        f"with people's: {_rank(found.human)}; with the mere size of the mask: {_rank(found.area)}."
    )


def _rank(found: RankCorrelation) -> str:
    if found.rho is None or found.p_value is None:
        return f"not known from {counted(found.n, 'mark')}"
    how = "hardly" if abs(found.rho) < 0.2 else "somewhat" if abs(found.rho) < 0.5 else "clearly"
    against = ", the other way round" if found.rho <= -0.2 else ""
    p = "< 0.001" if found.p_value < 0.001 else f"= {found.p_value:.3f}"
    return f"**{how}{against}** (rank correlation {found.rho:+.2f}, p {p}, {found.n} marks)"


def _plot(points: Sequence[CoveredEmotion], share: str, name: str) -> go.Figure:
    """Return recall lost over a share: a trace for each emotion and mask."""
    figure = go.Figure()
    for point in points:
        x = getattr(point, share)
        if x is None:
            continue
        figure.add_scatter(
            x=[x], y=[point.drop], mode="markers", cliponaxis=False,
            marker={
                "symbol": SYMBOLS[point.mask][0], "size": 11,
                "color": EMOTION_COLOURS[point.emotion],
                "line": {"width": 1.8, "color": EMOTION_COLOURS[point.emotion]},
            },
            hovertemplate=_hover(point, x) + "<extra></extra>",
        )  # fmt: skip
    figures.dress(figure, height=_HEIGHT_PX, margin=(60, 8, 8, 48)).update_layout(showlegend=False)
    figure.add_hline(y=0, line={"color": figures.palette().muted, "width": 1})
    figure.update_xaxes(title=name, tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(title="Recall lost", tickformat=".0%")
    return figure


def _hover(point: CoveredEmotion, share: float) -> str:
    return (
        f"{title(point.emotion)}, {MASK_NAMES[point.mask].lower()} covered<br>"
        f"{percent(share)} under the mask, which is {percent(point.area_share)} of the face<br>"
        f"recall lost {percent(point.drop)} ({percent(point.low)} to {percent(point.high)}), "
        f"n = {point.n:,}"
    )


def _legend(points: Sequence[CoveredEmotion]) -> str:
    """Return the emotions' colours and the masks' marks as HTML: only those that are drawn."""
    emotions = [one for one in EMOTIONS if any(point.emotion is one for point in points)]
    masks = [one for one in COVERING if any(point.mask is one for point in points)]
    colours = "".join(f"<span>{_dot(one)} {title(one)}</span>" for one in emotions)
    marks = "".join(f"<span>{SYMBOLS[one][1]} {MASK_NAMES[one]}</span>" for one in masks)
    style = "display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;line-height:20px"
    return f'<div style="{style}">{colours}</div><div style="{style}">{marks}</div>'


def _dot(emotion: Emotion) -> str:
    style = f"display:inline-block;width:10px;height:10px;background:{EMOTION_COLOURS[emotion]}"
    return f'<span style="{style}"></span>'


def _offer(run: RunRow, method: SaliencyMethod, why: str) -> None:
    """Draw what is missing and, where they would mend it, the button for maps and tests."""
    st.info(why)
    if run.mask is not Mask.NONE:
        return
    if any(_is_for(job, run.id) for job in unfinished(state.workspace())):
        running_now()
        return
    st.button(
        "Compute the maps and test under the study's masks", key="saliency_hurts_queue",
        type="primary", on_click=_queue, args=(run.id, method), icon=":material/play_arrow:",
    )  # fmt: skip


def _is_for(job: JobRow, run_id: int) -> bool:
    kinds = (JobKind.SALIENCY, JobKind.EVALUATE)
    return job.kind in kinds and job.payload.get("run") == run_id


def _queue(run_id: int, method: SaliencyMethod) -> None:
    workspace = state.workspace()
    with told():
        saliency.enqueue_missing(workspace, [(run_id, method)])
        tested = masks_tested(workspace, [run_id])
        masks = [mask for mask in ASKED_FIRST if mask not in tested]
        evaluating.enqueue_evaluations(workspace, {run_id: masks} if masks else {})
    ensure_supervisor(workspace)
