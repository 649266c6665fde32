"""Buttons of the Duplicates page settle the group they stand beside, and one undo takes it back."""

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.quality.embedding_pairs import pictures
from core.quality.near_duplicates import NearPairs
from core.services import curation, datasets, embeddings, experiments, near_duplicates, versions
from core.services.duplicates import exact_report
from core.services.embeddings import Embedding
from core.services.near_duplicates import Group
from core.services.scanning import Likeness
from core.workspace import Workspace
from db.enums import Emotion, ImageState, Split

OpenPage = Callable[..., AppTest]
N_FACES = 56


@pytest.fixture
def dataset_id(filled: Workspace) -> int:
    return datasets.find_dataset(filled, "faces").id


def groups(workspace: Workspace, dataset_id: int, likeness: Likeness) -> tuple[Group, ...]:
    return near_duplicates.find(workspace, dataset_id, likeness, max_distance_bits=8).groups


def test_keep_drops_the_others_of_the_group_and_undo_brings_them_back(
    open_page: OpenPage, filled: Workspace, dataset_id: int
):
    group = groups(filled, dataset_id, Likeness.EXACT)[0]
    first, second = group.image_ids[:2]
    page = open_page("duplicates")
    page.button(f"duplicates_keep_{first}_{second}_{second}").click().run()
    states = [curation.find_image(filled, image_id).state for image_id in group.image_ids]
    assert states.count(ImageState.KEPT) == 1
    assert curation.find_image(filled, second).state is ImageState.KEPT
    page.button("duplicates_undo").click().run()
    assert not page.exception
    assert datasets.progress(filled, dataset_id).kept == N_FACES


def test_groups_that_differ_leave_the_page_for_good(
    open_page: OpenPage, filled: Workspace, dataset_id: int
):
    before = groups(filled, dataset_id, Likeness.NEAR)
    assert before
    page = open_page("duplicates", duplicates_kind="Near", duplicates_bits="8")
    first, second = before[0].image_ids[:2]
    page.button(f"duplicates_differ_{first}_{second}").click().run()
    assert not page.exception
    assert not page.error
    after = groups(filled, dataset_id, Likeness.NEAR)
    assert all({first, second} - set(group.image_ids) for group in after)


def test_making_splits_leak_free_leaves_no_group_across_them(
    open_page: OpenPage, filled: Workspace, dataset_id: int
):
    assert exact_report(filled, dataset_id).cross_split_groups > 0
    page = open_page("duplicates")
    page.button("duplicates_leak_free").click().run()
    assert exact_report(filled, dataset_id).cross_split_groups == 0
    text = " ".join(part.value for part in page.markdown)
    assert "No group of exact or confirmed copies is in two splits." in text


def test_a_group_that_changed_meanwhile_is_one_sentence(
    open_page: OpenPage, filled: Workspace, dataset_id: int
):
    first, second = groups(filled, dataset_id, Likeness.EXACT)[0].image_ids[:2]
    page = open_page("duplicates")
    curation.drop(filled, first, annotator="bo", reason="blank")
    page.button(f"duplicates_keep_{first}_{second}_{second}").click().run()
    assert "nothing was changed" in page.error[0].value


@pytest.fixture
def run_id(filled: Workspace, dataset_id: int) -> int:
    """A finished run whose network finds the first two faces 0.9 alike, and no others."""
    run_id = embeddings.finished_runs(filled, dataset_id)[0].id
    version_id = experiments.find_run(filled, run_id).version_id
    faces = versions.face_set(filled, version_id)
    picture_of, places = pictures(faces.groups)
    found = Embedding(
        image_ids=faces.image_ids,
        pictures=picture_of,
        features=np.zeros((len(faces), 1), dtype=np.float16),
        vectors=np.zeros((len(places), 1), dtype=np.float16),
        pairs=NearPairs(*(np.array([value]) for value in (0, 1, 100))),
        reach=500,
    )
    embeddings.record_embedding(filled, run_id, found)
    return run_id


def test_what_a_network_finds_alike_can_be_settled_group_by_group(
    open_page: OpenPage, filled: Workspace, dataset_id: int, run_id: int
):
    page = open_page("duplicates", duplicates_kind="Network", duplicates_run=str(run_id))
    assert not page.exception
    text = " ".join(part.proto.body for part in page.get("html"))
    assert "0.900 alike" in text
    assert "duplicates_drop" not in [button.key for button in page.button]
    first, second = near_duplicates.find_by_run(filled, dataset_id, run_id).groups[0].image_ids[:2]
    page.button(f"duplicates_differ_{first}_{second}").click().run()
    assert not page.exception
    assert near_duplicates.find_by_run(filled, dataset_id, run_id).groups == ()
    assert "Lower the similarity." in " ".join(part.value for part in page.markdown)


def test_one_button_has_a_network_compare_the_faces(
    open_page: OpenPage, filled: Workspace, dataset_id: int
):
    newest = embeddings.finished_runs(filled, dataset_id)[0]
    page = open_page("duplicates", duplicates_kind="Network")
    page.button("duplicates_compare").click().run()
    assert not page.exception
    assert embeddings.under_way(filled, newest.id) is not None
    assert "duplicates_compare" not in [button.key for button in page.button]
    assert "groups appear here" in " ".join(part.value for part in page.markdown)


def test_without_a_finished_run_the_page_says_what_to_do(
    open_page: OpenPage, workspace: Workspace, add_faces: Callable[..., int]
):
    add_faces([(Split.TRAIN, Emotion.SAD, 1)])
    page = open_page("duplicates", duplicates_kind="Network")
    assert not page.exception
    assert "train one first" in " ".join(part.value for part in page.markdown)


@pytest.mark.parametrize("kind", ["Mirrored", "Network"])
def test_faces_that_may_be_other_people_are_never_all_dropped_at_once(
    open_page: OpenPage, run_id: int, kind: str
):
    page = open_page("duplicates", duplicates_kind=kind, duplicates_bits="8")
    assert "duplicates_drop" not in [button.key for button in page.button]
    assert "duplicates_drop" in [button.key for button in open_page("duplicates").button]


@pytest.mark.parametrize(
    ("shown", "flag"), [("Labels differ", "is_conflicting"), ("Across splits", "is_across")]
)
def test_groups_are_filtered_by_what_is_wrong_with_them(
    open_page: OpenPage, filled: Workspace, dataset_id: int, shown: str, flag: str
):
    every = groups(filled, dataset_id, Likeness.EXACT)
    wanted = {group.image_ids[0] for group in every if getattr(group, flag)}
    assert 0 < len(wanted) < len(every)
    page = open_page("duplicates", duplicates_show=shown)
    keys = [str(button.key) for button in page.button]
    seen = {int(key.split("_")[2]) for key in keys if key.startswith("duplicates_rule_")}
    assert seen == wanted
