"""Buttons of the Duplicates page settle the group they stand beside, and one undo takes it back."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.services import curation, datasets, near_duplicates
from core.services.duplicates import exact_report
from core.services.near_duplicates import Group
from core.services.scanning import Likeness
from core.workspace import Workspace
from db.enums import ImageState

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
