"""The `feelingit` command."""
