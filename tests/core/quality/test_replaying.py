from core.quality.replaying import Event, Outcome, replay
from db.enums import Emotion, EventKind, ImageState, Split

AS_IMPORTED = Outcome(Emotion.HAPPY, Split.TRAIN)


def outcome(*events: tuple[EventKind, str, str]) -> Outcome:
    return replay({1: AS_IMPORTED}, [Event(1, *event) for event in events])[1]


def test_without_events_everything_is_as_imported():
    assert outcome() == AS_IMPORTED
    assert AS_IMPORTED.state is ImageState.KEPT


def test_every_kind_of_event_changes_its_own_part():
    assert outcome(
        (EventKind.LABEL, "happy", "sad"),
        (EventKind.DROP, "kept", "dropped"),
        (EventKind.SPLIT, "train", "test"),
        (EventKind.TAG, "", "glasses"),
        (EventKind.TAG, "", "child"),
        (EventKind.UNTAG, "glasses", ""),
    ) == Outcome(Emotion.SAD, Split.TEST, ImageState.DROPPED, frozenset({"child"}))


def test_confirmations_and_votes_change_nothing():
    assert (
        outcome((EventKind.CONFIRM, "happy", "happy"), (EventKind.VOTE, "", "sad")) == AS_IMPORTED
    )


def test_the_last_event_counts():
    assert (
        outcome((EventKind.DROP, "kept", "dropped"), (EventKind.RESTORE, "dropped", "kept"))
        == AS_IMPORTED
    )
