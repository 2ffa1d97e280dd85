"""The database's versions, one after another, as alembic reads them. A migration that was released is never changed."""
