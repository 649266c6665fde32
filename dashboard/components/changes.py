"""What changed between two versions: the flow of labels, the moved splits, the faces themselves."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from core.services import diffs
from core.services.diffs import SPLITS, Change, ChangeKind, VersionDiff
from core.services.terms import EMOTIONS, Emotion
from dashboard import state
from dashboard.components import faces
from dashboard.components.heatmaps import heatmap
from dashboard.format import EMOTION_COLOURS, SPLIT_NAMES, counted, number, title

KIND_NAMES = {
    ChangeKind.RELABELED: "Relabeled",
    ChangeKind.MOVED: "Other split",
    ChangeKind.RETAGGED: "Other tags",
    ChangeKind.ONLY_A: "Gone",
    ChangeKind.ONLY_B: "New",
}
FACES_A_PAGE = 28
_STYLE = """<style>
.fi-changes{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:14px 10px}
.fi-dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:4px}
</style>"""


@st.cache_data(max_entries=16, show_spinner="Comparing")
def difference(dataset_id: int, revision: int, version_a: str, version_b: str) -> VersionDiff:
    """Return what changed between two versions, or a version and the data set at a revision."""
    return diffs.diff(state.workspace(), version_a, version_b, dataset_id=dataset_id)


def figures(found: VersionDiff) -> None:
    """Draw how many faces changed in each way."""
    with st.grid(5, min_column_width=110, gap="small"):
        for kind in ChangeKind:
            st.metric(KIND_NAMES[kind], number(found.count(kind)))


def flow(found: VersionDiff) -> go.Figure:
    """Return how many faces went from each label (row) to each other one (column)."""
    names = [title(emotion) for emotion in EMOTIONS]
    return _flow(found.flow, names)


def moves(found: VersionDiff) -> go.Figure:
    """Return how many faces went from each split (row) to each other one (column)."""
    return _flow(found.moves, [SPLIT_NAMES[split] for split in SPLITS])


def browse(found: VersionDiff) -> None:
    """Draw the changed faces of one kind, a page at a time."""
    kinds = [kind for kind in ChangeKind if found.count(kind)]
    if not kinds:
        return
    st.subheader("Changed faces", anchor=False)
    chosen = st.segmented_control(
        "Kind of change", kinds, default=kinds[0], required=True, label_visibility="collapsed",
        key=f"versions_kind_{'_'.join(kinds)}",
        format_func=lambda kind: f"{KIND_NAMES[kind]} {number(found.count(kind))}",
    )  # fmt: skip
    n_pages = -(-found.count(chosen) // FACES_A_PAGE)
    page = st.pagination(n_pages, key=f"versions_page_{chosen}") if n_pages > 1 else 1
    _gallery(found.page(chosen, start=(page - 1) * FACES_A_PAGE, limit=FACES_A_PAGE))


def _flow(table: NDArray[np.int64], names: Sequence[str]) -> go.Figure:
    """Return a heatmap of what left the diagonal; only cells of changed labels are coloured."""
    values = table.astype(np.float64)
    np.fill_diagonal(values, 0)
    most = max(1.0, float(values.max()))
    values[values == 0] = np.nan
    hovers = [
        [
            f"{counted(int(table[i, j]), 'face')} {'still' if i == j else f'from {a} to'} {b}"
            for j, b in enumerate(map(str.lower, names))
        ]
        for i, a in enumerate(map(str.lower, names))
    ]
    return heatmap(
        values,
        rows=names,
        columns=names,
        texts=[[number(int(n)) for n in row] for row in table],
        hovers=hovers,
        most=most,
    )


def _gallery(changes: Sequence[Change]) -> None:
    rows = diffs.images(state.workspace(), changes)
    contents = state.blobs(tuple(rows))
    figures = "".join(
        faces.stored(rows[change.image_id], contents[change.image_id], caption=_caption(change))
        for change in changes
    )
    st.html(f'{faces.STYLE}{_STYLE}<div class="fi-changes">{figures}</div>')


def _caption(change: Change) -> str:
    one, other = change.present, change.after or change.present
    lines = [_label(one.label), f'<div class="fi-dim">{one.split.value}</div>']
    if one.label is not other.label:
        lines.insert(1, f"<div>to {_label(other.label, is_block=False)}</div>")
    if one.split is not other.split:
        lines.append(f"<div>to {other.split.value}</div>")
    if one.tags != other.tags:
        lines.append(f"<div>{escape(_tags(one.tags, other.tags))}</div>")
    source = escape(one.source_path.rsplit("/", 1)[-1])
    return "".join([*lines, f'<div class="fi-dim">{source}</div>'])


def _label(emotion: Emotion, *, is_block: bool = True) -> str:
    dot = f'<span class="fi-dot" style="background:{EMOTION_COLOURS[emotion]}"></span>'
    text = f"{dot}{title(emotion)}"
    return f"<div>{text}</div>" if is_block else text


def _tags(before: str, after: str) -> str:
    """Return the tags that came and went, `+glasses -child`."""
    old, new = set(filter(None, before.split(","))), set(filter(None, after.split(",")))
    came, went = sorted(new - old), sorted(old - new)
    return " ".join([*(f"+{tag}" for tag in came), *(f"-{tag}" for tag in went)])
