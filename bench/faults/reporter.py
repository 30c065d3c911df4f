"""A person who reports at the pages, one alert after another, through whatever happens."""

import http.client
import re
import threading
import uuid

from tests.production.visitor import Visitor

from .ledger import AUTHOR, PASSWORD, TERRITORIES

STEPS = (
    {"territory": TERRITORIES["silent"], "when": "today", "minor": "no", "danger": "no"},
    {"sign": ["ILO-AL-EX-01"], "by_ILO-AL-EX-01": "observed", "note": "Phrase fictive"},
    {"agreement": "yes", "recipients": ["association"]},
)
REFERENCE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


class Reporter(threading.Thread):
    """Send alerts to the silent unit until stopped. `confirmed`: references of those that the site said it sent."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.visitor, self.confirmed, self.failed = Visitor(port), [], 0
        self.stopped = threading.Event()
        self.visitor.sign_in(AUTHOR, PASSWORD)

    def run(self) -> None:
        while not self.stopped.wait(0.2):
            try:
                self._report()
            except (OSError, http.client.HTTPException, AssertionError):
                self.failed += 1

    def _report(self) -> None:
        pk = str(uuid.uuid4())
        assert self.visitor.post("/signaler/", draft=pk).status == 302
        for number, typed in enumerate(STEPS, 1):
            assert self.visitor.post(f"/signaler/{pk}/{number}/", **typed).status == 302
        sent = self.visitor.post(f"/signaler/{pk}/4/", go="send")
        assert sent.status == 302
        found = REFERENCE.search(self.visitor.get(sent.leads_to).text)
        assert found
        self.confirmed.append(found[0])

    def stop(self) -> None:
        self.stopped.set()
        self.join(60)
