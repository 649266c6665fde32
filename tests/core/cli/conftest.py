"""Run commands as a shell would."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.cli.app import main
from core.workspace import Workspace


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def feelingit(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Return a function that runs `feelingit` with arguments in the test's workspace."""
    monkeypatch.setenv("FEELINGIT_DATA", str(workspace.data_dir))
    monkeypatch.delenv("FEELINGIT_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Done:
        monkeypatch.setattr("sys.argv", ["feelingit", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_info:
            main()
        captured = capsys.readouterr()
        code = exit_info.value.code
        return Done(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run
