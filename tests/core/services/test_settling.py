"""Near groups and what is done with them: every action is one batch, and one undo takes it back."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.errors import GroupTooLargeError, NearLimitError, StaleGroupError, UnknownBatchError
from core.images.encoding import encode
from core.services import curation, scanning, settling, undoing
from core.services.datasets import datasets as every_dataset
from core.services.duplicates import KEEP_REASON
from core.services.importing import import_records
from core.services.near_duplicates import find
from core.services.scanning import Likeness, scan
from core.services.settling import Keeping, KeepRule, LastAction
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.enums import DuplicateVerdict, Emotion, ImageState, Split
from db.models import Image
from db.repositories import datasets

TRAIN, TEST, VALIDATION = Split.TRAIN, Split.TEST, Split.VALIDATION
HAPPY, SAD = Emotion.HAPPY, Emotion.SAD
DIFFERENT, SAME = DuplicateVerdict.DIFFERENT, DuplicateVerdict.SAME
Near = Callable[..., int]
Face = tuple[Split, Emotion, int]
# A chain of hashes 0, 0b11, 0b1111 and one far away: at 2 bits the groups are {1, 2} and {2, 3}.
CHAIN: list[Face] = [(TEST, SAD, 0), (TRAIN, HAPPY, 3), (TRAIN, HAPPY, 15), (TRAIN, SAD, 0xFFF0000)]


@pytest.fixture
def add_near(workspace: Workspace) -> Near:
    """Return a function that stores faces (split, label, perceptual hash) of different pixels."""

    def add(faces: list[Face], name: str = "near") -> int:
        records = [
            SourceRecord(path, path, split, label, encode(np.full((4, 4), shade, dtype=np.uint8)))
            for shade, (split, label, _) in enumerate(faces)
            for path in [f"{shade}.png"]
        ]
        import_records(workspace, records, name=name)
        with workspace.writing() as session:
            dataset = datasets.by_name(session, name)
            assert dataset is not None
            stored = session.scalars(select(Image).where(Image.dataset_id == dataset.id))
            for image, (_, _, phash) in zip(
                sorted(stored, key=lambda image: image.id), faces, strict=True
            ):
                image.phash = phash
        return dataset.id

    return add


def ids(workspace: Workspace, dataset_id: int, bits: int) -> list[tuple[int, ...]]:
    found = find(workspace, dataset_id, Likeness.NEAR, max_distance_bits=bits)
    return [group.image_ids for group in found.groups]


def standing(workspace: Workspace, n: int) -> list[tuple[Emotion, ImageState, Split]]:
    images = [curation.find_image(workspace, image_id) for image_id in range(1, n + 1)]
    return [(image.label, image.state, image.split) for image in images]


def test_groups_never_chain_and_show_the_distance_to_their_first(
    workspace: Workspace, add_near: Near
):
    found = find(workspace, add_near(CHAIN), Likeness.NEAR, max_distance_bits=2)
    assert [(g.image_ids, g.distances) for g in found.groups] == [
        ((1, 2), (0, 2)),
        ((2, 3), (0, 2)),
    ]
    assert (found.pairs, found.images, found.cross_split_groups) == (2, 3, 1)
    assert found.conflicting_groups == 1
    assert found.per_distance == (0, 0, 2, 0, 1, 0, 0, 0, 0)


def test_pixel_copies_join_the_group_of_their_picture(workspace: Workspace, add_near: Near):
    dataset_id = add_near(CHAIN)
    copy = encode(np.full((4, 4), 0, dtype=np.uint8))
    import_records(workspace, [SourceRecord("copy", "copy", TRAIN, SAD, copy)], name="near")
    found = find(workspace, dataset_id, Likeness.NEAR, max_distance_bits=2)
    assert found.groups[0].image_ids == (1, 5, 2)
    assert (found.pairs, found.exact_pairs) == (4, 1)


def test_only_kept_images_are_in_groups(workspace: Workspace, add_near: Near):
    dataset_id = add_near(CHAIN)
    curation.drop(workspace, 2, annotator="ada", reason="blank")
    assert ids(workspace, dataset_id, 2) == []
    assert ids(workspace, dataset_id, 4) == [(1, 3)]


def test_pictures_that_differ_never_return_and_are_back_after_undo(
    workspace: Workspace, add_near: Near
):
    dataset_id = add_near(CHAIN)
    batch = settling.judge(workspace, [[1, 2]], DIFFERENT, annotator="ada")
    assert ids(workspace, dataset_id, 2) == [(2, 3)]
    (workspace.data_dir / "scans" / f"{dataset_id}-near.npz").unlink()
    assert ids(workspace, dataset_id, 8) == [(1, 3), (2, 3)]
    assert undoing.undo(workspace, batch, annotator="bo") == 1
    assert ids(workspace, dataset_id, 2) == [(1, 2), (2, 3)]
    with pytest.raises(UnknownBatchError, match="undone already"):
        undoing.undo(workspace, batch, annotator="bo")


def test_undo_gives_the_verdict_before_back_and_leaves_a_later_one(
    workspace: Workspace, add_near: Near
):
    dataset_id = add_near(CHAIN)
    first = settling.judge(workspace, [[1, 2]], SAME, annotator="ada")
    second = settling.judge(workspace, [[1, 2]], DIFFERENT, annotator="bo")
    with pytest.raises(UnknownBatchError):
        undoing.undo(workspace, first, annotator="ada")
    undoing.undo(workspace, second, annotator="bo")
    found = find(workspace, dataset_id, Likeness.NEAR, max_distance_bits=2)
    assert [group.is_settled for group in found.groups] == [True, False]
    assert (found.same, found.different) == (1, 0)


def test_keeping_one_drops_the_rest_and_one_undo_restores_everything(
    workspace: Workspace, add_near: Near
):
    dataset_id = add_near(CHAIN)
    before = standing(workspace, 4)
    batch = settling.keep(workspace, [Keeping(keep=2, drop=(1, 3))], annotator="ada")
    assert [state.value for _, state, _ in standing(workspace, 4)] == [
        "dropped", "kept", "dropped", "kept",
    ]  # fmt: skip
    assert settling.last_action(workspace, dataset_id) == LastAction(batch, KEEP_REASON, 2)
    assert undoing.undo(workspace, batch, annotator="ada") == 2
    assert standing(workspace, 4) == before
    assert find(workspace, dataset_id, Likeness.NEAR, max_distance_bits=2).same == 0
    assert settling.last_action(workspace, dataset_id) is None


@pytest.mark.parametrize(
    ("rule", "kept"), [(KeepRule.FIRST, 1), (KeepRule.MAJORITY, 2), (KeepRule.TRAINING, 3)]
)
def test_rules_choose_who_stays(workspace: Workspace, add_near: Near, rule: KeepRule, kept: int):
    add_near([(TEST, SAD, 0), (VALIDATION, HAPPY, 1), (TRAIN, HAPPY, 2)])
    others = tuple(image_id for image_id in (1, 2, 3) if image_id != kept)
    assert settling.plan(workspace, [[3, 1, 2]], rule) == [Keeping(kept, others)]


def test_a_rule_over_groups_that_share_an_image_drops_no_more_than_it_must(
    workspace: Workspace, add_near: Near
):
    dataset_id = add_near(CHAIN)
    plans = settling.plan(workspace, ids(workspace, dataset_id, 2), KeepRule.FIRST)
    assert plans == [Keeping(1, (2,))]  # 3 is not near 1, so it stays when 2 has gone


def test_one_label_for_all_settles_the_group_and_is_undone_as_one(
    workspace: Workspace, add_near: Near
):
    dataset_id = add_near(CHAIN)
    batch = settling.relabel(workspace, [1, 2], SAD, annotator="ada")
    assert [label for label, _, _ in standing(workspace, 4)] == [SAD, SAD, HAPPY, SAD]
    found = find(workspace, dataset_id, Likeness.NEAR, max_distance_bits=2)
    assert found.groups[0].is_settled
    undoing.undo(workspace, batch, annotator="ada")
    assert [label for label, _, _ in standing(workspace, 4)] == [SAD, HAPPY, HAPPY, SAD]


def test_a_group_that_changed_meanwhile_is_left_alone(workspace: Workspace, add_near: Near):
    add_near(CHAIN)
    curation.drop(workspace, 1, annotator="bo", reason="blank")
    with pytest.raises(StaleGroupError, match="nothing was changed"):
        settling.keep(workspace, [Keeping(keep=2, drop=(1,))], annotator="ada")
    with pytest.raises(StaleGroupError):
        settling.judge(workspace, [], DIFFERENT, annotator="ada")


def test_too_many_pictures_to_set_apart_are_refused(
    workspace: Workspace, add_near: Near, monkeypatch: pytest.MonkeyPatch
):
    add_near(CHAIN)
    monkeypatch.setattr(settling, "MOST_APART", 2)
    with pytest.raises(GroupTooLargeError, match="3 pictures are too many"):
        settling.judge(workspace, [[1, 2, 3]], DIFFERENT, annotator="ada")


def test_a_new_image_is_searched_against_the_known_ones_only(
    workspace: Workspace, add_near: Near, monkeypatch: pytest.MonkeyPatch
):
    dataset_id = add_near(CHAIN)
    for likeness in (Likeness.NEAR, Likeness.MIRRORED):
        scan(workspace, dataset_id, likeness)
    new = encode(np.full((4, 4), 200, dtype=np.uint8))
    import_records(workspace, [SourceRecord("new", "new", TRAIN, SAD, new)], name="near")
    asked: list[int] = []
    hashed = scanning.hashed
    monkeypatch.setattr(
        scanning, "hashed", lambda *args, **kwargs: asked.append(kwargs["after_id"]) or
        hashed(*args, **kwargs),
    )  # fmt: skip
    extended = {key: scan(workspace, dataset_id, key) for key in (Likeness.NEAR, Likeness.MIRRORED)}
    assert asked == [4, 4]
    for likeness, one in extended.items():
        (workspace.data_dir / "scans" / f"{dataset_id}-{likeness.value}.npz").unlink()
        monkeypatch.setattr(scanning, "hashed", hashed)
        full = scan(workspace, dataset_id, likeness)
        for field in ("image_ids", "pictures", "pixels", "hashes", "first", "second", "distances"):
            np.testing.assert_array_equal(getattr(one, field), getattr(full, field))


def test_a_face_and_its_mirror_image_are_found(workspace: Workspace):
    pixels = np.random.default_rng(3).integers(0, 256, (12, 12), dtype=np.uint8).repeat(4, 0)
    faces = {"face": pixels.repeat(4, 1), "mirror": pixels.repeat(4, 1)[:, ::-1]}
    records = [SourceRecord(name, name, TRAIN, SAD, encode(np.ascontiguousarray(face)))
               for name, face in faces.items()]  # fmt: skip
    import_records(workspace, records, name="mirrors")
    assert find(workspace, 1, Likeness.NEAR, max_distance_bits=4).groups == ()
    found = find(workspace, 1, Likeness.MIRRORED, max_distance_bits=0)
    assert [(group.image_ids, group.distances) for group in found.groups] == [((1, 2), (0, 0))]


def test_a_limit_at_which_all_would_be_alike_is_refused(workspace: Workspace, add_near: Near):
    with pytest.raises(NearLimitError, match="0 to 16"):
        find(workspace, add_near(CHAIN), Likeness.NEAR, max_distance_bits=17)


def test_a_limit_beyond_the_stored_scan_is_searched_again(workspace: Workspace, add_near: Near):
    dataset_id = add_near([(TRAIN, SAD, 0), (TRAIN, SAD, 0xFFF)])
    assert ids(workspace, dataset_id, 8) == []
    assert ids(workspace, dataset_id, 12) == [(1, 2)]
    assert ids(workspace, dataset_id, 8) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    hashes=st.lists(st.integers(0, 63), min_size=2, max_size=7),
    judged=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=4),
    limit=st.integers(0, 5),
)
def test_a_judged_pair_never_returns_and_a_tighter_limit_finds_no_new_pair(
    workspace: Workspace,
    add_near: Near,
    hashes: list[int],
    judged: set[tuple[int, int]],
    limit: int,
):
    name = f"law {len(every_dataset(workspace))}"
    dataset_id = add_near([(TRAIN, SAD, bits) for bits in hashes], name=name)
    first = min(row.image_id for row in _hashed(workspace, dataset_id))
    apart = {
        (first + min(pair), first + max(pair))
        for pair in judged
        if pair[0] != pair[1] and max(pair) < len(hashes)
    }
    if apart:
        settling.judge(workspace, sorted(apart), DIFFERENT, annotator="ada")
    shown = [
        {tuple(sorted(pair)) for group in ids(workspace, dataset_id, bits)
         for pair in combinations(group, 2)}
        for bits in (limit, limit + 1)
    ]  # fmt: skip
    near = {
        (first + i, first + j)
        for i, j in combinations(range(len(hashes)), 2)
        if (hashes[i] ^ hashes[j]).bit_count() <= limit
    }
    assert not shown[0] & apart
    assert not shown[1] & apart
    assert near - apart <= shown[0]
    tight = find(workspace, dataset_id, Likeness.NEAR, max_distance_bits=limit)
    loose = find(workspace, dataset_id, Likeness.NEAR, max_distance_bits=limit + 1)
    assert tight.pairs == len(near - apart) <= loose.pairs


def _hashed(workspace: Workspace, dataset_id: int):
    with workspace.reading() as session:
        return scanning.hashed(session, dataset_id)
