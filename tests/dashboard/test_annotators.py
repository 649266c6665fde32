"""The Annotators page: groups, the label policy and disputed faces."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.services import annotators, curation, datasets, policies, voting
from core.services.terms import Emotion, LabelPolicy
from core.workspace import Workspace

OpenPage = Callable[..., AppTest]
HAPPY, SAD, FEAR = Emotion.HAPPY, Emotion.SAD, Emotion.FEAR


@pytest.fixture
def voted(filled: Workspace) -> Workspace:
    """Three people judge four faces: agreed, two to one, three ways, and one by one person."""
    for image_id, said in ((1, (SAD, SAD, SAD)), (2, (SAD, SAD, FEAR)), (3, (SAD, FEAR, HAPPY))):
        for annotator, emotion in zip(("ada", "bo", "cy"), said, strict=True):
            voting.vote(filled, image_id, emotion, annotator=annotator)
    voting.vote(filled, 4, SAD, annotator="ada")
    return filled


def text(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.error]
    return " ".join(str(part.value) for part in parts)


def label(workspace: Workspace, image_id: int) -> Emotion:
    return curation.find_image(workspace, image_id).label


def test_without_a_judgement_the_page_leads_to_relabeling(open_page: OpenPage, filled: Workspace):
    assert "Nobody has judged a face" in text(open_page("annotators"))


def test_everyone_is_listed_with_what_they_did(open_page: OpenPage, voted: Workspace):
    page = open_page("annotators")
    table = page.dataframe[0].value
    assert list(zip(table["Annotator"], table["Votes"], strict=True)) == [
        ("ada", 4), ("bo", 3), ("cy", 3),
    ]  # fmt: skip
    assert page.metric[0].value == "3"
    assert not page.exception


def test_an_annotator_is_put_into_a_group(open_page: OpenPage, voted: Workspace):
    annotators.set_group(voted, "bo", "East")
    page = open_page("annotators")
    page.selectbox("annotators_name").set_value("cy").run()
    page.selectbox("annotators_group_cy").set_value("East").run()
    page.button("annotators_save").click().run()
    assert annotators.groups(voted) == {"bo": "East", "cy": "East"}
    assert "Within and between groups" in text(page)
    assert not page.exception


def test_a_group_is_renamed_and_joins_one_of_that_name(open_page: OpenPage, voted: Workspace):
    for name, group in (("ada", "East"), ("bo", "East"), ("cy", "West")):
        annotators.set_group(voted, name, group)
    page = open_page("annotators")
    page.selectbox("annotators_rename").set_value("East").run()
    page.text_input("annotators_new_name").set_value("West").run()
    page.button("annotators_rename_save").click().run()
    assert set(annotators.groups(voted).values()) == {"West"}
    assert not page.exception


def test_a_policy_is_previewed_set_and_taken_back(open_page: OpenPage, voted: Workspace):
    dataset_id = datasets.find_dataset(voted, "faces").id
    page = open_page("annotators")
    page.button_group("annotators_policy").set_value(LabelPolicy.MAJORITY).run()
    assert "changes **3 labels**" in text(page)
    assert policies.policy(voted, dataset_id) is LabelPolicy.LATEST
    page.button("annotators_set").click().run()
    assert policies.policy(voted, dataset_id) is LabelPolicy.MAJORITY
    assert (label(voted, 2), label(voted, 3)) == (SAD, Emotion.ANGRY)
    page = open_page("annotators")  # another session finds the way back too
    page.button("annotators_back").click().run()
    assert policies.policy(voted, dataset_id) is LabelPolicy.LATEST
    assert label(voted, 2) is Emotion.ANGRY
    assert not page.exception


def test_one_click_settles_a_disputed_face_and_undo_opens_it_again(
    open_page: OpenPage, voted: Workspace
):
    page = open_page("annotators")
    assert "2 faces judged differently" in text(page)
    page.sidebar.text_input("annotator").set_value("di").run()
    page.button("annotators_fear_3").click().run()
    newest = curation.history(voted, datasets.find_dataset(voted, "faces").id)[0]
    assert (newest.image_id, newest.annotator, newest.reason) == (3, "di", "adjudicated")
    assert label(voted, 3) is FEAR
    assert "1 face judged differently" in text(page)
    page.button("annotators_undo").click().run()
    assert label(voted, 3) is Emotion.ANGRY
    assert "2 faces judged differently" in text(page)


def test_anonymous_taggers_are_left_out_of_pairs_with_the_reason(
    open_page: OpenPage, voted: Workspace
):
    voting.vote(voted, 1, SAD, annotator="ferplus-1")
    assert "Cohen's kappa would mean nothing" in text(open_page("annotators"))
