"""What platforms remember: which message shows a reply, and small notes. Pictures by seed, for addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "posted",
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "note",
        sa.Column("platform", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
    op.create_index("ix_posted_message", "posted", ["message"])
    op.create_index("ix_picture_seed", "picture", ["seed"])


def downgrade() -> None:
    op.drop_index("ix_picture_seed", "picture")
    op.drop_table("note")
    op.drop_table("posted")
