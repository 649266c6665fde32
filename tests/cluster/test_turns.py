"""Writers of one PostgreSQL database on several machines, one of which stands still."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from core.services import datasets
from core.workspace import Workspace
from db import engine
from db.enums import Emotion, Split
from db.models import Dataset

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database", ["postgres"], indirect=True),
]


def stand_still(workspace: Workspace, meanwhile: Callable[[], None]) -> None:
    """Write a name, and stand still before the end while another one does something."""
    with workspace.writing() as session:
        session.execute(update(Dataset).values(name="frozen"))
        time.sleep(1)
        meanwhile()


def test_a_writer_that_stands_still_loses_its_turn_and_what_it_wrote(
    workspace: Workspace, add_faces: Callable[..., int], monkeypatch: pytest.MonkeyPatch
):
    def write() -> None:
        with workspace.writing() as session:
            session.execute(update(Dataset).values(name="awake"))

    add_faces([(Split.TRAIN, Emotion.HAPPY, 7)])
    monkeypatch.setattr(engine, "IDLE_TURN_MS", 200)
    with pytest.raises(DBAPIError, match="idle-in-transaction"):
        stand_still(workspace, write)
    assert [found.name for found in datasets.datasets(workspace)] == ["awake"]
