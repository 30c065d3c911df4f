"""Forms sent after the session ended: after sign-in each is given back, whole, to whoever typed it."""

from html import unescape
from urllib.parse import urlencode

from django.conf import settings
from django.urls import resolve, reverse

from foundation.actor import SESSION_KEY

from .forms_sent import undone
from .forms_walk import TOKENS, Form, Page, signed

TEXT = "Ce qu'elle a dit, mot à mot : "
# nothing of them is kept: a password, a code, a key, and a choice that the next page asks for again
NOTHING_TO_KEEP = {"referral:password", "referral:factor-app", "referral:factor-key", "membership-choose", "logout"}


def given_back(member, page: str, form: Form) -> str:
    """Send a form when its session is over, sign in again, and return what is missing, in words."""
    client = signed(member)
    client.get(page)
    del client.cookies[settings.SESSION_COOKIE_NAME]
    data = form.as_shown()
    typed = {one.name: TEXT + one.name for one in form.fields if one.written and one.sort not in ("password", "number")}
    data |= {name: [text] for name, text in typed.items()}
    late = client.post(
        form.action, urlencode(data, doseq=True), content_type="application/x-www-form-urlencoded",
        headers={"Referer": f"http://testserver{page}"},
    )  # fmt: skip
    if late.status_code != 302 or not late["Location"].startswith(reverse("login")):
        return f"answers {late.status_code}"
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = member.pk
    session.save()
    answer = client.get(reverse("kept"))
    path = unescape(form.action)
    back = [one for one in Page(reverse("kept"), answer.content.decode()).forms if one.action == path]
    if not back:
        return "is not given back"
    sent = _read(data)
    lost = min(([name for name in sent if _read(one.as_shown()).get(name) != sent[name]] for one in back), key=len)
    return f"comes back without {', '.join(lost)}" if lost else ""


def _read(data: dict) -> dict:
    """Return fields as a browser reads them: without tokens, nor the line feed after the tag of a textarea."""
    return {name: [value.removeprefix("\n") for value in data[name]] for name in data if name not in TOKENS}


def late(found: dict[str, list]) -> tuple[int, list[str]]:
    """Return how many forms of the walk were sent late, and what is wrong, a line each."""
    wrong, sent = [], 0
    for route, shown in sorted(found.items()):
        for member, page, form in shown:
            open_to_all = not getattr(resolve(form.action.split("?")[0]).func, "login_required", True)
            if open_to_all or route in NOTHING_TO_KEEP:
                continue
            with undone():
                sent += 1
                said = given_back(member, page, form)
                wrong += [f"{route}, sent after the session ended, on {page}: {said}"] if said else []
    return sent, wrong
