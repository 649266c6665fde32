from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from core.services.curation import history, label
from core.services.datasets import find_dataset
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Split


def test_five_annotators_at_once_lose_no_label_and_meet_no_lock(
    workspace: Workspace, add_faces: Callable[..., int]
):
    dataset_id = add_faces([(Split.TRAIN, Emotion.HAPPY, shade) for shade in range(5)])

    def annotate(image_id: int) -> None:
        for press in range(30):
            label(workspace, image_id, EMOTIONS[press % 7], annotator=f"annotator {image_id}")

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(annotate, range(1, 6)))
    assert len(history(workspace, dataset_id, limit=1000)) == 150
    assert find_dataset(workspace, "faces").revision == 150


def add_dataset_and_fail(workspace: Workspace) -> None:
    with workspace.writing() as session:
        session.execute(
            text("INSERT INTO dataset VALUES (1, 'x', '2026-01-01', TRUE, 0, 'latest')")
        )
        raise ZeroDivisionError


def test_an_error_in_a_transaction_leaves_nothing_behind(workspace: Workspace):
    with pytest.raises(ZeroDivisionError):
        add_dataset_and_fail(workspace)
    with workspace.reading() as session:
        assert session.execute(text("SELECT count(*) FROM dataset")).scalar_one() == 0


def test_a_reader_sees_the_last_commit_while_another_writes(workspace: Workspace):
    with workspace.writing() as writer:
        writer.execute(text("INSERT INTO dataset VALUES (1, 'x', '2026-01-01', TRUE, 0, 'latest')"))
        with workspace.reading() as reader:
            assert reader.execute(text("SELECT count(*) FROM dataset")).scalar_one() == 0
