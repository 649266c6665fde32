"""Drawn sample faces: grey portraits whose features move with facial action units."""
