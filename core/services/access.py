"""Permissions that the pages hand to the browser for requests beside Streamlit's session.

A permission is a short text signed with the workspace's secret (HMAC-SHA256): whoever holds it may
do what it says, on that data set, as that annotator, until it expires; nobody can write another.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from core.errors import AccessError
from core.workspace import Workspace

SECRET_NAME = "secret"
SECRET_BYTES = 32
LIFETIME = timedelta(hours=24)


class Scope(StrEnum):
    """What a permission is for: looking at faces (it stands in image addresses), or all else."""

    LOOK = "look"
    LABEL = "label"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What a bearer may do, as whom, on which data set, until when (UTC)."""

    scope: Scope
    annotator: str
    dataset_id: int
    expires_at: datetime


def issue(
    workspace: Workspace, scope: Scope, *, annotator: str, dataset_id: int, now: datetime
) -> str:
    """Return a signed permission, good for at least 24 hours.

    It expires at a midnight (UTC), so it is the same text all day and the browser's cache of
    addresses with it holds.
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expires_at = midnight + timedelta(days=1) + LIFETIME
    fields = [scope.value, annotator, dataset_id, int(expires_at.timestamp())]
    body = _text(json.dumps(fields, separators=(",", ":")).encode())
    return f"{body}.{_text(_signature(workspace, body))}"


def check(workspace: Workspace, token: str, scope: Scope, *, now: datetime) -> Permission:
    """Return the permission that a text carries.

    Raises:
        AccessError: If it is not signed by this workspace, has expired, or is for something else.
    """
    body, _, signature = token.partition(".")
    if not hmac.compare_digest(_text(_signature(workspace, body)).encode(), signature.encode()):
        raise AccessError("This request is not signed by this workspace; reload the page.")
    found = _permission(body)
    if found.expires_at <= now:
        raise AccessError("This page was open for too long; reload it, no press is lost.")
    if found.scope is not scope:
        raise AccessError("This permission is for something else; reload the page.")
    return found


def workspace_mark(workspace: Workspace) -> str:
    """Return 16 characters that tell this workspace from others at the same address."""
    return _signature(workspace, "workspace").hex()[:16]


def _permission(body: str) -> Permission:
    """Return the fields of a text whose signature was right."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as error:
        raise AccessError("This request cannot be read; reload the page.") from error
    scope, annotator, dataset_id, expires = raw
    return Permission(
        scope=Scope(scope),
        annotator=str(annotator),
        dataset_id=int(dataset_id),
        expires_at=datetime.fromtimestamp(expires, UTC),
    )


def _signature(workspace: Workspace, body: str) -> bytes:
    return hmac.digest(_secret(workspace.data_dir), body.encode(), hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@lru_cache(maxsize=16)
def _secret(data_dir: Path) -> bytes:
    """Return the workspace's secret, made on first use and readable by its owner alone."""
    path = data_dir / SECRET_NAME
    draft = data_dir / f".{SECRET_NAME}-{secrets.token_hex(8)}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
        try:
            os.link(draft, path)  # never replaces the secret of a server that was faster
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
