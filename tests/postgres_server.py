"""A PostgreSQL server of the tests' own: a temporary folder, a unix socket, nothing kept."""

import getpass
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import psycopg

from core.jobs.parent import end_with
from db.engine import open_engine
from db.migrations.upgrade import upgrade_to_head

USER = "feelingit"
SERVER_ACCOUNT = "postgres"  # Debian's package makes it; the server refuses to run as root
START_TIMEOUT_S = 60
# What is stored is thrown away, so nothing needs to reach the disk.
OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "max_connections=200",
)
TRUNCATE = """
DO $$ BEGIN
    SET LOCAL session_replication_role = replica;  -- the append-only trigger refuses TRUNCATE
    EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') ||
             ' RESTART IDENTITY CASCADE' FROM pg_tables
             WHERE schemaname = 'public' AND tablename <> 'alembic_version');
END $$
"""


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`, the newest there is, or None."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    found = str(packaged[-1]) if packaged else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _major(initdb: Path) -> int:
    return int(initdb.parts[-3])


class PostgresServer:
    """A running server. One database is emptied for each test, since a new one takes longer."""

    def __init__(self, bin_dir: Path) -> None:
        """Start a server with the programs of a folder; it ends with this process."""
        self._bin_dir = bin_dir
        # Not pytest's own folder, which the account of the server may not enter.
        self._folder = Path(tempfile.mkdtemp(prefix="feelingit-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, SERVER_ACCOUNT)
        self._account = SERVER_ACCOUNT if os.geteuid() == 0 else getpass.getuser()
        self._initialise()
        self._process = self._start()
        self._admin = self._connect()
        self._n_databases = 0
        self._kept: str | None = None

    def new_database(self) -> str:
        """Return the URL of a new database without tables."""
        self._n_databases += 1
        name = f"feelingit_{self._n_databases}"
        self._admin.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://{USER}@/{name}?host={self._folder}"

    def empty_database(self) -> str:
        """Return the URL of a database with empty tables; what used it before is cut off."""
        if self._kept is None:
            self._kept = self.new_database()
            engine = open_engine(self._kept)
            upgrade_to_head(engine)
            engine.dispose()
            return self._kept
        name = re.search(r"/(\w+)\?", self._kept)[1]
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        with psycopg.connect(host=str(self._folder), user=USER, dbname=name) as connection:
            connection.execute(TRUNCATE)
        return self._kept

    def stop(self) -> None:
        """End the server and delete its folder."""
        self._admin.close()
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        shutil.rmtree(self._folder)

    def _initialise(self) -> None:
        # A language's order of texts, unlike Python's and SQLite's: nothing may depend on it.
        order = ["--locale-provider=icu", "--icu-locale=en"]
        version = subprocess.check_output([self._bin_dir / "initdb", "--version"], text=True)
        is_older = int(re.search(r"(\d+)", version)[1]) < 15
        command = [
            *(self._bin_dir / "initdb", "-D", self._folder / "data", "-U", USER),
            *("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"),
            *([] if is_older else order),
        ]
        done = subprocess.run(command, **self._as_account(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def _start(self) -> subprocess.Popen[bytes]:
        command = [self._bin_dir / "postgres", "-D", self._folder / "data", "-k", self._folder]
        for option in OPTIONS:
            command += ["-c", option]
        with (self._folder / "server.log").open("wb") as log:
            return subprocess.Popen(
                command,
                **self._as_account(),
                stderr=log,
                start_new_session=True,  # Ctrl+C reaches the tests alone; they stop it
                preexec_fn=partial(end_with, os.getpid()) if sys.platform == "linux" else None,
            )

    def _as_account(self) -> dict[str, object]:
        """Return what makes a child process that of the server's account."""
        as_other = {"user": self._account, "group": self._account, "extra_groups": []}
        return {
            "cwd": self._folder,
            "env": {"PATH": os.environ["PATH"], "TZ": "Asia/Kolkata"},
            **(as_other if os.geteuid() == 0 else {}),
        }

    def _connect(self) -> psycopg.Connection:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                return psycopg.connect(
                    host=str(self._folder), user=USER, dbname="postgres", autocommit=True
                )
            except psycopg.OperationalError:
                log = (self._folder / "server.log").read_text()
                assert self._process.poll() is None, log
                assert time.monotonic() < deadline, log
            time.sleep(0.05)
