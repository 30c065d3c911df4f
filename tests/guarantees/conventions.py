"""What the code must not do, read from its text. Each function takes the root of a tree and gives sentences that say
what to do instead, so that the same rules can be tried on a tree with a fault planted in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.guarantees import advice
from tests.guarantees.rooms import place

APPS = ("foundation", "agencies", "journal", "notifications", "indicators", "plans", "victims", "referral", "dev")
HTTP_ROOMS = {"views", "serializers", "schema"}
DOMAIN_ROOMS = {"models", "operations", "access", "workflow", "selectors", "rules", "words", "tasks"}
# The models whose rows are fetched through one sentence of their own, and the ways to say it.
ENTRY_MODELS = {
    "Consultation",
    "Contribution",
    "Signal",
    "Alert",
    "AlertDesk",
    "Breach",
    "BreachEntry",
    "BudgetLine",
    "Campaign",
    "CampaignAnswer",
    "CampaignDraft",
    "CampaignReminder",
    "Case",
    "CaseAccess",
    "OwnLabel",
    "CaseTerm",
    "Archive",
    "ArchiveOpening",
    "Erasure",
    "LegalHold",
    "CaseImport",
    "CaseLink",
    "ReadingAlarm",
    "Departure",
    "DeskAnswer",
    "DeskChange",
    "MemberChange",
    "NationalFigure",
    "Draft",
    "KeptForm",
    "CaseFile",
    "DataRequest",
    "Limitation",
    "Requisition",
    "RequisitionMove",
    "Checklist",
    "Clock",
    "ClockMove",
    "Envelope",
    "Commitment",
    "CommitmentOpinion",
    "EvidenceRequest",
    "Evaluation",
    "Export",
    "LegalShare",
    "LinkedPerson",
    "Match",
    "MatchAlarm",
    "Measure",
    "Metric",
    "Need",
    "NeedText",
    "Notice",
    "Orientation",
    "OrientationDesk",
    "OrientationMessage",
    "PaperDocument",
    "Plan",
    "Question",
    "Questionnaire",
    "SavedSearch",
    "SecretNote",
    "Situation",
    "SituationAlert",
    "SituationBatch",
    "SituationCase",
    "StepAct",
    "SupportAction",
    "TimelineEntry",
}
ENTRIES = {"of", "visible_to", "mine", "public", "sent_by", "sent_from", "none"}
GUARDIAN_ROOMS = {"victims/access/access.py", "victims/models/cases.py"}
MAX_LINES = 400


def python(root: Path) -> Iterator[tuple[str, ast.Module, str]]:
    """(path from the root, parsed, name inside its app) of each module of the apps, migrations apart."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if "/migrations/" not in name:
                yield name, ast.parse(path.read_text(), name), path.relative_to(root / app).as_posix()


def room(name: str) -> str:
    """The room of a module by its path: `views` for victims/identity/views.py and referral/inbox/views/charge.py."""
    return place(name.removesuffix(".py").replace("/", "."))[2]


def templates(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            yield path.relative_to(root / "templates").as_posix(), path.read_text()


def bare_queries(root: Path) -> list[str]:
    """Pages and API fetch through the actor's sight, or call an operation."""
    found = []
    for name, tree, _ in python(root):
        if room(name) not in HTTP_ROOMS:
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id.startswith("get_object_or")
            ):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Name) and first.id in ENTRY_MODELS:
                    found.append(_bare(name, node, f"{node.func.id}({first.id}, …)", first.id))
            manager = node.value if isinstance(node, ast.Attribute) else None
            if not (isinstance(manager, ast.Attribute) and manager.attr == "objects"):
                continue
            model = manager.value.id if isinstance(manager.value, ast.Name) else "?"
            if node.attr == "all" or (model in ENTRY_MODELS and node.attr not in ENTRIES):
                found.append(_bare(name, node, f"{model}.objects.{node.attr}", model))
    return found


def _bare(name, node, what, model) -> str:
    entry = {"CaseAccess": "of", "AlertDesk": "of", "OrientationDesk": "of", "Notice": "of"}.get(model, "visible_to")
    how = f"{model}.objects.{entry}(request.actor)" if model in ENTRY_MODELS else "a named queryset, or an operation"
    return f"{name}:{node.lineno}: {what} in a page or the API: fetch through {how}"


