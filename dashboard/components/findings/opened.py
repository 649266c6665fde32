"""The test faces behind a cell: sorted by how sure the network was, with the way to relabel."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.services import scored_faces
from core.services.queues import SETTLED_SLICES, QueueKind, QueueSpec
from core.services.scored_faces import FaceFilter, Outcome, ScoredFace
from core.services.slicing import ImageSlice
from core.services.terms import EMOTIONS, Emotion, ImageRow, RunRow
from dashboard import state
from dashboard.components import faces, linked
from dashboard.components.findings import choices
from dashboard.components.findings.choices import Choice
from dashboard.format import counted, percent, run_name, title

MOST_FACES = 60
OUTCOME_NAMES = {
    Outcome.WRONG: "Wrong",
    Outcome.RIGHT: "Right",
    Outcome.ANY: "All",
    Outcome.BACKED: "Wrong, but annotators agree with it",
}
_ANY = "any"


def draw(
    runs: Sequence[RunRow],
    choice: Choice,
    *,
    true: Emotion | None = None,
    predicted: Emotion | None = None,
) -> None:
    """Draw the faces of one of the runs with a label and a prediction, None for any."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        run = _run(runs)
        if predicted is None:
            outcome = _outcome()
            predicted = _predicted()
        else:
            outcome = _backed() if predicted is not true else Outcome.ANY
    wanted = FaceFilter(
        true=true, predicted=predicted, outcome=outcome, slice_name=choice.slice_name,
        test_mask=choice.test_mask,
    )  # fmt: skip
    found = scored_faces.scored_faces(state.workspace(), run.id, wanted)
    _wall(choice, run, found)
    spec, is_same = _queue(choice, run, wanted)
    _relabel_link(run, spec, is_same=is_same)


def _run(runs: Sequence[RunRow]) -> RunRow:
    if len(runs) == 1:
        return runs[0]
    return choices.choose_run(list(runs), key="results_faces_run", label="Faces of")


def _outcome() -> Outcome:
    return linked.segments(
        "Faces that are", list(OUTCOME_NAMES), key="results_outcome",
        words=lambda one: OUTCOME_NAMES[one],
    )  # fmt: skip


def _backed() -> Outcome:
    is_backed = linked.switch(
        "Only where annotators agree with the network", key="results_backed", is_on=False
    )
    return Outcome.BACKED if is_backed else Outcome.ANY


def _predicted() -> Emotion | None:
    chosen = linked.selectbox(
        "Taken for", [_ANY, *EMOTIONS], key="results_predicted", width=150,
        words=lambda one: "Anything" if one == _ANY else title(Emotion(one)),
    )  # fmt: skip
    return None if chosen == _ANY else Emotion(chosen)


def _wall(choice: Choice, run: RunRow, found: list[ScoredFace]) -> None:
    """Draw the most confident faces with what the network said of each."""
    if not found:
        st.caption("No test face is like that. Choose other faces above.")
        return
    shown = found[:MOST_FACES]
    more = f", the {MOST_FACES} most confident shown" if len(found) > MOST_FACES else ""
    st.markdown(f"**{counted(len(found), 'face')}** of {run_name(run)}{more}")
    ids = tuple(face.image_id for face in shown)
    dataset = choice.dataset
    rows = {row.id: row for row in state.image_rows(ids, dataset.id, dataset.revision)}
    contents = state.blobs(ids)
    figures = "".join(_figure(rows[face.image_id], contents, face) for face in shown)
    st.html(f'{faces.STYLE}<div class="fi-faces">{figures}</div>')


def _figure(row: ImageRow, contents: dict[int, bytes], face: ScoredFace) -> str:
    said = f"{title(face.predicted)} {percent(face.confidence, digits=0)}"
    lines = [f"label {face.label.value}", f"<b>{escape(said)}</b>"]
    if face.votes > 1:
        lines.append(f"{face.agreeing} of {face.votes} agree")
    return faces.stored(row, contents[row.id], caption="<br>".join(lines))


def _queue(choice: Choice, run: RunRow, wanted: FaceFilter) -> tuple[QueueSpec, bool]:
    """Return the queue of the wrong ones among the wanted faces, and whether it holds no others.

    What annotators agree on changes with every press, so that no queue is narrowed by it.
    """
    name = choice.slice_name
    tag = name.removeprefix("tag:") if name.startswith("tag:") else None
    slice_name = ImageSlice(name) if name in SETTLED_SLICES else None
    spec = QueueSpec(
        kind=QueueKind.MODEL_DISAGREES, run=run.id, true=wanted.true, tag=tag,
        predicted=None if wanted.predicted is wanted.true else wanted.predicted,
        slice_name=slice_name, test_mask=choice.test_mask,
    )  # fmt: skip
    is_sliced = bool(tag or slice_name or name == ImageSlice.ALL)
    return spec, is_sliced and wanted.outcome is not Outcome.BACKED


def _relabel_link(run: RunRow, spec: QueueSpec, *, is_same: bool) -> None:
    of = "among them" if is_same else "whether annotators agree or not"
    st.page_link(
        "views/relabel.py", label=f"Relabel the wrong ones {of}", icon=":material/keyboard:",
        query_params={"dataset": run.dataset, **spec.to_query()},
    )  # fmt: skip
