"""Landmarks of images; counts of predictions; jobs that pause, wait their turn, form grids."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this migration."""
    op.create_table(
        "image_landmarks",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.Column("is_detected", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["image.id"],
        ),
        sa.PrimaryKeyConstraint("image_id"),
    )
    op.add_column(
        "job",
        sa.Column("pause_requested", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("job", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("class_result", sa.Column("n_predicted", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE class_result SET n_predicted = CAST(ROUND(accuracy * n / precision) AS INTEGER)"
        " WHERE precision > 0"
    )
    op.add_column("job", sa.Column("grid", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Take this migration back."""
    op.drop_column("class_result", "n_predicted")
    op.drop_column("job", "grid")
    op.drop_column("job", "position")
    op.drop_column("job", "pause_requested")
    op.drop_table("image_landmarks")