def imports(root: Path) -> list[str]:
    found = []
    for name, tree, _ in python(root):
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for module in names:
                top = module.partition(".")[0]
                if top == "guardian" and name not in GUARDIAN_ROOMS:
                    found.append(
                        f"{name}:{node.lineno}: guardian: give access, and ask who has it, by victims.access.access"
                    )
                if top in ("rest_framework", "django_filters", "drf_spectacular") and room(name) in DOMAIN_ROOMS:
                    found.append(f"{name}:{node.lineno}: {top} in a domain room: turn the request into arguments first")
            if isinstance(node, ast.arg) and node.arg == "request" and room(name) in DOMAIN_ROOMS:
                found.append(f"{name}:{node.lineno}: a request in a domain room: take the actor and plain values")
    return found


def task_arguments(root: Path) -> list[str]:
    """A broker's message is read by whoever reads the broker: ids, never content."""
    found = []
    for name, tree, _ in python(root):
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef):
                continue
            called = [d.func for d in node.decorator_list if isinstance(d, ast.Call)]
            if not any(isinstance(f, ast.Name) and f.id == "task" for f in called):
                continue
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bad = [a.arg for a in every if not re.search(r"(^|_)(pk|pks|id|ids)$", a.arg)]
            if bad or node.args.vararg or node.args.kwarg:
                found.append(
                    f"{name}:{node.lineno}: task {node.name}({', '.join(bad) or '*'}): pass ids and read the rows there"
                )
    return found


def long_files(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root).as_posix()}: {lines} lines: cut it at a seam, {MAX_LINES} is the most"
        for app in APPS
        for path in sorted((root / app).rglob("*.py"))
        if "/migrations/" not in path.as_posix() and (lines := len(path.read_text().splitlines())) >= MAX_LINES
    ]


# -- templates --------------------------------------------------------------------------------------------------------
INLINE = {
    r"<style\b": "a style in the page: put it in static/repere",
    r"<script(?![^>]*\bsrc=)[^>]*>": "a script in the page: put it in static/repere and send its address",
    r"\sstyle\s*=": "a style attribute: use a class",
    r"\son[a-z]+\s*=\s*[\"']": "a handler in the page: listen from a script file",
    r"javascript:": "a script address: listen from a script file",
    r"\bhx-on": "hx-on needs eval: listen from a script file",
}
# the page of a switched hat sends a form again under the hat it was opened with, and writes that field itself
TOKEN = r"{% form_token|name=\"_membership\""
OUTSIDE = r"(?:\bsrc|\bsrcset|\baction|<link[^>]*\bhref|\bdata|\bposter)\s*=\s*[\"']\s*(?:https?:)?//"


def template_faults(root: Path) -> list[str]:
    found = []
    for name, text in templates(root):
        bare = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.S)
        if name.endswith(".html"):
            for pattern, advice in INLINE.items():
                if hit := re.search(pattern, bare, re.I):
                    found.append(f"templates/{name}: « {hit[0].strip()} »: {advice}")
            if hit := re.search(OUTSIDE, bare, re.I):
                found.append(f"templates/{name}: « {hit[0]} »: nothing is asked of another site, send it from static/")
            said = re.sub(r"{% blocktrans.*?{% endblocktrans\w* %}|{% .*?%}", "\0", bare, flags=re.S)
            if hit := re.search(r"(?:[ }>\0]|\}\}) ?[:;](?= |</)", re.sub(r"(?<=[ \"])[\w:-]+=\"[^\"]*\"", "", said)):
                found.append(
                    f"templates/{name}: « {said[max(0, hit.start() - 20) : hit.end() + 20].strip()} »: a sign typed"
                    ' between two values: French and English space it differently, say {% translate ":" context'
                    ' "before a value" %}'
                )
            if hit := re.search(r"(?<!\|escape)\|truncate(?:chars|words)_html", bare):
                found.append(
                    f"templates/{name}: « {hit[0]} »: of a plain text it shows « &#x27; », write |escape before it"
                )
            if 0 < bare.find("<h1") < bare.find("{% error_summary"):
                found.append(
                    f"templates/{name}: what is to correct comes first in the page: put error_summary before h1"
                )
            for form in re.findall(r"<form\b.*?</form>", bare, re.S | re.I):
                if re.search(r"method\s*=\s*[\"']post", form, re.I) and not re.search(TOKEN, form):
                    found.append(
                        f"templates/{name}: a form that posts without {{% form_token %}}: it says which hat is on"
                    )
    return found


