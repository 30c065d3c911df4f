"""Tell schemathesis what the document says in words: a key is new for each request; which refusals no schema can state.

Loaded by schemathesis (`SCHEMATHESIS_HOOKS`) in the environment of `requirements/clients.lock`, not by us.
"""

import json
import uuid

import schemathesis
from schemathesis.generation import GenerationMode

KEY, MATCH = "Idempotency-Key", "If-Match"
DEPENDS = {401, 403, 404, 409, 410, 412, 413, 428, 429, 503}  # on who asks, on the state of things, or on the load
# errors that follow from other answers, from lists that are data, or from what an answer gave before. `required`: what
# is always asked for is `required` in the document, and a request without it is none of these
RULES = {"rule", "required", "unknown_code", "not_given", "beside", "future", "past"}
# a NUL is refused in every text: a pattern beside each would say it, and say nothing else to anybody
RULES |= {"null_characters_not_allowed"}
# what a file shows once it is read: `REFUSALS` of foundation/files/words.py, which is not installed here
RULES |= {"empty", "type", "archive", "office", "damaged", "too_many_pixels", "too_many_pages", "password", "too_slow"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Give each request a key of its own, and any version, but for those that try a wrong one or none."""
    parts = case.meta.components if case.meta else {}
    headers = next((part for place, part in parts.items() if place.value == "header"), None)
    meant = not case.meta or case.meta.generation.mode.is_positive  # the whole request is said to be right
    if not case.headers or (not meant and headers and headers.mode != GenerationMode.POSITIVE):
        return
    if KEY in case.headers:
        case.headers[KEY] = uuid.uuid4().hex
    if MATCH in case.headers:  # the version that was read: no random one is, and nothing behind it would be tried
        case.headers[MATCH] = "*"


@schemathesis.check
def refusals_are_of_rules(ctx, response, case):
    """Fail when a request that the document allows is refused for its form: the document then promises too much."""
    if not case.meta or not case.meta.generation.mode.is_positive:
        return
    if response.status_code < 400 or response.status_code in DEPENDS:
        return
    errors = json.loads(response.content).get("errors", []) if response.status_code == 400 else []
    beyond = [error for error in errors if error.get("code") not in RULES]
    if beyond or not errors:
        raise AssertionError(f"refused, and the document does not say so: {response.status_code} {beyond}")
    return
