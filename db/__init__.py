"""Storage: tables, engine, migrations and repositories."""
