import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import WorkspaceError
from core.settings import Settings
from core.workspace import open_workspace


def test_opening_makes_the_folder_and_the_tables(tmp_path: Path):
    opened = open_workspace(Settings(data=tmp_path / "new" / "place"))
    assert (opened.data_dir / "feelingit.sqlite").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="FEELINGIT_DATA"):
        open_workspace(Settings(data=tmp_path / "file" / "below"))


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path):
    (tmp_path / "feelingit.sqlite").write_bytes(b"this is not a database " * 100)
    with pytest.raises(WorkspaceError, match="file is not a database"):
        open_workspace(Settings(data=tmp_path))


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(tmp_path: Path):
    with pytest.raises(WorkspaceError, match="FEELINGIT_DATABASE_URL") as refused:
        open_workspace(
            Settings(
                data=tmp_path, database_url="postgresql+psycopg://ada:secret@127.0.0.1:1/faces"
            )
        )
    assert "ada:***@127.0.0.1:1/faces" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["faces", "postgresql+nothing://127.0.0.1/faces"])
def test_what_is_no_address_of_a_database_is_one_sentence(tmp_path: Path, url: str):
    with pytest.raises(WorkspaceError, match="FEELINGIT_DATABASE_URL"):
        open_workspace(Settings(data=tmp_path, database_url=url))


def test_processes_that_start_at_once_on_a_new_workspace_all_find_it_ready(tmp_path: Path):
    code = "from core.workspace import open_workspace; open_workspace()"
    environment = {**os.environ, "FEELINGIT_DATA": str(tmp_path / "data")}
    started = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ended = [process.communicate()[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], ended
