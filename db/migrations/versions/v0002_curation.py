"""Tags, groups of annotators, decisions on duplicates, label issues, claims; split as imported."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this migration."""
    op.create_table(
        "annotator",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("group", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "dataset_tag",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
        ),
        sa.PrimaryKeyConstraint("dataset_id", "tag"),
    )
    op.create_table(
        "duplicate_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("first_pixels", sa.String(length=64), nullable=False),
        sa.Column("second_pixels", sa.String(length=64), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "different", "same", "open", name="duplicateverdict", native_enum=False, length=16
            ),
            nullable=False,
        ),
        sa.Column("annotator", sa.String(length=100), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_duplicate_decision_batch", "duplicate_decision", ["batch"], unique=False)
    op.create_index(
        "ix_duplicate_decision_pair",
        "duplicate_decision",
        ["dataset_id", "first_pixels", "second_pixels"],
        unique=False,
    )

    op.create_table(
        "image_tag",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["image.id"],
        ),
        sa.PrimaryKeyConstraint("image_id", "tag"),
    )
    op.create_index("ix_image_tag_tag", "image_tag", ["tag"], unique=False)

    op.create_table(
        "label_issue",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column(
            "label",
            sa.Enum(
                "angry",
                "disgust",
                "fear",
                "happy",
                "neutral",
                "sad",
                "surprise",
                name="emotion",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column(
            "suggested",
            sa.Enum(
                "angry",
                "disgust",
                "fear",
                "happy",
                "neutral",
                "sad",
                "surprise",
                name="emotion",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["image.id"],
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("image_id"),
    )
    op.create_index("ix_label_issue_score", "label_issue", ["dataset_id", "score"], unique=False)

    op.create_table(
        "queue_claim",
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("annotator", sa.String(length=100), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["image.id"],
        ),
        sa.PrimaryKeyConstraint("queue", "image_id"),
    )
    op.add_column(
        "dataset",
        sa.Column(
            "label_policy",
            sa.Enum(
                "latest",
                "majority",
                "adjudicated",
                name="labelpolicy",
                native_enum=False,
                length=16,
            ),
            nullable=False,
            server_default="latest",
        ),
    )

    op.add_column(
        "dataset_version",
        sa.Column(
            "label_policy",
            sa.Enum(
                "latest",
                "majority",
                "adjudicated",
                name="labelpolicy",
                native_enum=False,
                length=16,
            ),
            nullable=False,
            server_default="latest",
        ),
    )

    op.add_column(
        "image",
        sa.Column(
            "original_split",
            sa.Enum("train", "validation", "test", name="split", native_enum=False, length=16),
            nullable=False,
            server_default="train",
        ),
    )
    op.execute("UPDATE image SET original_split = split")
    op.create_index(
        "ix_image_queue", "image", ["dataset_id", "state", "id", "split", "label"], unique=False
    )
    op.create_index("ix_label_event_undoes", "label_event", ["undoes"], unique=False)

    op.add_column(
        "version_member",
        sa.Column("tags", sa.String(length=2000), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Take this migration back."""
    op.drop_index("ix_label_event_undoes")
    op.drop_index("ix_image_queue")
    op.drop_column("version_member", "tags")

    op.drop_column("image", "original_split")

    op.drop_column("dataset_version", "label_policy")

    op.drop_column("dataset", "label_policy")

    op.drop_table("queue_claim")
    op.drop_index("ix_label_issue_score")

    op.drop_table("label_issue")
    op.drop_index("ix_image_tag_tag")

    op.drop_table("image_tag")
    op.drop_index("ix_duplicate_decision_pair")
    op.drop_index("ix_duplicate_decision_batch")

    op.drop_table("duplicate_decision")
    op.drop_table("dataset_tag")
    op.drop_table("annotator")
