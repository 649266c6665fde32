"""Which module does the work of which kind of job; each has `handle(context: JobContext)`."""

from collections.abc import Callable, Mapping
from importlib import import_module

from core.jobs.context import JobContext
from db.enums import JobKind

Handler = Callable[[JobContext], None]

HANDLERS: Mapping[JobKind, str] = {
    JobKind.TRAIN: "core.jobs.handlers.training",
    JobKind.EVALUATE: "core.jobs.handlers.evaluating",
    JobKind.SALIENCY: "core.jobs.handlers.saliency",
    JobKind.ISSUES: "core.jobs.handlers.issues",
    JobKind.LANDMARKS: "core.jobs.handlers.landmarks",
    JobKind.EMBED: "core.jobs.handlers.embedding",
    JobKind.FAITHFULNESS: "core.jobs.handlers.faithfulness",
}


def handler(kind: JobKind) -> Handler:
    """Return what does the work of a kind of job; only now is its module, and torch, loaded."""
    handle: Handler = import_module(HANDLERS[kind]).handle
    return handle
