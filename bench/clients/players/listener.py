"""Listen over TLS as a program does for its webhooks, and believe none that `standardwebhooks` does not verify."""

import json
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, certificate: str, secret: str) -> None:
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate)
        self.verifier, self.told, self.refused = Webhook(secret), [], 0
        super().__init__(("127.0.0.1", port), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def finish_request(self, request, client_address) -> None:
        super().finish_request(self.context.wrap_socket(request, server_side=True), client_address)

    def wait_for(self, wanted: Callable[[dict], bool], seconds: float = 60) -> dict | None:
        """Return the first message of this sort; None when none came in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := next((message for message in self.told if wanted(message)), None):
                return found
            time.sleep(0.1)
        return None


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            self.server.verifier.verify(body, {name.lower(): value for name, value in self.headers.items()})
            self.server.told.append(json.loads(body))
            self.send_response(204)
        except WebhookVerificationError:
            self.server.refused += 1
            self.send_response(400)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass
