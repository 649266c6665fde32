from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from db.engine import migration_connection, open_engine
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
        assert MigrationContext.configure(connection).get_current_revision() == "0005"


def test_downgrading_removes_every_table_again(engine: Engine):
    upgrade_to_head(engine)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def _insert_run(connection: Connection, job: str, run: str) -> None:
    connection.execute(
        text(
            "INSERT INTO job (id, kind, payload, status, progress, message, attempt,"
            " cancel_requested, queued_at)"
            f" VALUES ({job}, 'train', '{{}}', 'done', 1, '', 1, FALSE, '2026-01-01 00:00:00')"
        )
    )
    connection.execute(
        text(
            "INSERT INTO run (id, job_id, version_id, model, mask, seed, config, created_at)"
            f" VALUES ({run}, {job}, 1, 'fast', 'none', 0, '{{}}', '2026-01-01 00:00:00')"
        )
    )


def test_runs_with_figures_and_epochs_outlive_their_table_being_made_anew(engine: Engine):
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0003")
        for row in (
            "dataset VALUES (1, 'old', '2026-01-01 00:00:00', TRUE, 5, 'latest')",
            "dataset_version (id, dataset_id, digest, n_images, created_at)"
            " VALUES (1, 1, 'abc', 1, '2026-01-01 00:00:00')",
        ):
            connection.execute(text(f"INSERT INTO {row}"))
        _insert_run(connection, "7", "3")
        connection.execute(
            text(
                "INSERT INTO epoch (run_id, number, train_accuracy, seconds) VALUES (3, 1, 0.5, 2)"
            )
        )
    upgrade_to_head(engine)
    with engine.connect() as connection:
        found = text("SELECT r.id, j.id, e.number FROM run r, job j, epoch e WHERE e.run_id = r.id")
        assert connection.execute(found).all() == [(3, 7, 1)]
        assert "ix_job_status" in {one["name"] for one in inspect(engine).get_indexes("job")}
        with pytest.raises(IntegrityError):
            connection.execute(text("DELETE FROM run"))  # epochs still refer to it


def test_sqlite_is_told_never_to_give_an_id_of_runs_and_jobs_again(tmp_path: Path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    upgrade_to_head(engine)
    with engine.connect() as connection:
        found = text("SELECT name FROM sqlite_master WHERE sql LIKE '%PRIMARY KEY AUTOINCREMENT%'")
        assert sorted(connection.scalars(found)) == ["job", "run"]
    engine.dispose()


def test_a_migration_that_would_lose_rows_that_others_refer_to_is_taken_back(tmp_path: Path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    upgrade_to_head(engine)
    with (
        pytest.raises(IntegrityError, match="lost row"),
        migration_connection(engine) as connection,
    ):
        connection.execute(
            text(
                "INSERT INTO epoch (run_id, number, train_accuracy, seconds) VALUES (9, 1, 0.5, 2)"
            )
        )
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM epoch")).scalar() == 0
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()
