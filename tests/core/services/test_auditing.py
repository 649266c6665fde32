from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.services import (
    auditing,
    bulk,
    curation,
    duplicates,
    label_files,
    restoring,
    splitting,
    tagging,
    undoing,
    versions,
    voting,
)
from core.services.datasets import find_dataset
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, EventKind, LabelPolicy, Split
from db.repositories import labels, votes

AddFaces = Callable[..., int]
N_FACES = 3
ANNOTATORS = ("ada", "bo", "cy")
FACES = [
    (Split.TRAIN, Emotion.HAPPY, 7),
    (Split.TEST, Emotion.SAD, 7),
    (Split.TEST, Emotion.SAD, 8),
]
OTHERS = [
    "drop", "restore", "freeze", "back", "undo", "undo_any", "vote", "file", "tag", "untag",
    "separate", "dedupe", "all_sad", *LabelPolicy,
]  # fmt: skip

Act = tuple[int, str, str]


class Desk:
    """A data set that somebody works on in every way there is."""

    def __init__(self, workspace: Workspace, name: str, dataset_id: int) -> None:
        self.workspace, self.name, self.dataset_id = workspace, name, dataset_id
        first = curation.next_image(workspace, dataset_id)
        assert first is not None
        self.first_id = first.id
        self.frozen = versions.freeze(workspace, name).digest

    def do(self, act: Act, folder: Path) -> None:
        offset, annotator, what = act
        image_id = self.first_id + offset
        if what in set(EMOTIONS):
            voting.judge(self.workspace, image_id, Emotion(what), annotator=annotator)
        elif what in set(LabelPolicy):
            with self.workspace.writing() as session:
                votes.set_policy(session, self.dataset_id, LabelPolicy(what))
        else:
            getattr(self, what)(image_id, annotator, folder)

    def drop(self, image_id: int, annotator: str, _: Path) -> None:
        curation.drop(self.workspace, image_id, annotator=annotator, reason="blank")

    def restore(self, image_id: int, annotator: str, _: Path) -> None:
        curation.restore(self.workspace, image_id, annotator=annotator)

    def vote(self, image_id: int, annotator: str, _: Path) -> None:
        voting.vote(self.workspace, image_id, Emotion.FEAR, annotator=annotator)

    def freeze(self, image_id: int, _: str, __: Path) -> None:
        if curation.next_image(self.workspace, self.dataset_id):
            self.frozen = versions.freeze(self.workspace, self.name).digest

    def back(self, _: int, annotator: str, __: Path) -> None:
        restoring.restore(
            self.workspace, self.frozen, annotator=annotator, dataset_id=self.dataset_id
        )

    def undo(self, _: int, annotator: str, __: Path) -> None:
        undoing.undo_last(self.workspace, self.dataset_id, annotator=annotator)

    def undo_any(self, image_id: int, annotator: str, _: Path) -> None:
        for event in reversed(curation.history(self.workspace, self.dataset_id)):
            if undoing.preview(self.workspace, event.batch).can_undo:
                undoing.undo(self.workspace, event.batch, annotator=annotator)
                return

    def tag(self, image_id: int, annotator: str, _: Path) -> None:
        tagging.set_tags(self.workspace, [image_id], "glasses", True, annotator=annotator)

    def untag(self, image_id: int, annotator: str, _: Path) -> None:
        tagging.set_tags(self.workspace, [image_id], "glasses", False, annotator=annotator)

    def separate(self, _: int, annotator: str, __: Path) -> None:
        splitting.separate(self.workspace, self.dataset_id, annotator=annotator)

    def dedupe(self, _: int, annotator: str, __: Path) -> None:
        duplicates.dedupe(self.workspace, self.dataset_id, annotator=annotator)

    def all_sad(self, image_id: int, annotator: str, _: Path) -> None:
        ids = [self.first_id, image_id]
        bulk.label_all(self.workspace, ids, Emotion.SAD, annotator=annotator)

    def file(self, image_id: int, annotator: str, folder: Path) -> None:
        path = folder / "labels.csv"
        path.write_text(f"image,label\n{image_id},sad\n{self.first_id},angry\n")
        dataset = find_dataset(self.workspace, self.name)
        label_files.relabel(self.workspace, dataset, path, annotator=annotator)


acts = st.tuples(
    st.integers(0, N_FACES - 1), st.sampled_from(ANNOTATORS), st.sampled_from([*EMOTIONS, *OTHERS])
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(acts, max_size=14))
def test_replaying_all_events_from_the_import_gives_what_is_stored(
    workspace: Workspace, add_faces: AddFaces, tmp_path: Path, acts: list[Act]
):
    name = f"audit {id(acts)} {len(list(tmp_path.iterdir()))}"
    (tmp_path / name).mkdir(exist_ok=True)
    desk = Desk(workspace, name, add_faces(FACES, name=name))
    for act in acts:
        desk.do(act, tmp_path)
    assert auditing.audit(workspace, desk.dataset_id) == []


def test_a_days_work_has_every_kind_of_event_and_replays(
    workspace: Workspace, add_faces: AddFaces, tmp_path: Path
):
    desk = Desk(workspace, "faces", add_faces(FACES, name="faces"))
    for what in ("tag", "separate", "sad", "happy", "happy", "vote", "drop", "restore", "untag"):
        desk.do((0, "ada", what), tmp_path)
        assert auditing.audit(workspace, desk.dataset_id) == []
    events = curation.history(workspace, desk.dataset_id)
    assert {event.kind for event in events} == set(EventKind)
    for _ in events:
        desk.do((0, "ada", "undo"), tmp_path)
        assert auditing.audit(workspace, desk.dataset_id) == []
    assert [curation.find_image(workspace, number).label for number in (1, 2)] == ["happy", "sad"]


def test_a_change_without_an_event_is_found(workspace: Workspace, add_faces: AddFaces):
    dataset_id = add_faces([(Split.TRAIN, Emotion.HAPPY, 1), (Split.TRAIN, Emotion.HAPPY, 2)])
    curation.label(workspace, 1, Emotion.SAD, annotator="ada")
    with workspace.writing() as session:
        labels.set_labels(session, [2], Emotion.FEAR)
        labels.set_splits(session, [1], Split.TEST)
    found = auditing.audit(workspace, dataset_id)
    assert [one.image_id for one in found] == [1, 2]
    assert (found[0].stored.split, found[0].replayed.split) == (Split.TEST, Split.TRAIN)
    assert (found[1].stored.label, found[1].replayed.label) == (Emotion.FEAR, Emotion.HAPPY)
