"""How far a job was when its process was last lost: one that gets further is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this migration."""
    op.add_column("job", sa.Column("lost_at", sa.Double(), nullable=True))


def downgrade() -> None:
    """Take this migration back."""
    op.drop_column("job", "lost_at")
