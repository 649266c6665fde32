"""Where annotators work they choose the tags that everybody is offered."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.services import datasets, tagging
from core.workspace import Workspace

OpenPage = Callable[..., AppTest]
ODD = '<b>*hat*</b> & "$x$" [a](b) 帽子'


@pytest.fixture
def dataset_id(filled: Workspace) -> int:
    return datasets.find_dataset(filled, "faces").id


def lines(page: AppTest, view: str):
    (area,) = [area for area in page.text_area if area.key.startswith(f"{view}_tags_")]
    return area


@pytest.mark.parametrize("view", ["relabel", "grid"])
def test_tags_are_chosen_one_a_line_and_the_usual_ones_come_back(
    open_page: OpenPage, filled: Workspace, dataset_id: int, view: str
):
    page = open_page(view)
    assert lines(page, view).value.splitlines() == list(tagging.DEFAULT_TAGS)
    lines(page, view).set_value(f"beard\n\n {ODD} \nbeard").run()
    page.button(f"{view}_tags_offer").click().run()
    assert not page.exception
    assert tagging.tag_list(filled, dataset_id) == ["beard", ODD]
    assert lines(page, view).value == f"beard\n{ODD}"
    page.button(f"{view}_tags_usual").click().run()
    assert tagging.tag_list(filled, dataset_id) == list(tagging.DEFAULT_TAGS)


def test_what_cannot_be_a_tag_is_one_sentence_and_changes_nothing(
    open_page: OpenPage, filled: Workspace, dataset_id: int
):
    page = open_page("relabel")
    lines(page, "relabel").set_value("a, *b*").run()
    page.button("relabel_tags_offer").click().run()
    assert not page.exception
    assert r"\*b\*" in page.error[0].value
    assert tagging.tag_list(filled, dataset_id) == list(tagging.DEFAULT_TAGS)


def test_an_address_shows_the_list_unfolded(open_page: OpenPage, filled: Workspace):
    def is_open(page: AppTest) -> bool:
        (found,) = [part for part in page.expander if part.label == "Tags of this data set"]
        return bool(found.proto.expanded)

    assert is_open(open_page("grid", tags="edit"))
    assert not is_open(open_page("grid"))
