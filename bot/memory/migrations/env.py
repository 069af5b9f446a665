"""Run by Alembic: brings the tables of the connection that it is handed to another version."""

from alembic import context

from bot.memory.tables import Turn

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Turn.metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
    transactional_ddl=True,  # so does SQLite, once its transactions are begun by hand: see database.py
)
with context.begin_transaction():
    context.run_migrations()
