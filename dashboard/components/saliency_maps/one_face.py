"""One face: its landmarks, what a run takes it for, and what in it spoke for that."""

from dataclasses import dataclass

import cv2
import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from core.images.faces import FaceSet
from core.jobs.inference import classify, explain
from core.services import previewing, scored_faces
from core.services.presenting.map_names import method_name
from core.services.presenting.map_prints import MapLook
from core.services.presenting.map_table import MapCell, MapTable, TableColumn, TableRow, Words
from core.services.scored_faces import FaceFilter, Outcome, ScoredFace
from core.services.terms import EMOTIONS, DatasetRow, Emotion, RunRow, SaliencyMethod
from dashboard import state
from dashboard.components import figures, linked, map_panel
from dashboard.components.map_panel import Shown
from dashboard.components.refusals import shown as told_here
from dashboard.components.saliency_maps.choices import ALL, choose_look, choose_run_and_method
from dashboard.format import EMOTION_COLOURS, number, percent, title

SIDE_PX = 180
_QUERY, _GO = "face", "saliency_face_go"
OUTCOME_NAMES = {
    Outcome.ANY: "All",
    Outcome.RIGHT: "Right",
    Outcome.WRONG: "Wrong",
    Outcome.BACKED: "Wrong, annotators agree",
}


def draw(dataset: DatasetRow, runs: list[RunRow]) -> None:
    """Draw one of a run's test faces, the surest first, with its maps and probabilities."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        run, method = choose_run_and_method(runs)
    found = _faces(run)
    if not found:
        st.info("No test face is like that. Choose other faces above.")
        return
    face = _step(found)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        look = choose_look(of_one_face=True)
        has_dots = linked.switch("Landmarks", key="saliency_dots", is_on=True)
    with told_here():
        targets = tuple(dict.fromkeys((face.label, face.predicted)))
        answer = _ask(run.id, run.seconds, dataset.id, face.image_id, targets, method)
        heads = [_head(target, face, method) for target in targets]
        _draw(face.label, answer, heads, look, has_dots=has_dots)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Answer:
    """What a run makes of a face: probabilities (7,), a map (side, side) for each emotion asked."""

    face: FaceSet
    probabilities: NDArray[np.float32]
    maps: list[NDArray[np.float64]]


@st.cache_data(
    max_entries=128, show_spinner="Asking the network. The first question takes some seconds"
)
def _ask(
    run_id: int,
    seconds: float | None,
    dataset_id: int,
    image_id: int,
    targets: tuple[Emotion, ...],
    method: SaliencyMethod,
) -> _Answer:
    """Return what a run makes of a face; `seconds` tells a run from what it was before."""
    workspace = state.workspace()
    face = previewing.faces_of(workspace, dataset_id, [image_id])
    many = face.at(np.zeros(len(targets), dtype=np.int64))
    labels = np.array([EMOTIONS.index(target) for target in targets], dtype=np.int64)
    side = face.pixels.shape[1]
    return _Answer(
        face=face,
        probabilities=classify(workspace, run_id, face)[0],
        maps=[_resized(one, side) for one in explain(workspace, run_id, many, labels, method)],
    )


def _faces(run: RunRow) -> list[ScoredFace]:
    """Draw which faces are gone through and return them, the surest predictions first."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        outcome = linked.segments(
            "Faces", list(OUTCOME_NAMES), key="saliency_face_outcome",
            words=lambda one: OUTCOME_NAMES[one],
        )  # fmt: skip
        label = linked.selectbox(
            "Label", [ALL, *Emotion], key="saliency_face_label", width=130,
            words=lambda one: "Any" if one == ALL else title(Emotion(one)),
        )  # fmt: skip
    wanted = FaceFilter(true=None if label == ALL else Emotion(label), outcome=outcome)
    return scored_faces.scored_faces(state.workspace(), run.id, wanted)


