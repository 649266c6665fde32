"""Queries and writes on a session that the caller opened; repositories never commit."""
