"""The engine and its sessions: the only module that knows which database it talks to."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
RETRY_S = 0.02
CONNECT_TIMEOUT_S = 10
IDLE_TURN_MS = 30_000  # after which PostgreSQL ends the turn of a writer that froze in its midst
WRITE_LOCK = 7_031_977  # any number that nobody else locks in this database
# NORMAL keeps committed data over a killed process (only a power cut may lose the last commits,
# and never corrupts).
SQLITE_SETTINGS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)
POSTGRES_SETTINGS = (f"SET lock_timeout={BUSY_TIMEOUT_MS}",)
POSTGRES_APPEND_ONLY = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql
"""


def open_engine(url: str) -> Engine:
    """Return an engine for the URL, with connections set up for many users at once.

    Raises:
        ArgumentError: If this is no URL of a database.
        ModuleNotFoundError: If the database's driver is not installed.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=20, max_overflow=20, connect_args={"timeout": 10})
    else:
        timeout = {"connect_timeout": CONNECT_TIMEOUT_S}
        engine = create_engine(url, pool_pre_ping=True, max_overflow=20, connect_args=timeout)
    event.listen(engine, "connect", _set_up_sqlite if _is_sqlite(engine) else _set_up_postgres)
    return engine


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """Yield a session in one transaction, committed at the end and rolled back on any error.

    One transaction writes at a time, so that what it reads stays true until it is committed. SQLite
    would let a second one read and then fail at once; PostgreSQL would let it write what the first
    has made untrue. Both wait their turn here instead, for up to ten seconds. With PostgreSQL the
    turn of a process that stands still in its midst (a suspended machine) ends after half a minute.
    """
    with engine.connect() as connection:
        _wait_for_turn(connection)
        with Session(bind=connection) as session:
            yield session
            session.commit()
        connection.commit()


@contextmanager
def migration_connection(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction during which no other process migrates or writes.

    With SQLite a table may be made anew in it, although others refer to its rows; that they still
    refer to rows is checked at the end.
    """
    with engine.connect() as connection:
        if not _is_sqlite(engine):
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # a migration may take long
            _wait_for_turn(connection)
            yield connection
            connection.commit()
            return
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # has no effect in a transaction
        try:
            _wait_for_turn(connection)
            yield connection
            _require_whole(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def append_only(connection: Connection, table: str) -> list[str]:
    """Return the statements that make a table refuse everything but new rows."""
    if _is_sqlite(connection.engine):
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    trigger = (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    return [POSTGRES_APPEND_ONLY, trigger]


def _require_whole(connection: Connection) -> None:
    """Refuse to commit a SQLite database in which a row refers to one that is not there."""
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if found is not None:
        raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"lost row: {found}"))


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _wait_for_turn(connection: Connection) -> None:
    """Begin a transaction when no other one that did this is open."""
    if _is_sqlite(connection.engine):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        idle = f"set_config('idle_in_transaction_session_timeout', '{IDLE_TURN_MS}', true)"
        connection.execute(text(f"SELECT {idle}, pg_advisory_xact_lock({WRITE_LOCK})"))


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    _execute(connection, SQLITE_SETTINGS)
    _write_ahead(connection)


def _write_ahead(connection: DBAPIConnection) -> None:
    """Turn on the write-ahead log, which lets readers work while one writes.

    Of processes that do this to a new file at once, SQLite refuses all but one without minding
    `busy_timeout`; they try again here.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            _execute(connection, ("PRAGMA journal_mode=WAL",))
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not is_busy or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)


def _set_up_postgres(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    _execute(connection, POSTGRES_SETTINGS)
    connection.commit()  # a setting goes with the transaction that was rolled back


def _execute(connection: DBAPIConnection, statements: tuple[str, ...]) -> None:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()
