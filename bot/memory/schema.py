"""Tables of this version, whatever version they are found in."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from bot.errors import StoreTooNew

MIGRATIONS = Path(__file__).with_name("migrations")

_alembic = threading.Lock()
"""Alembic hands migrations what they need through module globals, so one runs at a time."""


def upgrade(connection: Connection) -> None:
    """Bring the tables to this version, inside the transaction that is open. Blocks.

    Raises:
        StoreTooNew: they are of a version that is not known here. Nothing is changed.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    there = MigrationContext.configure(connection).get_current_heads()
    for version in there:
        try:
            scripts.get_revision(version)
        except CommandError as error:
            raise StoreTooNew(version) from error
    if set(there) != set(scripts.get_heads()):
        with _alembic:
            command.upgrade(config, "head")
    # Changes nothing, and finds out now, not with the first event, whether anything can be written.
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
