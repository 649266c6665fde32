"""How our background processes log: plain lines on stderr, which their starter sends to a file."""

import logging


def log_to_stderr() -> None:
    """Log from INFO on; of migrations only what is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
