"""What alembic runs to migrate: over the connection, and in the transaction, that database.py gives it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
