"""Play one program: sign in, read before each change, and print a line of JSON for each step."""

import json
import time
import uuid
from typing import Any

from .generated import GENERATED, Answer


class Stuck(Exception):
    """Signal a step that did not answer as the story needs."""


class Program:
    """Speak for one program by a generated client."""

    def __init__(self, generator: str, site: str, name: str, secret: str) -> None:
        self.name, self.client = name, GENERATED[generator](site)
        said = self.do("get_token", {"grant_type": "client_credentials", "client_id": name, "client_secret": secret})
        self.client.sign_in(said["access_token"])

    def do(self, operation: str, body: dict | None = None, *, of: str = "", expect: int = 0, **asked: Any) -> Any:
        """Do one operation and return what it says.

        `of`: the reading whose `ETag` the change is asked with, where the client takes one. `expect`: a refusal.
        """
        takes = self.client.takes(operation)
        if of and "if_match" in takes:
            known = {key: value for key, value in asked.items() if key in self.client.takes(of)}
            asked["if_match"] = self.call(of, None, known).headers["etag"]
        if "idempotency_key" in takes:
            asked.setdefault("idempotency_key", uuid.uuid4().hex)
        answer = self.call(operation, body, asked)
        if (answer.status != expect if expect else answer.status not in (200, 201)) or answer.said is None:
            raise Stuck(f"{self.name}: {operation} answered {answer.status}: {json.dumps(answer.said)[:600]}")
        return answer.said

    def call(self, operation: str, body: dict | None, asked: dict) -> Answer:
        began = time.monotonic()
        try:
            answer = self.client.call(operation, body, asked)
        except Exception as error:
            raise Stuck(f"{self.name}: {operation}: {type(error).__name__}: {str(error)[:600]}") from error
        took = round(1000 * (time.monotonic() - began))
        line = {"program": self.name, "operation": operation, "status": answer.status, "ms": took, "ok": True}
        print(json.dumps(line), flush=True)
        return answer
