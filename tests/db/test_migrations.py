from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from db.engine import open_engine
from db.migrations.upgrade import alembic_config, upgrade_to_head
from db.models import Base


@pytest.fixture
def engine(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine of a database without tables."""
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    if database == "postgres":
        url = request.getfixturevalue("postgres").new_database()
    opened = open_engine(url)
    yield opened
    opened.dispose()


def test_an_empty_database_gets_exactly_the_tables_of_the_models(engine: Engine):
    upgrade_to_head(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_filled_database_of_every_older_schema_keeps_its_rows(engine: Engine):
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(
            text("INSERT INTO dataset VALUES (1, 'old', '2026-01-01 00:00:00', TRUE, 5)")
        )
        connection.execute(
            text(
                "INSERT INTO image VALUES (1, 1, 'a.png', 'test', 'sad', 'fear', 'kept', NULL,"
                " 'f', 'p', 7, 48, 48)"
            )
        )
    upgrade_to_head(engine)
    with engine.connect() as connection:
        dataset = connection.execute(text("SELECT name, revision, label_policy FROM dataset"))
        assert dataset.one() == ("old", 5, "latest")
        image = connection.execute(text("SELECT split, original_split, label, phash FROM image"))
        assert image.one() == ("test", "test", "fear", 7)
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_upgrading_twice_changes_nothing(engine: Engine):
    upgrade_to_head(engine)
    upgrade_to_head(engine)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "0003"


def test_downgrading_removes_every_table_again(engine: Engine):
    upgrade_to_head(engine)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
