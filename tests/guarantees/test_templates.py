"""A page's template is named after its route and stands in the folder of the subject that answers it.

`templates/<app>/<subject>/<route>.html`, with `public/` before the name on the public site of public policy. A page of
several states adds a word (`import_detail_match.html`); what is no page begins with `_`; shared pieces are components.
"""

import inspect
import re
from pathlib import Path

from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
AT_THE_TOP = {"400", "403", "403_csrf", "404", "500"}
AT_THE_TOP |= {"base", "busy", "membership_switched", "not_allowed", "too_large", "wrong_state"}
EXCEPTIONS = {
    "plans/money/money_form.html": "one form for seven routes: a line entered, corrected, returned, handed over",
    "victims/categories/case_category.html": "one page for three routes: health, offence, residence",
}


def routes() -> dict[str, set[str]]:
    """The names of the routes answered from each folder of templates."""
    found: dict[str, set[str]] = {}

    def walk(patterns, namespace):
        for entry in patterns:
            if not isinstance(entry, URLPattern):
                walk(entry.url_patterns, entry.namespace or namespace)
            elif entry.name:
                parts = inspect.unwrap(entry.callback).__module__.split(".")
                folder = parts[0] if parts[0] in ("notifications", "dev") else "/".join(parts[:2])
                public = "/public" if namespace == "policy" else ""
                found.setdefault(folder + public, set()).add(entry.name.replace("-", "_"))

    walk(get_resolver().url_patterns, "")
    return found


def test_pages_are_named_after_their_route():
    known, wrong = routes(), []
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        folder, _, stem = name.removesuffix(".html").rpartition("/")
        if folder in ("components", "registration", "dev") or stem.startswith("_") or name in EXCEPTIONS:
            continue
        if not folder and stem in AT_THE_TOP:
            continue
        if not any(stem == route or stem.startswith(f"{route}_") for route in known.get(folder, ())):
            wrong.append(f"templates/{name}: no route of {folder or 'the top'} has this name: name it after its route,"
                         " or begin it with _ when it is no page")  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_a_view_renders_templates_of_its_own_subject():
    """A page of another subject is reached by its address, and shared pieces are included."""
    wrong = []
    ours = [room for room in ROOT.iterdir() if room.name not in ("tests", "dev") and not room.name.startswith(".")]
    for path in sorted(path for room in ours for form in ("**/views/*.py", "**/views.py") for path in room.glob(form)):
        parts = path.relative_to(ROOT).parts
        subject = parts[0] if parts[0] == "notifications" else "/".join(parts[:2])
        for name in re.findall(r"render\(\s*request,\s*\"([\w/]+\.html)\"", path.read_text()):
            if "/" in name and not name.startswith(f"{subject}/"):
                wrong.append(f"{'/'.join(parts)}: {name}: render a page of {subject}")
    assert not wrong, "\n".join(wrong)


def test_exceptions_exist():
    assert all((TEMPLATES / name).is_file() for name in EXCEPTIONS)
