"""Pixels: decoding, hashing, masks and the drawn sample faces."""
