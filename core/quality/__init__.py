"""Duplicates, leakage between splits, and honest partitions."""