def _step(found: list[ScoredFace]) -> ScoredFace:
    """Draw the way from face to face and return the one in the page's address, else the first."""
    ids = [face.image_id for face in found]
    asked = st.query_params.get(_QUERY, "")
    place = ids.index(int(asked)) if asked.isdecimal() and int(asked) in ids else 0
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Previous", key="saliency_face_previous", icon=":material/chevron_left:",
            disabled=place == 0, on_click=_go, args=(ids[max(place - 1, 0)],),
        )  # fmt: skip
        st.button(
            "Next", key="saliency_face_next", icon=":material/chevron_right:",
            disabled=place == len(ids) - 1, on_click=_go, args=(ids[min(place + 1, len(ids) - 1)],),
        )  # fmt: skip
        st.text_input(
            "Image id", key=_GO, width=110, placeholder=str(ids[place]), on_change=_go_to_typed
        )
        st.caption(f"Face {number(place + 1)} of {number(len(ids))}, the surest first.")
    if asked and asked != str(ids[place]):
        st.caption(f"Image {asked[:20]} is not among these faces, so the first of them is shown.")
    return found[place]


def _go(image_id: int) -> None:
    st.query_params[_QUERY] = str(image_id)


def _go_to_typed() -> None:
    typed = str(st.session_state[_GO]).strip().lstrip("#")
    if typed.isdecimal():
        st.query_params[_QUERY] = typed
    st.session_state[_GO] = ""


def _head(target: Emotion, face: ScoredFace, method: SaliencyMethod) -> TableColumn:
    if target is face.label is face.predicted:
        why = "its label and what the run says"
    else:
        why = "its label" if target is face.label else "what the run says"
    return TableColumn(name=f"For {target.value}", note=f"{method_name(method)}, {why}")


def _draw(
    label: Emotion, answer: _Answer, heads: list[TableColumn], look: MapLook, *, has_dots: bool
) -> None:
    face, side = answer.face.pixels[0].astype(np.float64), SIDE_PX
    points, located = answer.face.landmarks, answer.face.landmarks_found
    is_found = located is not None and bool(located[0])
    cells = [
        MapCell(face=face, values=one, most=float(one.max()), words=_words(one))
        for one in answer.maps
    ]
    dots = points[0] if has_dots and points is not None and is_found else None
    table = MapTable(
        columns=[TableColumn(name="Face", note=_landmarks(points is not None, is_found)), *heads],
        rows=[TableRow(emotion=label, dots=dots)],
        cells=[[MapCell(face=face), *cells]],
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        map_panel.draw(
            table, look, Shown(side_px=side), key="saliency_one_face",
            on_press=_nothing, on_zoom=_nothing,
        )  # fmt: skip
    with right:
        figures.show(
            _bars(answer.probabilities), key="saliency_probabilities",
            alt="Probability of each emotion",
        )  # fmt: skip


def _words(one: NDArray[np.float64]) -> Words:
    if not one.any():
        return Words(lines=("nothing speaks for it",), hover="Nothing in the face speaks for it")
    return Words(hover="Hot is more, by the map's own largest value")


def _landmarks(are_computed: bool, is_found: bool) -> str:
    if not are_computed:
        return "no landmarks yet"
    return "landmarks detected" if is_found else "no face detected: the template stands in"


def _resized(one: NDArray[np.float32], side: int) -> NDArray[np.float64]:
    """Return a map at the side of the face: float64, shape (side, side), >= 0."""
    smooth = cv2.INTER_AREA if len(one) > side else cv2.INTER_LINEAR
    resized = cv2.resize(one, (side, side), interpolation=smooth)
    return np.asarray(resized, dtype=np.float64)


def _bars(probabilities: NDArray[np.float32]) -> go.Figure:
    """Return the probability of each emotion as horizontal bars."""
    figure = go.Figure(
        go.Bar(
            y=[title(emotion) for emotion in EMOTIONS],
            x=probabilities,
            orientation="h",
            marker={"color": [EMOTION_COLOURS[emotion] for emotion in EMOTIONS]},
            text=[percent(float(share), digits=0) for share in probabilities],
            textposition="outside",
            textfont={"color": figures.palette().text, "size": 11},
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    )
    figure.update_layout(showlegend=False, bargap=0.3)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(range=[0, 1.15], showticklabels=False, showgrid=False, zeroline=False)
    return figures.dress(figure, height=260, margin=(68, 8, 4, 4))


def _nothing() -> None:
    return None
