"""Networks beside people: mean face, where the network looks, where human faces move."""

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import jobs
from core.services import saliency as maps
from core.services.saliency import EmotionSaliency, SaliencyResult
from core.services.terms import JobKind, RunRow, SaliencyMethod
from dashboard import state
from dashboard.components.faces import STYLE, framed, name
from dashboard.components.overlays import grey_png, overlay_png
from dashboard.format import counted, title

METHOD_NAMES = {SaliencyMethod.GRAD_CAM: "Grad-CAM", SaliencyMethod.GRADIENT: "Gradient"}
ONE_PX, MANY_PX = 288, 96
NO_HUMAN_MAP = "None: no action unit belongs to a neutral face, so there is nothing to compare."
_STYLE = f"""<style>
.fi-maps{{display:grid;grid-template-columns:repeat(3,{MANY_PX + 2}px);gap:8px 10px;
align-items:center;font-size:13px;line-height:18px}}
.fi-maps .fi-head{{font-size:12px;opacity:.75}}
.fi-maps .fi-row{{margin-top:8px}}
.fi-maps .fi-num{{grid-column:2/4;margin-top:8px;display:flex;gap:10px;justify-content:end}}
.fi-gap{{width:{MANY_PX}px;height:{MANY_PX}px;border:1px dashed rgba(128,128,128,.6);
border-radius:2px;display:flex;align-items:center;justify-content:center;font-size:12px}}
.fi-three{{display:grid;gap:16px;max-width:{3 * ONE_PX + 40}px;
grid-template-columns:repeat(auto-fit,minmax(min(240px,100%),1fr))}}
.fi-three img{{width:100%;max-width:{ONE_PX}px;box-sizing:border-box}}
.fi-three .fi-gap{{width:100%;max-width:{ONE_PX}px;height:auto;aspect-ratio:1;padding:0 24px;
box-sizing:border-box;text-align:center}}
.fi-maps img,.fi-three img{{image-rendering:auto}}
@media (min-width:641px){{
.fi-maps{{grid-template-columns:88px repeat(3,{MANY_PX + 2}px) minmax(0,1fr);gap:8px 16px;
grid-auto-flow:dense}}
.fi-maps .fi-head:first-child{{grid-column:2}}
.fi-maps .fi-row{{grid-column:1;margin-top:0}}
.fi-maps .fi-num{{grid-column:5;margin-top:0;flex-direction:column;gap:0}}}}
</style>"""


def under_way(run: RunRow, method: SaliencyMethod) -> bool:
    """Return whether the maps of a run are queued or being computed."""
    wanted = {"run": run.id, "method": method.value}
    return any(
        job.kind is JobKind.SALIENCY and wanted.items() <= job.payload.items()
        for job in jobs.unfinished(state.workspace())
    )


def compute(run_id: int, method: SaliencyMethod) -> None:
    """Queue the maps of a run and have somebody work on it."""
    maps.enqueue_saliency(state.workspace(), run_id, method)
    ensure_supervisor(state.workspace())


def every(result: SaliencyResult) -> None:
    """Draw a line of three pictures for each emotion, with its correlation and n."""
    heads = ("Mean face", "Network", "People")
    head = "".join(f'<div class="fi-head">{text}</div>' for text in heads)
    lines = "".join(_line(entry) for entry in result.by_emotion.values())
    st.html(f'{STYLE}{_STYLE}<div class="fi-maps">{head}{lines}</div>')


def one(entry: EmotionSaliency) -> None:
    """Draw one emotion large."""
    captions = ("Mean face", "Where the network looks", "Where human faces move")
    pictures = "".join(_pictures(entry, ONE_PX, captions))
    st.html(f'{STYLE}{_STYLE}<div class="fi-three">{pictures}</div>')


def scores(entry: EmotionSaliency) -> None:
    """Draw the numbers of one emotion."""
    left_out = f", {counted(entry.n_empty, 'face')} left out: empty map" if entry.n_empty else ""
    with st.grid(3, min_column_width=140, gap="small"):
        st.metric("Correlation", score(entry.correlation), help="Pearson's r of the two maps.")
        st.metric(
            "Similarity",
            score(entry.similarity).lstrip("+"),
            help="Shared mass of the two maps, 0..1.",
        )
        st.metric("Faces", f"{entry.n:,}")
    st.caption(f"Mean over test faces labeled {entry.emotion.value}{left_out}.")


def score(value: float | None) -> str:
    """Return a score with its sign and two decimals, `+0.41`; a dash where there is none."""
    return "-" if value is None else f"{value:+.2f}"


def _line(entry: EmotionSaliency) -> str:
    numbers = (
        f'<div class="fi-num"><span>r {score(entry.correlation)}</span>'
        f'<span class="fi-dim">n {entry.n:,}</span></div>'
    )
    pictures = "".join(_pictures(entry, MANY_PX, ("", "", "")))
    return f'<div class="fi-row">{name(entry.emotion)}</div>{numbers}{pictures}'


def _pictures(entry: EmotionSaliency, target_px: int, captions: tuple[str, str, str]) -> list[str]:
    who = title(entry.emotion)
    files = [
        (grey_png(entry.mean_face), f"{who}, mean face"),
        (overlay_png(entry.mean_face, entry.mean_map), f"{who}, the network's map"),
    ]
    if entry.human_map is not None:
        files.append((overlay_png(entry.mean_face, entry.human_map), f"{who}, the human map"))
    pictures = [
        framed(content, side=ONE_PX, alt=alt, target_px=target_px, caption=caption)
        for (content, alt), caption in zip(files, captions, strict=False)
    ]
    if entry.human_map is None:
        pictures.append(
            f'<div class="fi-gap">{"no map" if target_px < ONE_PX else NO_HUMAN_MAP}</div>'
        )
    return pictures
