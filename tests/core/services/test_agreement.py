from collections.abc import Callable

import pandas as pd
import pytest

from core.metrics.agreement import Agreement
from core.services import annotators, voting
from core.services.agreement import agreement, report
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Split

AddFaces = Callable[..., int]


def table(**judged: str) -> pd.DataFrame:
    """Return judgements, one letter a face: h happy, s sad, f fear, - none."""
    names = {"h": "happy", "s": "sad", "f": "fear"}
    return pd.DataFrame(
        [
            (image_id, who.replace("_", "-"), names[letter])
            for who, letters in judged.items()
            for image_id, letter in enumerate(letters, start=10)
            if letter != "-"
        ],
        columns=["image_id", "annotator", "emotion"],
    )


def test_each_two_annotators_make_a_pair_on_the_faces_both_judged():
    found = report(table(ada="hhss", bo="hhs-", cy="ssff"), {})
    pairs = {(pair.first, pair.second): pair.kappa for pair in found.pairs}
    assert pairs[("ada", "bo")] == Agreement(pytest.approx(1.0), 3)
    assert pairs[("ada", "cy")].n == 4
    assert found.images == 4


def test_anonymous_taggers_make_no_pairs_but_count_in_all_else():
    found = report(table(ada="hs", ferplus_1="hs", ferplus_2="hs"), {})
    assert (found.named, found.pairs) == (("ada",), ())
    assert found.fleiss == Agreement(pytest.approx(1.0), 2)


def test_an_emotion_nobody_named_has_no_agreement():
    found = report(table(ada="hs", bo="hs"), {})
    by_emotion = {one.emotion: one for one in found.emotions}
    assert by_emotion[Emotion.HAPPY].alpha == Agreement(pytest.approx(1.0), 2)
    assert (by_emotion[Emotion.ANGRY].alpha.value, by_emotion[Emotion.ANGRY].named) == (None, 0)


def test_agreement_is_measured_within_and_between_groups():
    judged = table(ada="hhss", bo="hhss", cy="sshh", di="sshh", ed="ffff")
    groups = {"ada": "East", "bo": "East", "cy": "West", "di": "West"}
    found = {(one.first, one.second): one.kappa for one in report(judged, groups).groups}
    assert found == {
        ("East", "East"): Agreement(pytest.approx(1.0), 4),
        ("West", "West"): Agreement(pytest.approx(1.0), 4),
        ("East", "West"): Agreement(pytest.approx(-1.0), 4),
    }


def test_no_judgement_at_all_has_no_agreement():
    found = report(table(), {})
    assert (found.images, found.alpha.value, found.pairs) == (0, None, ())
    assert [one.emotion for one in found.emotions] == list(EMOTIONS)


def test_agreement_is_read_from_the_votes_and_groups_of_a_workspace(
    workspace: Workspace, add_faces: AddFaces
):
    dataset_id = add_faces([(Split.TRAIN, Emotion.HAPPY, shade) for shade in (1, 2)])
    for image_id, emotion in ((1, Emotion.HAPPY), (2, Emotion.SAD)):
        for who in ("ada", "bo"):
            voting.vote(workspace, image_id, emotion, annotator=who)
            annotators.set_group(workspace, who, "East")
    found = agreement(workspace, dataset_id)
    assert found.alpha == Agreement(pytest.approx(1.0), 2)
    assert [(one.first, one.second) for one in found.groups] == [("East", "East")]
