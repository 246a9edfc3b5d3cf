"""A server of lists on this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class ListServer:
    """Serves `payload` as /names.txt; `behaviour` says how it goes wrong. `requests` holds the paths asked for."""

    def __init__(self) -> None:
        self.payload = b"emma\nolivia\nava\n" * 1_000
        self.behaviour = "whole"
        self.requests: list[str] = []
        self.released = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.requests.append(self.path)
                owner.answer(self)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if self.behaviour == "missing" or request.path != "/names.txt":
            request.send_error(404)
            return
        if self.behaviour == "broken server":
            request.send_error(503)
            return
        if self.behaviour == "silent":
            self.released.wait(30)
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(self.payload)))
        request.end_headers()
        if self.behaviour == "whole":
            request.wfile.write(self.payload)
            return
        request.wfile.write(self.payload[: len(self.payload) // 2])
        request.wfile.flush()
        if self.behaviour == "stalls half way":
            self.released.wait(30)


@pytest.fixture
def list_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ListServer]:
    """A running `ListServer`; proxies of this machine are left out of the way."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ListServer()
    thread = threading.Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.released.set()
    server.server.shutdown()
    server.server.server_close()
    thread.join()
