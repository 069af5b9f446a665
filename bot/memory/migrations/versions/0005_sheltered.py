"""Where what was asked for in a private channel stays, and what comes from an age-restricted one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table in ("turn", "picture"):
        op.add_column(table, sa.Column("sheltered", sa.String(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("mature", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("turn", "picture"):
        op.drop_column(table, "mature")
        op.drop_column(table, "sheltered")
