"""A program that listens on this machine: keeps what it is sent, and answers as it is told."""

import ssl
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from agencies.models import MemberChange, Membership
from notifications.models import Hook, HookSecret
from tests.roles import as_role

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0LXdpdGgtMzItYnl0ZXM="


class Listener(ThreadingHTTPServer):
    """`answers`: the next statuses, 204 when there is none. `slow`: seconds before it answers; `drips`: a byte each.

    `context`: of TLS; `shakes`: whether it shakes hands.
    """

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None):
        self.context, self.shakes = context, True
        self.seen: list[tuple[dict, bytes]] = []
        self.answers: list[int] = []
        self.slow, self.drips, self.headers = 0.0, False, {}
        self.stop = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        if self.context:
            return f"https://localhost:{self.server_port}/repere"
        return f"http://127.0.0.1:{self.server_port}/repere"

    def finish_request(self, request, client_address):
        """Answer, in the thread of the call; one that is refused the handshake is left."""
        if not self.shakes:
            self.stop.wait(10)
            return
        if self.context:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except OSError:  # the other side did not like what it saw
                return
        super().finish_request(request, client_address)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.seen]

    def end(self) -> None:
        self.stop.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        self.server.stop.wait(self.server.slow)
        if self.server.drips:
            self.wfile.write(b"HTTP/1.1 204 ")
            while not self.server.stop.wait(0.05):
                self.wfile.write(b"x")
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args):
        pass


def hook_of(program: Membership, url: str, *, agreed=True, by: Membership | None = None, **fields) -> Hook:
    """A webhook of a program, as its administrator and a second person left it."""
    state = "agreed" if agreed else "waiting"
    with as_role("nrm_owner"):
        asked = MemberChange.objects.create(
            agency_id=program.agency_id, membership=program, act="hook", by=by or program, state=state
        )
        fields = {"agreed_at": asked.at if agreed else None, "due_at": asked.at - timedelta(hours=1), **fields}
        hook = Hook.objects.create(membership=program, url=url, asked=asked, **fields)
        HookSecret.objects.create(hook=hook, value=SECRET)
    return hook
