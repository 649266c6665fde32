"""The parts of the page that tries faces on a network."""
