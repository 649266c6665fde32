"""Where inference processes listen."""

import tempfile

import pytest

from core.errors import InferenceError
from core.jobs.inference.place import MOST_PATH_BYTES, socket_path
from core.workspace import Workspace


def test_each_workspace_has_its_own_socket(workspace, tmp_path):
    other = Workspace(engine=workspace.engine, data_dir=tmp_path / "other")
    assert socket_path(workspace) == socket_path(workspace)
    assert socket_path(workspace) != socket_path(other)


def test_a_long_folder_for_temporary_files_is_not_used(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("long" * 30)))
    assert len(str(socket_path(workspace))) <= MOST_PATH_BYTES


def test_a_folder_that_others_may_write_is_refused(workspace, tmp_path, monkeypatch):
    short = tmp_path.parent / "t"
    short.mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    folder = socket_path(workspace).parent
    folder.chmod(0o755)
    with pytest.raises(InferenceError, match="not a folder of yours alone"):
        socket_path(workspace)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(InferenceError, match="not a folder of yours alone"):
        socket_path(workspace)
    folder.unlink()