def unused_templates(root: Path, by_convention: set[str]) -> list[str]:
    sources = "\n".join(
        [
            p.read_text()
            for p in sorted(root.rglob("*.py"))
            if "/tests/" not in p.as_posix() and "/." not in p.as_posix()
        ]
        + [text for _, text in templates(root)]
    )
    return [
        f"templates/{name}: no page or template names it: remove it, or use it"
        for name, _ in templates(root)
        if name not in by_convention
        and not name.startswith("notifications/mail/")
        # by its path, or by the part that a page chooses
        and not any(f'"{said}"' in sources for said in (name, Path(name).name, Path(name).stem))
    ]


def outside_resources(root: Path) -> list[str]:
    """Our own style sheets and scripts call no other site either."""
    found = []
    for path in sorted((root / "static" / "repere").rglob("*")):
        if path.suffix in (".css", ".js"):
            for hit in re.findall(
                r"(?:url\(\s*[\"']?|@import\s+[\"']|fetch\(\s*[\"'`]|[\"'`])(https?://[^\s\"'`)]+)", path.read_text()
            ):
                if not hit.startswith("http://www.w3.org/"):
                    found.append(f"{path.relative_to(root).as_posix()}: {hit}: nothing is asked of another site")
    return found


# -- mails ------------------------------------------------------------------------------------------------------------
MAIL_WORDS = {"reference", "site"}


def mail_faults(root: Path) -> list[str]:
    """A mail holds a reference and where to sign in: never who, what or where."""
    found = []
    for name, text in templates(root):
        if name.startswith("notifications/mail/"):
            for said in re.findall(r"{{\s*([^}|\s]+)", text):
                if said not in MAIL_WORDS:
                    found.append(
                        f"templates/{name}: {{{{ {said} }}}}: a mail holds a reference and « sign in », nothing else"
                    )
            for tag in re.findall(
                r"{%\s*(?!translate|trans\b|blocktranslate|blocktrans|endblocktrans|extends|block\b|endblock|load|include|autoescape|endautoescape)(\w+)",
                text,
            ):
                found.append(f"templates/{name}: {{% {tag} %}}: a mail chooses nothing by its subject")
    for name, tree, _ in python(root):
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            sends = isinstance(called, ast.Name) and called.id in (
                "EmailMessage",
                "EmailMultiAlternatives",
                "send_mail",
            )
            if sends and name != "notifications/operations/delivery.py":
                found.append(
                    f"{name}:{node.lineno}: a mail sent outside notifications/operations/delivery.py: write an event"
                )
    return found


# Columns of a member who is not the writer, and who that is. Every other one is the signature of who inserts the row.
NAMES_ANOTHER = {
    "agencies_dutymember.membership_id": "who is called",
    "victims_assignment.membership_id": "the colleague whom the case is assigned to",
    "referral_breach.closing_by_id": "nobody in a new row: a trigger empties it, and that of entries alone fills it",
    "referral_breach.closed_by_id": "as above",
    "referral_breachentry.account_id": "the account whose readings are counted",
    "referral_breach.cnil_by_id": "as above",
    "referral_breach.persons_by_id": "as above",
    "plans_campaigndraft.given_to_id": "the colleague whom the draft is handed over to",
}
ACTS = r"(?:nrm\.membership\(\)|NULLIF\(current_setting\('nrm\.membership', true\), ''\)::bigint)"


def unsigned(walls, columns: dict[str, list[str]]) -> list[str]:
    """Return a sentence for each column of a member that an insert policy leaves to whoever writes.

    `columns`: the columns of a table that hold a membership. A policy compares each with the acting member, or asks
    that it is empty.
    """
    return [
        f"{wall.table}.{column}: a row could be inserted in the name of another member. Add « By('{column}') » (in SQL:"
        f" « {column} = nrm.membership() ») or « {column} IS NULL » to the insert policy in"
        f" {advice.file_of_wall(wall.table)}; if it names another person, add « {wall.table}.{column} » to"
        " NAMES_ANOTHER in tests/guarantees/conventions.py and say who"
        for wall in walls
        for column in columns.get(wall.table, [])
        if wall.insert and f"{wall.table}.{column}" not in NAMES_ANOTHER
        if not re.search(rf"\b{column} (?:IS NULL\b|(?:=|IS NOT DISTINCT FROM) {ACTS})", wall.insert)
    ]
