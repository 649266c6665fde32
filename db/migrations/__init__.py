"""Alembic migrations: how a workspace made by an older FeelingIt becomes one of this one."""
