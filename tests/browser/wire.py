"""A wire between a browser and the portal that a test can cut: for telephones without a network."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class Wire:
    """Forwards connections to ``port``. ``cut``: nobody answers; ``deaf``: what is sent to a path that ends so gets
    through once, and its answer does not."""

    def __init__(self, port: int) -> None:
        self.port, self.cut, self.deaf = port, False, ""
        self.lost = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._server.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            first = client.recv(65536)
            if self.cut or not first:
                return
            line = first.partition(b"\r\n")[0].decode("latin-1").split(" ")
            losing = bool(self.deaf) and line[0] == "POST" and line[1].endswith(self.deaf)
            with socket.create_connection(("127.0.0.1", self.port)) as portal:
                portal.sendall(first)
                threading.Thread(target=self._pass, args=(client, portal), daemon=True).start()
                while answer := portal.recv(65536):
                    if losing:
                        # The portal has done it and says so; nobody hears it.
                        self.deaf, self.lost = "", self.lost + 1
                        client.shutdown(socket.SHUT_RDWR)  # closing alone waits for the other thread's reading
                        return
                    if self.cut:
                        return
                    client.sendall(answer)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (sent := source.recv(65536)) and not self.cut:
                target.sendall(sent)
            if self.cut:
                # A connection that stood before the cut carries nothing either, and the browser is not left waiting.
                for each in (source, target):
                    each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire for the length of a test module."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()
