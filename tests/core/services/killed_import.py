"""Import a folder, and kill this very process after so many statements to the database."""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from core.services import importing
from core.settings import Settings
from core.workspace import open_workspace


def main() -> None:
    folder, data, n_statements = sys.argv[1:]
    importing.CHUNK = 5
    workspace = open_workspace(Settings(data=Path(data), database_url=None))
    left = int(n_statements)

    def count_down(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(workspace.engine, "after_execute", count_down)
    importing.import_path(workspace, Path(folder), name="faces")


if __name__ == "__main__":
    main()
