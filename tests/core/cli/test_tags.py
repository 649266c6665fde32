from collections.abc import Callable

import pytest

from core.services import tagging
from core.workspace import Workspace
from db.enums import Emotion, Split

Feelingit = Callable


@pytest.fixture
def faces(workspace: Workspace, add_faces: Callable[..., int]) -> str:
    """A data set of one face that wears glasses."""
    add_faces([(Split.TRAIN, Emotion.SAD, 1)])
    tagging.set_tags(workspace, [1], "glasses", True, annotator="ada")
    return "faces"


def test_the_tags_offered_are_listed_and_replaced_in_order(feelingit: Feelingit, faces: str):
    first = feelingit("tags", faces, "--json").document
    assert first["offered"] == list(tagging.DEFAULT_TAGS)
    done = feelingit("tags", faces, "--offer", "zwei", "--offer", "<b>*a*</b>", "--json").document
    assert done["offered"] == ["zwei", "<b>*a*</b>"]
    assert done["images"] == {"zwei": 0, "<b>*a*</b>": 0, "glasses": 1}
    assert feelingit("tags", faces, "--usual", "--json").document == first


def test_a_list_passes_from_one_set_to_another_as_arguments(
    feelingit: Feelingit, faces: str, add_faces: Callable[..., int]
):
    add_faces([(Split.TRAIN, Emotion.SAD, 1)], name="other")
    feelingit("tags", faces, "--offer", "hat", "--offer", "beard")
    offered = feelingit("tags", faces, "--json").document["offered"]
    options = [part for tag in offered for part in ("--offer", tag)]
    assert feelingit("tags", "other", *options, "--json").document["offered"] == ["hat", "beard"]


def test_what_cannot_be_a_tag_is_one_sentence(feelingit: Feelingit, faces: str):
    done = feelingit("tags", faces, "--offer", "a, b")
    assert (done.status, "has a comma" in done.err) == (1, True)
    assert feelingit("tags", faces, "--offer", "a", "--usual").status == 2


def test_the_table_says_which_tags_are_offered(feelingit: Feelingit, faces: str):
    feelingit("tags", faces, "--offer", "hat")
    out = feelingit("tags", faces).out
    assert "glasses" in out
    assert "hat" in out
