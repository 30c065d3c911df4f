"""A reader of pages: follows the links a member is shown and collects the forms of the pages, as a browser has them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.test import Client
from django.urls import Resolver404, resolve

from foundation.actor import FORM_FIELD, SESSION_KEY

WRITTEN = {"text", "textarea", "search", "email", "tel", "url", "password", "number", "date", "time", "datetime-local"}
CHOSEN = {"checkbox", "radio", "button", "submit"}
TOKENS = {FORM_FIELD, "csrfmiddlewaretoken"}


@dataclass
class Field:
    name: str
    sort: str
    value: str
    on: bool = True  # what a browser sends when nothing is touched

    @property
    def written(self) -> bool:
        return self.sort in WRITTEN

    @property
    def chosen(self) -> bool:
        return self.sort in CHOSEN


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def sorts(self) -> set[str]:
        return {one.sort for one in self.fields if one.name not in TOKENS}

    @property
    def writes(self) -> bool:
        """Free text is typed here."""
        return bool(self.sorts & {"text", "textarea", "search", "tel", "email", "password"})

    @property
    def chooses(self) -> bool:
        return bool(self.sorts & {"select", "radio", "checkbox", "number", "date", "time", "datetime-local"})

    @property
    def asks(self) -> bool:
        """More than a button."""
        return self.writes or self.chooses

    @property
    def signature(self) -> tuple:
        return tuple(sorted({one.name for one in self.fields}))

    def as_shown(self) -> dict:
        data: dict = {}
        for one in self.fields:
            if one.on and one.sort != "file":
                data.setdefault(one.name, []).append(one.value)
        return data

    def filled(self, value) -> dict:
        """Each field as `value(field)` says; None leaves it out."""
        data = {one.name: [one.value] for one in self.fields if one.name in TOKENS}
        for one in self.fields:
            if one.name not in TOKENS and one.sort != "file" and (given := value(one)) is not None:
                data[one.name] = [given]
        return data


class Page(HTMLParser):
    """Links and forms of one page."""

    def __init__(self, address: str, text: str):
        super().__init__()
        self.address, self.links, self.forms, self._select, self._area, self._in = address, [], [], None, None, False
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        given = dict(pairs)
        if tag == "a" and given.get("href"):
            self.links.append(urljoin(self.address, given["href"]).split("#")[0])
        elif tag == "form":
            to = urljoin(self.address, given.get("action") or self.address).split("#")[0]
            self.forms.append(Form(to, given.get("method", "get").lower()))
            self._in = True
        elif tag == "option" and self._select is not None:
            if "selected" in given or not self._select.value:
                self._select.value = given.get("value", "")
        elif self._in and given.get("name") and tag in ("input", "select", "textarea", "button"):
            self._field(tag, given)

    def _field(self, tag, given):
        sort = given.get("type", "text") if tag == "input" else tag
        one = Field(given["name"], sort, given.get("value") or "", sort not in CHOSEN or "checked" in given)
        self.forms[-1].fields.append(one)
        self._select = one if tag == "select" else self._select
        self._area = one if tag == "textarea" else self._area

    def handle_data(self, data):
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "form":
            self._in = False


def route_of(address: str) -> str | None:
    try:
        return resolve(address.split("?")[0]).view_name
    except Resolver404:
        return None


def signed(member) -> Client:
    """A browser of this member, under this hat."""
    client = Client(raise_request_exception=False)
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = member.pk
    session.save()
    return client


def walk(members, *, each: int, most: int, within: str = "/", starts=None) -> dict[str, list]:
    """Forms that post, by route: (member, address of the page, form), one of each set of fields. Read are at most
    `each` pages of a route for one member, `most` for all of them together; only addresses that begin
    with `within`. `starts`: where a member begins, by its key."""
    seen: dict[str, int] = {}
    found: dict[str, list] = {}
    for member in members:
        client, mine, todo = signed(member), {}, [*(starts or {}).get(member.pk, ()), within]
        while todo:
            address = todo.pop(0)
            name = route_of(address)
            if not name or mine.get(name, 0) >= each or (seen.get(name, 0) >= most and address != within):
                continue
            mine[name], seen[name] = mine.get(name, 0) + 1, seen.get(name, 0) + 1
            answer = client.get(address)
            if answer.status_code == 302:
                todo.append(answer["Location"])
            if answer.status_code != 200 or answer.streaming or "text/html" not in answer.get("Content-Type", ""):
                continue
            page = Page(address, answer.content.decode())
            todo += [link for link in page.links if link.startswith(within) and link not in todo]
            for form in page.forms:
                known = found.setdefault(route_of(form.action) or form.action, []) if form.method == "post" else None
                if known is not None and form.signature not in {one.signature for _, _, one in known}:
                    known.append((member, address, form))
    found.pop("logout", None)
    return found
