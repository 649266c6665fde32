"""Formats on disk turned into records, one reader a format."""
