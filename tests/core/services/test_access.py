"""Permissions: what a signed text allows, and that nothing else is taken for one."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AccessError
from core.services import access
from core.services.access import Scope
from core.workspace import Workspace

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


def issued(workspace: Workspace, scope: Scope = Scope.LABEL) -> str:
    return access.issue(workspace, scope, annotator="Ada Ä", dataset_id=7, now=NOW)


def test_a_permission_says_who_may_do_what_until_when(workspace: Workspace):
    found = access.check(workspace, issued(workspace), Scope.LABEL, now=NOW)
    assert (found.annotator, found.dataset_id, found.scope) == ("Ada Ä", 7, Scope.LABEL)
    assert timedelta(hours=24) <= found.expires_at - NOW <= timedelta(hours=48)


def test_it_is_the_same_text_all_day_so_that_the_browser_keeps_its_faces(workspace: Workspace):
    later = NOW + timedelta(hours=8)
    again = access.issue(workspace, Scope.LABEL, annotator="Ada Ä", dataset_id=7, now=later)
    assert again == issued(workspace)


def test_it_expires(workspace: Workspace):
    with pytest.raises(AccessError, match="open for too long"):
        access.check(workspace, issued(workspace), Scope.LABEL, now=NOW + timedelta(hours=48))


def test_looking_does_not_allow_labeling(workspace: Workspace):
    with pytest.raises(AccessError, match="something else"):
        access.check(workspace, issued(workspace, Scope.LOOK), Scope.LABEL, now=NOW)


def test_no_changed_character_is_accepted(workspace: Workspace):
    token = issued(workspace)
    for place in range(len(token) - 1):  # the last carries two bits that mean nothing
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(AccessError):
            access.check(
                workspace, token[:place] + other + token[place + 1 :], Scope.LABEL, now=NOW
            )


@given(st.text(max_size=80))
def test_no_other_text_is_accepted(tmp_path_factory: pytest.TempPathFactory, text: str):
    class Elsewhere:
        data_dir = tmp_path_factory.getbasetemp()

    with pytest.raises(AccessError):
        access.check(Elsewhere(), text, Scope.LABEL, now=NOW)


def test_the_secret_is_for_its_owner_alone_and_stays(workspace: Workspace):
    first = issued(workspace)
    path = workspace.data_dir / access.SECRET_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    access._secret.cache_clear()
    assert issued(workspace) == first
    assert [entry.name for entry in workspace.data_dir.glob(".secret*")] == []
