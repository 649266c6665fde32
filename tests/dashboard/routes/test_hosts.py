"""Under which names the dashboard answers."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.settings import Settings
from dashboard.routes.hosts import AllowedHosts, host_name


async def socket(connection: WebSocket) -> None:
    await connection.accept()
    await connection.send_text("hello")
    await connection.close()


@pytest.fixture
def client() -> TestClient:
    routes = [
        Route("/", lambda _: PlainTextResponse("hello")),
        WebSocketRoute("/socket", socket),
    ]
    middleware = [Middleware(AllowedHosts, names=["Faces.Lab.Example", " 10.0.0.5"])]
    return TestClient(Starlette(routes=routes, middleware=middleware))


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:1", "faces.lab.example",
        "faces.lab.example.:443", "10.0.0.5:8501",
    ],
)  # fmt: skip
def test_this_machine_and_listed_names_are_answered(client: TestClient, host: str):
    assert client.get("/", headers={"host": host}).text == "hello"
    with client.websocket_connect("/socket", headers={"host": host}) as opened:
        assert opened.receive_text() == "hello"


@pytest.mark.parametrize(
    "host",
    [
        "evil.test", "127.0.0.1.evil.test", "localhost.evil.test:8501", "", "[::1", "10.0.0.50",
        "evil.test@127.0.0.2",
    ],
)  # fmt: skip
def test_another_name_is_refused_in_a_sentence(client: TestClient, host: str):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert "FEELINGIT_ALLOWED_HOSTS" in answer.json()["error"]


def test_a_socket_under_another_name_is_closed_before_it_opens(client: TestClient):
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/socket", headers={"host": "evil.test"}),
    ):
        pass


def test_a_host_is_its_name_without_port_and_user():
    assert [host_name(host) for host in ("A.b:1", "[::1]:2", "x@y:3")] == ["a.b", "::1", "y"]


def test_names_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    assert Settings().host_names == ()
    monkeypatch.setenv("FEELINGIT_ALLOWED_HOSTS", "faces.lab.example, 10.0.0.5,")
    assert Settings().host_names == ("faces.lab.example", "10.0.0.5")
