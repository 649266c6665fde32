"""Use cases, one transaction per function."""
