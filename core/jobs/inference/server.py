"""The inference process: `python -m core.jobs.inference.server`, started by who asks first."""

import argparse
import logging
import os
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from core.errors import FeelingItError, InferenceError
from core.jobs import liveness
from core.jobs.inference import wire
from core.jobs.inference.answers import Answers
from core.jobs.inference.networks import Networks
from core.jobs.inference.place import lock_path
from core.jobs.inference.wire import Message
from core.jobs.logs import log_to_stderr
from core.settings import Settings

QUESTION_S = 10.0  # in which a question must have come: they come from this machine
LOOK_S = 2.0  # between two looks at whether anybody still needs this process

logger = logging.getLogger(__name__)

Answer = Callable[[Message], Message]


class InferenceServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers on a socket, one question at a time, until nobody needs it any more.

    That is when nobody has asked for `idle_s`, when every process that asked has ended, or when
    its socket or its workspace's folder has been removed.
    """

    daemon_threads = True

    def __init__(self, listening: socket.socket, answer: Answer, *, idle_s: float) -> None:
        """Take over a listening socket."""
        super().__init__("", Connection, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.answer = answer
        self.turn = threading.Lock()
        self._idle_s = idle_s
        self._asked_at = time.monotonic()
        self._looked_at = self._asked_at
        self._users: set[str] = set()
        self._file = Path(listening.getsockname()).stat()
        self._folder = Path.cwd()

    def note(self, user: str) -> None:
        """Remember who asks, and that somebody does now."""
        self._asked_at = time.monotonic()
        if user:
            self._users.add(user)

    def service_actions(self) -> None:
        """Look, every few seconds, whether it is time to end."""
        now = time.monotonic()
        if self.turn.locked() or now - self._looked_at < LOOK_S / 2:
            return
        self._looked_at = now
        reason = self._reason_to_end()
        if reason:
            logger.info("Ends: %s.", reason)
            threading.Thread(target=self.shutdown, daemon=True).start()

    def tidy(self) -> None:
        """Remove the socket's file and its lock's, while that is held."""
        path = Path(self.socket.getsockname())
        is_own = self._is_in_place()
        self.server_close()
        if is_own:
            path.unlink(missing_ok=True)
            lock_path(path).unlink(missing_ok=True)

    def _reason_to_end(self) -> str | None:
        if time.monotonic() - self._asked_at > self._idle_s:
            return "nobody asked for a while"
        self._users = {user for user in self._users if not liveness.is_gone(user)}
        if not self._users:
            return "all who asked have ended"
        if not self._is_in_place() or not self._folder.is_dir():
            return "its socket or workspace was removed"
        return None

    def _is_in_place(self) -> bool:
        try:
            now = Path(self.socket.getsockname()).stat()
        except OSError:
            return False
        return os.path.samestat(now, self._file)


class Connection(socketserver.BaseRequestHandler):
    """One question and its answer."""

    server: InferenceServer
    request: socket.socket

    def handle(self) -> None:
        """Answer, or say why not; who asks and goes away again is no error."""
        try:
            question = wire.receive(self.request, until=time.monotonic() + QUESTION_S)
        except InferenceError as error:
            self._say(_refusal(type(error), str(error)))
        except (OSError, EOFError) as error:
            logger.info("A question broke off (%s).", error)
        else:
            self._say(self._answer(question))

    def _answer(self, question: Message) -> Message:
        self.server.note(str(question.facts.get("from", "")))
        if not self.server.turn.acquire(timeout=_patience(question)):
            said = "Others ask so much that your turn did not come; try again."
            return _refusal(InferenceError, said)
        try:
            return self.server.answer(question)
        except FeelingItError as error:
            return _refusal(type(error), str(error))
        except Exception as error:
            logger.exception("A question failed")
            said = f"The network failed ({type(error).__name__}); see the inference log."
            return _refusal(type(error), said)
        finally:
            self.server.turn.release()

    def _say(self, answer: Message) -> None:
        try:
            wire.send(self.request, answer, until=time.monotonic() + QUESTION_S)
        except OSError:
            logger.info("Nobody waited for an answer.")


def _refusal(kind: type[Exception], said: str) -> Message:
    return Message({"error": [kind.__name__, said]})


def _patience(question: Message) -> float:
    """Return how many seconds who asked waits for an answer."""
    given = question.facts.get("deadline_s")
    return min(max(float(given), 0.0), 3600.0) if isinstance(given, int | float) else QUESTION_S


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer for the workspace of the settings on a socket that is given, with its lock."""
    parser = argparse.ArgumentParser(description="Answer questions about single faces.")
    parser.add_argument("--listen", type=int, required=True, help="descriptor of the socket")
    parser.add_argument("--lock", type=int, required=True, help="descriptor of the lock, held")
    parser.add_argument("--for", dest="user", required=True, help="the process that started it")
    options = parser.parse_args(arguments)
    log_to_stderr()
    settings = Settings()
    data_dir = settings.data.expanduser().resolve()
    os.chdir(data_dir)
    answers = Answers(Networks(data_dir / "runs"))
    listening = socket.socket(fileno=options.listen)
    server = InferenceServer(listening, answers.answer, idle_s=settings.inference_idle_s)
    server.note(options.user)
    logger.info("Answers for %s.", data_dir)
    server.serve_forever(poll_interval=LOOK_S)
    server.tidy()
    logging.shutdown()
    os._exit(0)  # libraries take seconds to tidy themselves; the lock ends with the process


if __name__ == "__main__":
    main()
