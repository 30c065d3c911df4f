"""Documented acts of the walk of production, each by its page, its command or the API."""

import json
import re
import uuid
from urllib.parse import urlencode

import psycopg2
import yaml

from tests.referral.organisations.set_up import SET_UP

from .visitor import Visitor

PASSWORD = "trois girafes sous la pluie"
NOTE = "Phrase fictive de la marche de production"
UNIT = "Union locale des essais (fictive)"
ARRIVAL = r'/organisation/arrivees/([0-9a-f-]{36})/">Logiciel de suivi'
IDENTIFIER = r"<code>([^<]{20,})</code>"
STEPS = (
    {"territory": "77", "when": "today", "minor": "no", "danger": "no"},
    {"sign": ["ILO-AL-EX-01"], "by_ILO-AL-EX-01": "observed", "note": NOTE},
    {"agreement": "yes", "recipients": ["association"]},
)


def founded(production) -> dict[str, Visitor]:
    """Set the installation up by its documented commands, and open each account at the page; return who may enter."""
    answers = production.place / "answers.yaml"
    answers.write_text(yaml.safe_dump(SET_UP))
    made = production.run("migrate", ["python", "manage.py", "bootstrap", "--file", str(answers)])
    assert made.returncode == 0, made.stderr
    found = {}
    for address in ("une", "deux", "quatre"):
        email = f"{address}@exemple.invalid"
        said = production.run("migrate", ["python", "manage.py", "account_code", email])
        activated = activate(production, email, re.search(r"^[\d ]+$", said.stdout, re.MULTILINE)[0])
        assert activated.status == 302, activated.text[:3000]
        found[address] = signed_in(production, email)
    again = production.run("migrate", ["python", "manage.py", "bootstrap", "--file", str(answers)])
    assert again.returncode != 0
    # the administrator of a body of the State invites who will alert
    host, email = found["quatre"], "agente@exemple.invalid"
    invited = host.post("/organisation/membres/inviter/", full_name="Six Démo", email=email, roles=["frontline"])
    assert invited.status == 302, invited.text[:3000]
    assert activate(production, email, shown_code(host, invited.leads_to)).status == 302
    return found | {"author": signed_in(production, email)}


def signed_in(production, email: str) -> Visitor:
    visitor = Visitor(production.ports["proxy"])
    visitor.sign_in(email, PASSWORD)
    return visitor


def shown_code(visitor, page: str) -> str:
    """Ask for a code on the page of an account or an organisation; return it."""
    return "".join(re.findall(r"<span>(\d{4})</span>", visitor.post(f"{page}code/", page).text))


def activate(production, email: str, code: str):
    return Visitor(production.ports["proxy"]).post(
        "/activer/", email=email, code=code, password=PASSWORD, again=PASSWORD
    )


def draft(visitor) -> str:
    """Write an alert up to its last page; return its id."""
    pk = str(uuid.uuid4())
    assert visitor.post("/signaler/", draft=pk).status == 302
    for number, typed in enumerate(STEPS, 1):
        answer = visitor.post(f"/signaler/{pk}/{number}/", **typed)
        assert answer.status == 302, (number, answer.text[:3000])
    return pk


def alert_answered(author: Visitor, answers: Visitor) -> str:
    """Send an alert as one person, read it and open its case as another; return its reference."""
    sent = author.post(f"/signaler/{draft(author)}/4/", go="send")
    assert sent.status == 302, sent.text[:3000]
    reference = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", author.get(sent.leads_to).text)[0]
    # other tests may have sent alerts to this desk before
    listed = set(re.findall(r"/boite/([0-9a-f-]{36})/", answers.get("/boite/").text))
    [alert] = [pk for pk in listed if reference in answers.get(f"/boite/{pk}/").text]
    assert NOTE in answers.get(f"/boite/{alert}/").text
    opened = answers.post(f"/boite/{alert}/dossier/", f"/boite/{alert}/")
    assert opened.status == 302 and "/dossiers/" in opened.leads_to, opened.text[:3000]
    assert answers.get(opened.leads_to).status == 200
    assert author.get(opened.leads_to).status == 403, "who alerted does not see the case"
    return reference


def letters(post, address: str) -> str:
    """Return the mails that came for an address, their lines whole."""
    return "\n".join(mail for to, mail in post[0].mails if address in to).replace("=\r\n", "")


def superuser(production):
    return psycopg2.connect(
        host=str(production.place / "postgres"), port=production.ports["postgres"], user="nrm", dbname="nrm"
    )


def program_of(asks, agrees) -> tuple[str, str]:
    """Have an administrator ask for a program and another agree; return its identifier and its secret, shown once."""
    made = asks.post("/organisation/programmes/", title="Logiciel de suivi (fictif)", scopes=["alert"])
    assert made.status == 302, made.text[:3000]
    shown = asks.post(f"{made.leads_to}secret/", made.leads_to).text
    [secret], named = re.findall(r"<code data-secret>([^<]+)</code>", shown), re.search(IDENTIFIER, shown)
    assert secret not in asks.get(made.leads_to).text, "once"
    waiting = f"/organisation/arrivees/{re.findall(ARRIVAL, agrees.get('/organisation/arrivees/').text)[0]}/"
    assert asks.post(waiting, act="agree").status == 403, "never by oneself"
    assert agrees.post(waiting, act="agree").status == 302
    return named[1], secret


def token_of(production, client_id: str, secret: str) -> str:
    asked = urlencode({"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
    answer = Visitor(production.ports["proxy"]).ask("POST", "/api/v1/token/", asked)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)["access_token"]


def what_stands(production, client_id: str, reference: str) -> tuple:
    """Return the national administrators, and how many there are of the agency, the program and the answered alert."""
    asked = (
        "SELECT array_agg(u.email ORDER BY u.email) FROM agencies_membership m JOIN agencies_user u ON u.id = m.user_id"
        " JOIN agencies_agency a ON a.group_id = m.agency_id"
        " WHERE a.name = %s AND 'agency_admin' = ANY(m.roles) AND m.active",
        "SELECT count(*) FROM agencies_agency WHERE name = %s",
        "SELECT count(*) FROM agencies_apiclient WHERE client_id = %s AND last_used_at IS NOT NULL",
        "SELECT count(*) FROM referral_alert a JOIN referral_alertlink l ON l.alert_id = a.id WHERE a.reference = %s",
    )
    given = (SET_UP["coordination"]["name"], UNIT, client_id, reference)
    with superuser(production) as connection, connection.cursor() as cursor:
        found = []
        for statement, value in zip(asked, given, strict=True):
            cursor.execute(statement, [value])
            found += cursor.fetchone()
    connection.close()
    return tuple(found)
