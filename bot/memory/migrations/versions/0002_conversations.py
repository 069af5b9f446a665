"""Conversations as trees that people walk together: versions, edits, questions, votes, parties, access, preferences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("turn", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("turn", sa.Column("edits", sa.String(), nullable=False, server_default="[]"))
    # The turns of a place count from 1, in the order of asking.
    op.execute(
        "UPDATE turn SET version = (SELECT COUNT(*) FROM turn AS earlier WHERE earlier.place = turn.place "
        "AND (earlier.created_at < turn.created_at "
        "OR (earlier.created_at = turn.created_at AND earlier.id <= turn.id)))"
    )
    with op.batch_alter_table("current") as current:
        current.alter_column("picture_id", existing_type=sa.String(), nullable=True)
    op.create_table(
        "question",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("turn_id", sa.String(), sa.ForeignKey("turn.id"), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("readings", sa.String(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("question_by_place", "question", ["place", "person_id", "created_at"])
    op.create_table(
        "vote",
        sa.Column("picture_id", sa.String(), sa.ForeignKey("picture.id"), primary_key=True),
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("winner", sa.String(), sa.ForeignKey("picture.id"), nullable=True),
        sa.Column("posted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("party_by_state", "party", ["platform", "posted", "ends_at"])
    op.create_index("ix_party_place", "party", ["place"])
    op.create_table(
        "thread",
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("access", sa.String(), nullable=False),
    )
    op.create_table(
        "invited",
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), primary_key=True),
    )
    op.create_table(
        "preference",
        sa.Column("platform", sa.String(), primary_key=True),
        sa.Column("workspace", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )


def downgrade() -> None:
    for table in ("preference", "invited", "thread", "party", "vote", "question"):
        op.drop_table(table)
    op.execute("DELETE FROM current WHERE picture_id IS NULL")
    with op.batch_alter_table("current") as current:
        current.alter_column("picture_id", existing_type=sa.String(), nullable=False)
    # Not in a batch: that would drop the table, which others refer to.
    op.drop_column("turn", "edits")
    op.drop_column("turn", "version")
