"""Turns, pictures, handled events, and the picture that each place goes on from."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "handled",
        sa.Column("platform", sa.String(), primary_key=True),
        sa.Column("event_id", sa.String(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "turn",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("parent_turn", sa.String(), sa.ForeignKey("turn.id"), nullable=True),
        sa.Column("parent_picture", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("posted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("turn_by_state", "turn", ["platform", "state", "posted"])
    op.create_index("turn_by_place", "turn", ["place", "created_at"])
    op.create_index("ix_turn_parent_picture", "turn", ["parent_picture"])
    op.create_table(
        "picture",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("turn_id", sa.String(), sa.ForeignKey("turn.id"), nullable=True),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("closeness", sa.Float(), nullable=True),
        sa.Column("alt", sa.String(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        sa.Column("embedding_model", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("uploaded", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_picture_turn_id", "picture", ["turn_id"])
    op.create_index("ix_picture_file", "picture", ["file"])
    op.create_table(
        "current",
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("turn_id", sa.String(), sa.ForeignKey("turn.id"), nullable=False),
        sa.Column("picture_id", sa.String(), sa.ForeignKey("picture.id"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_current_turn_id", "current", ["turn_id"])


def downgrade() -> None:
    for table in ("current", "picture", "turn", "handled"):
        op.drop_table(table)
