"""How a database of any age comes to have today's tables (Alembic)."""
