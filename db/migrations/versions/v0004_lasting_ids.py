"""Ids of runs and jobs that never come back after a deletion, with SQLite too."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("job", "run")


def upgrade() -> None:
    """Apply this migration."""
    _make_anew(is_lasting=True)


def downgrade() -> None:
    """Take this migration back."""
    _make_anew(is_lasting=False)


def _make_anew(*, is_lasting: bool) -> None:
    """Copy the tables, as SQLite cannot change them; PostgreSQL's sequences never go back."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        with op.batch_alter_table(
            table, recreate="always", table_kwargs={"sqlite_autoincrement": is_lasting}
        ):
            pass
