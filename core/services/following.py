"""What events say of a data set's images, kept in memory and up to date event by event."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.orm import Session

from core.workspace import Workspace
from db.repositories import queues


class EventFollower(ABC):
    """Answers about a data set's images that rest on its events.

    Events are append-only, so an image's answer can change only when it gets a new one: only such
    images are looked at again. Events of transactions that were open at the last look may have
    lower ids; a few are therefore read twice.
    """

    LOOK_BACK = 100

    def __init__(self, workspace: Workspace, dataset_id: int) -> None:
        self._workspace = workspace
        self._dataset_id = dataset_id
        self._seen = 0
        self._lock = Lock()

    @contextmanager
    def _up_to_date(self) -> Iterator[None]:
        """Hold the answers still while they are read; they know every stored event."""
        with self._lock:
            with self._workspace.reading() as session:
                last = queues.last_event(session)
                if last != self._seen:
                    since = max(0, self._seen - self.LOOK_BACK)
                    self._look_again(session, self._touched(session, since), since)
                    self._seen = last
            yield

    def _touched(self, session: Session, since: int) -> set[int] | None:
        return queues.touched_since(session, self._dataset_id, since) if since else None

    @abstractmethod
    def _look_again(self, session: Session, touched: set[int] | None, since: int) -> None:
        """Renew the answers of images touched by events after `since`; of all where None."""
