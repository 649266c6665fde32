"""The engine and its sessions: the only module that knows which database it talks to."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
MIGRATION_LOCK = 7_031_977
# WAL lets readers work while one writes; NORMAL keeps committed data over a killed process
# (only a power cut may lose the last commits, and never corrupts).
PRAGMAS = (
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
)


def open_engine(url: str) -> Engine:
    """Return an engine for the URL; SQLite connections get the pragmas a multi-user file needs."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, pool_size=20, max_overflow=20, connect_args={"timeout": 10})
    event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """Yield a session in one transaction, committed at the end and rolled back on any error.

    SQLite takes its write lock at the start (BEGIN IMMEDIATE): a transaction that read first and
    wrote later would fail at once, without waiting, when another writer came between.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        with Session(bind=connection) as session:
            yield session
            session.commit()
        connection.commit()


@contextmanager
def migration_connection(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that no other migrating process can be in."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        yield connection
        connection.commit()
