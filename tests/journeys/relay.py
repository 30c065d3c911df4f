"""Stand between the browser and the site, and fall silent: the network goes while the browser believes it is there."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Relay:
    """Pass bytes to the server behind until `cut`; then close what is open and answer nobody."""

    def __init__(self, port: int):
        self.port, self.alive, self.open = port, True, set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self.listener.accept()
                if not self.alive:
                    browser.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.port))
                for one, other in ((browser, server), (server, browser)):
                    self.open.add(one)
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while read := one.recv(65536):
                other.sendall(read)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self, off: bool = True) -> None:
        """Close every connection and each new one, or (`off` False) let them pass again."""
        self.alive = not off
        for one in list(self.open) if off else ():
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            self.open.discard(one)

    def close(self) -> None:
        """Stop listening and end what is open."""
        self.cut()
        self.listener.close()


@contextmanager
def relayed(live_server) -> Iterator[Relay]:
    """Yield a relay before this server: its `url` is what a browser opens."""
    relay = Relay(live_server.thread.port)
    try:
        yield relay
    finally:
        relay.close()
