"""Bring a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from db.engine import migration_connection


def alembic_config(connection: Connection | None = None) -> Config:
    """Return this package's Alembic configuration, bound to a connection where one is given."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade_to_head(engine: Engine) -> None:
    """Create or migrate every table; do nothing when the schema is the newest already.

    Safe when several processes start at once: one migrates, the others wait and find it done.
    """
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with engine.connect() as connection:
        if _revision(connection) == head:
            return
    with migration_connection(engine) as connection:
        if _revision(connection) != head:
            command.upgrade(alembic_config(connection), "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
