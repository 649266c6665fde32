from collections.abc import Callable

import pytest

from core.cli import app as application


def test_an_error_is_one_sentence_on_stderr_with_status_one(feelingit: Callable):
    done = feelingit("summary", "nowhere")
    assert done.status == 1
    assert done.out == ""
    assert done.err.startswith("There is no data set named 'nowhere'")
    assert "Traceback" not in done.err


def test_wrong_usage_has_status_two(feelingit: Callable):
    assert feelingit("summary").status == 2
    assert feelingit("no-such-command").status == 2
    assert feelingit("train", "--version", "x", "--model", "alexnet").status == 2


def test_even_a_bug_shows_no_traceback_unless_asked(
    feelingit: Callable, monkeypatch: pytest.MonkeyPatch
):
    def broken(**_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(application, "app", broken)
    done = feelingit("datasets")
    assert done.status == 1
    assert done.err.startswith(
        "FeelingIt failed unexpectedly (ZeroDivisionError: division by zero)"
    )
    assert "Traceback" not in done.err


def test_debug_lets_the_traceback_through(feelingit: Callable):
    with pytest.raises(Exception, match="no data set named"):
        feelingit("--debug", "summary", "nowhere")


def test_every_command_of_the_design_explains_itself(feelingit: Callable):
    for command in [
        "sample",
        "import",
        "datasets",
        "summary",
        "duplicates",
        "dedupe",
        "history",
        "undo",
        "freeze",
        "versions",
        "train",
        "jobs",
        "cancel",
        "resume",
        "logs",
        "runs",
        "results",
        "saliency",
        "serve",
        "worker",
        "doctor",
    ]:
        done = feelingit(command, "--help")
        assert done.status == 0, command
        assert "Usage: feelingit" in done.out
