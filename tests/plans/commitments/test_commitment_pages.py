"""The register by its pages: what each finds there, what it may post, the same figures everywhere."""

import csv
import io
import json
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind
from foundation.actor import SYSTEM, acting_as
from plans.commitments.operations import commitments as ops
from plans.commitments.selectors import register
from plans.commitments.selectors import waiting as waits
from plans.models import BudgetLine, Commitment, CommitmentOpinion, CommitmentProgress, Envelope, Measure
from plans.plan.operations import measures
from plans.publication.operations.figures import Figure, push
from plans.publication.rules import opendata
from tests.plans import people
from tests.plans.pdf_text import Pdf
from tests.plans.plan.test_plan_operations import publish, ready
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def signed(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    client.hat = member
    return client


def post(client, url, **data):
    return client.post(url, {**data, "_membership": client.hat.pk})


def page(client, name, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def state(actor, code, **changes):
    said = {"status": "in_progress", "on": date(2026, 10, 1), "text": "Un décret est en préparation.", **changes}
    with acting_as(actor):
        return ops.state_progress(actor, code, **said)


def contest(actor, code, **changes):
    with acting_as(actor):
        return ops.write_opinion(actor, code, **{"stance": "contests", "text": "Rien n'est paru.", **changes})


# -- the list ---------------------------------------------------------------------------------------------------------
def codes(html) -> list[str]:
    return [part.split("<")[0].split("·")[-1].strip() for part in html.split("<small>")[1:] if "·" in part]


def found(client, **query) -> set[str]:
    name = "plans:commitments" if client.__dict__.get("hat") else "policy:commitments"
    response = client.get(reverse(name), query)
    return {line.commitment.pk for line in response.context["page"].paginator.object_list}


def test_the_register_is_narrowed_by_each_of_its_filters():
    justice, cncdh, coordination = people.ministry(), people.cncdh(), people.coordination()
    state(justice, "G1-09", due_on=date(2026, 1, 1))
    state(justice, "G3-07", status="done", evidence="Circulaire de 2025", due_on=date(2026, 1, 1))
    contest(cncdh, "G3-07", release=True)
    contest(cncdh, "G3-06")  # a draft contests nothing yet
    with acting_as(coordination):
        ops.link_measure(coordination, "G3-07", Measure.objects.public().first())
    public = Client()
    assert len(found(public)) == 115
    assert found(public, status="in_progress") == {"G1-09"}
    assert found(public, status="contested") == {"G3-07"}
    assert found(public, status="unstated") == found(public) - {"G1-09", "G3-07"}
    assert found(public, late="on") == {"G1-09", "E-01", "E-02", "E-03", "E-04", "E-05", "E-06"}, "done is never late"
    assert found(public, unmeasured="on") == found(public), "not known as long as the list is not complete"
    people.recorded("plan3")
    assert found(public, unmeasured="on") == found(public) - {"G3-07"}
    assert found(public, unfunded="on") <= {"G3-07"}
    assert found(public, body="osce", theme="referral_mechanism") == {"O-01", "O-05", "N-01"}
    assert found(public, text="greta3", urgency="urge") == {"G3-01", "G3-02"}
    assert found(public, q="audiovisuel enregistrement") == {"G3-08"}
    assert found(public, q="g3-08") == {"G3-08"}
    assert {"G1-04", "O-05"} <= found(public, repeated="on")
    assert "G3-04" not in found(public, repeated="on")
    assert found(signed(coordination), status="contested") == {"G3-07"}


def test_each_figure_leads_to_the_rows_it_counts_within_the_filters_in_use():
    state(people.ministry(), "G3-07")
    state(people.ministry(), "C-10")
    contest(people.cncdh(), "G3-07", release=True)
    client, wrong = Client(), []
    shown = client.get(reverse("policy:commitments"), {"body": "greta", "page": "2"}).context["tally"]
    assert ("?body=greta&status=in_progress", 1, "En cours") in shown
    for address, number, label in shown:
        rows = client.get(reverse("policy:commitments") + address).context["page"].paginator.count
        if rows != number:
            wrong.append(f"{label}: {number} shown, {rows} found at {address}")
    assert not wrong, "\n".join(wrong)


def test_the_longest_asked_and_the_most_often_asked_come_first():
    client = Client()
    by_age = client.get(reverse("policy:commitments"), {"sort": "age"}).context["page"].paginator.object_list
    years = [line.years if line.years is not None else -1 for line in by_age]
    assert years == sorted(years, reverse=True)
    assert (by_age[0].commitment.pk, by_age[0].years) == ("U-01", 26), "the Palermo protocol, 15 November 2000"
    often = client.get(reverse("policy:commitments"), {"sort": "times"}).context["page"].paginator.object_list
    assert often[0].chain.times >= 9
    due = client.get(reverse("policy:commitments"), {"sort": "due"}).context["page"].paginator.object_list
    assert due[0].commitment.pk == "E-01"


def test_pages_of_the_list_and_what_nothing_found_says():
    client = Client()
    first = page(client, "policy:commitments")
    assert "Page 1 sur 8" in first
    assert len(first.encode()) <= 25_000
    assert "page=2" in first
    assert "Retirez un filtre" in page(client, "policy:commitments", q="introuvable", status="done")
    assert page(client, "policy:commitments", page="99").count("<tr>") >= 10, "past the end: the last page"
    wrong = client.get(reverse("policy:commitments"), {"status": "zzz"})
    assert wrong.status_code == 200
    assert wrong.context["has_errors"]


@pytest.mark.parametrize("name", ["policy:commitments", "policy:commitment-report"])
def test_as_many_queries_for_one_as_for_all(name):
    client, counts = Client(), []
    for code, actor in (("G1-04", people.ministry()), ("G3-02", people.ministry("dgt", Kind.LABOUR))):
        state(actor, code)
        contest(people.cncdh(), code, release=True)
        with CaptureQueriesContext(connection) as made:
            assert (
                client.get(reverse(name), {"body": "greta"} if code == "G3-02" else {"text": "osce2021"}).status_code
                == 200
            )
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_the_door_leads_to_what_waits():
    """The number on the door and the rows behind it are the same."""
    justice, coordination, cncdh = people.ministry(), people.coordination(), people.cncdh()
    first = state(justice, "G1-09")
    state(justice, "G3-07", due_on=date(2026, 1, 1))
    state(people.ministry("dgt", Kind.LABOUR), "G3-06")
    with acting_as(coordination):
        ops.check_progress(coordination, first.pk, verdict="to_complete", text="La date ?")
        assert waits.waiting(coordination) == 2
        assert waits.actions_waiting(coordination)[0][:2] == ("?unchecked=on", 2)
    assert found(signed(coordination), unchecked="on") == {"G3-06", "G3-07"}
    with acting_as(justice):
        assert waits.waiting(justice) == 2, "one to complete, one late"
        assert waits.actions_waiting(justice)[0][:2] == ("?charge=dacg", 2)
    assert found(signed(justice), charge="dacg") == {"G1-09", "G3-07"}
    contest(cncdh, "G3-06")
    with acting_as(cncdh):
        (of,) = waits.actions_waiting(cncdh)
        assert waits.waiting(cncdh) == 1 and of[:2] == (reverse("plans:commitment", args=["G3-06"]), 1)
    assert "positions à vérifier" in page(signed(coordination), "plans:commitments")


# -- one commitment ---------------------------------------------------------------------------------------------------
def test_both_sides_stand_on_the_public_page_and_drafts_do_not():
    justice, cncdh, union = people.ministry(), people.cncdh(), people.speaker(Kind.UNION)
    state(justice, "G3-02", evidence="Décret n° 2026-12, https://exemple.invalid/decret")
    contest(cncdh, "G3-02", text="Aucun mécanisme ne fonctionne.", release=True)
    contest(union, "G3-02", text="Brouillon du syndicat.")
    html = page(Client(), "policy:commitment", "G3-02")
    for said in (
        "Un décret est en préparation.", "Aucun mécanisme ne fonctionne.", "CNCDH", "Contesté", "En cours",
        'href="https://exemple.invalid/decret"', "depuis 13 ans", "(28 janv. 2013)", "Lu dans la source citée",
        "Non relevé pour l'instant",
    ):  # fmt: skip
        assert said in html, said
    assert "Brouillon du syndicat." not in html
    assert "Brouillon du syndicat." not in page(signed(people.coordination()), "plans:commitment", "G3-02")
    assert "Brouillon du syndicat." in page(signed(union), "plans:commitment", "G3-02")


def test_what_is_missing_is_read_by_members_and_not_by_the_public():
    justice, coordination = people.ministry(), people.coordination()
    state(justice, "G3-02")
    client = signed(coordination)
    url = reverse("plans:commitment", args=["G3-02"])
    answer = post(client, url, act="check", **{"check-verdict": "to_complete", "check-text": ""})
    assert "Dites ce qui manque" in answer.content.decode()
    assert (
        post(client, url, act="check", **{"check-verdict": "to_complete", "check-text": "La date ?"}).status_code == 302
    )
    assert "La date ?" in page(signed(justice), "plans:commitment", "G3-02")
    assert "La date ?" not in page(Client(), "policy:commitment", "G3-02")


def test_a_ministry_states_from_its_page_and_what_was_typed_is_kept():
    client = signed(people.ministry())
    url = reverse("plans:commitment", args=["G1-09"])
    typed = {"progress-status": "done", "progress-on": "2026-10-02", "progress-text": "C'est fait depuis mars."}
    answer = post(client, url, act="progress", **typed)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "C&#x27;est fait depuis mars." in html
    assert "nommez le texte ou le chiffre" in html
    assert not CommitmentProgress.objects.exists()
    late = post(client, url, act="progress", **{**typed, "progress-on": "2999-01-01"})
    assert "Cette date est à venir" in late.content.decode()
    done = post(client, url, act="progress", **{**typed, "progress-evidence": "Loi du 3 mars 2026"})
    assert done.status_code == 302
    made = CommitmentProgress.objects.get()
    assert (made.status, made.responsible_id, made.on) == ("done", "dacg", date(2026, 10, 2))


@pytest.mark.parametrize(
    ("who", "act", "code"),
    [
        (people.ministry, "opinion", 403),
        (people.cncdh, "opinion", 302),
        (people.cncdh, "progress", 403),
        (people.collective, "check", 403),
        (people.ministry, "check", 403),
        (people.ministry, "progress", 302),
        (people.ministry, "link_measure", 403),
        (people.cncdh, "unlink", 403),
        (people.coordination, "link_measure", 302),
        (people.coordination, "check", 302),
        (people.coordination, "opinion", 403),
    ],
)
def test_who_may_post_what(who, act, code):
    state(people.ministry(), "G3-02")
    live = Measure.objects.public().exclude(plan__state="closed").first()
    data = {
        "progress-status": "partial", "progress-on": "2026-10-02", "progress-text": "Avance.",
        "progress-responsible": "dacg", "check-verdict": "confirmed", "opinion-stance": "partly",
        "opinion-text": "Pas tout à fait.", "measure-measure": str(live.pk),
        "what": "repeat/G1-04",
    }  # fmt: skip
    client = signed(who())
    assert post(client, reverse("plans:commitment", args=["G3-02"]), act=act, **data).status_code == code


def test_an_opinion_is_kept_released_and_thrown_away_from_the_page():
    client = signed(people.cncdh())
    url = reverse("plans:commitment", args=["G3-02"])
    said = {"opinion-stance": "contests", "opinion-text": "Rien n'est paru."}
    post(client, url, act="opinion", **said)
    assert "Votre avis, en brouillon" in page(client, "plans:commitment", "G3-02")
    post(client, url, act="discard")
    with acting_as(client.hat):
        assert not CommitmentOpinion.objects.exists()
    post(client, url, act="opinion", release="yes", **said)
    assert CommitmentOpinion.objects.get().released_at
    assert post(client, url, act="discard").status_code == 409, "nothing to throw away any more"


def test_agreement_is_asked_only_of_a_position_that_exists():
    client, url = signed(people.cncdh()), reverse("plans:commitment", args=["G3-02"])
    choice, without = "opinion-stance", "Aucune position officielle à laquelle répondre pour l'instant."
    html = unescape(page(client, "plans:commitment", "G3-02"))
    assert choice not in html and without in html and "Votre avis sur ce qui est demandé à la France" in html
    post(client, url, act="opinion", release="yes", **{"opinion-text": "Rien n'est paru."})
    public = unescape(page(Client(), "policy:commitment", "G3-02"))
    assert "Donné sans position officielle enregistrée" in public
    state(people.ministry(), "G3-02")
    html = unescape(page(client, "plans:commitment", "G3-02"))
    assert choice in html and without not in html and 'value="alone"' not in html


def test_a_line_entered_by_mistake_is_put_aside_and_put_back():
    client, url = signed(people.coordination()), reverse("plans:commitment", args=["G3-04"])
    assert post(signed(people.cncdh()), url, act="aside").status_code == 403
    assert post(client, url, act="aside").status_code == 302
    assert Client().get(reverse("policy:commitment", args=["G3-04"])).status_code == 404
    assert signed(people.cncdh()).get(url).status_code == 404
    assert "Lignes écartées" in page(client, "plans:commitments")
    assert "Remettre au registre" in page(client, "plans:commitment", "G3-04")
    post(client, url, act="aside")
    assert Client().get(reverse("policy:commitment", args=["G3-04"])).status_code == 200


def test_means_behind_it_stand_line_by_line_never_added():
    """The pack's Ac.Sé grant: for 2018 its two sources disagree, 220 or 234 thousand euros."""
    disputed = BudgetLine.objects.live(None).filter(envelope__code__contains="acse", year=2018)
    assert {int(line.amount) for line in disputed} == {220_000, 234_000}
    with as_role("nrm_owner"):
        Envelope.objects.filter(pk=disputed[0].envelope_id).update(commitment="O-06")
    html = page(Client(), "policy:commitment", "O-06").replace("\u202f", " ").replace("\xa0", " ")
    assert "220 000 €" in html
    assert "elles ne s&#x27;additionnent pas" in html or "elles ne s'additionnent pas" in html
    assert "454 000" not in html
    assert "Lignes de moyens" not in page(Client(), "policy:commitment", "O-05")


# -- adding and bringing in -------------------------------------------------------------------------------------------
def test_the_figures_of_the_mechanism_stand_with_the_measures_that_name_them():
    """Commitment, measure, metric, pushed figure: the last quarter for the whole country, or that it is too small."""
    coordination = people.coordination()
    made = ready(coordination, title_fr="Mesure nourrie")
    with acting_as(coordination):
        for code in ("hours_to_accepted", "refused_no_place"):
            measures.save_metric(coordination, made.code, label_fr=code, unit="x", target=1, feed=code)
        ops.link_measure(coordination, "G1-04", made)
    publish(coordination)
    spring, summer = (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))
    with as_role("nrm_worker"), acting_as(SYSTEM):
        push([Figure("hours_to_accepted", *spring, 99), Figure("hours_to_accepted", *summer, 31)])
        push([Figure("refused_no_place", *summer, None), Figure("oriented", *summer, 444)])
    said = page(Client(), "policy:commitment", "G1-04")
    assert "31 heures" in said and "99 heures" not in said and "nombre trop petit pour être affiché" in said
    assert "444" not in said, "no measure of it names this one"


def test_cncdh_adds_a_line_with_its_text_and_the_others_are_told_whose_it_is():
    client = signed(people.cncdh())
    data = {"body": "cncdh", "urgency": "recommend", "theme": "training", "text_fr": "Former les greffiers."}
    wrong = post(client, reverse("plans:commitment-add"), **data).content.decode()
    assert "donnez le titre d’un autre" in wrong or "donnez le titre d&#x27;un autre" in wrong
    assert "Former les greffiers." in wrong
    done = post(client, reverse("plans:commitment-add"), **data, source_title="Avis de 2026", source_dated="2026-05")
    assert done["Location"] == reverse("plans:commitment", args=["A-01"])
    assert "Saisi par l&#x27;organisme concerné" in page(Client(), "policy:commitment", "A-01")
    other = signed(people.collective())
    assert "<textarea" not in page(other, "plans:commitment-add")
    assert post(other, reverse("plans:commitment-add"), **data).status_code == 403


HEAD = "code;body;source;paragraph;urgency;theme;text_fr;text_en;due_date;source_title;source_date\n"
GOOD = "G4-02;greta;greta4;§ 12;urge;training;Former les magistrats.;;30/06/2027;;\n"
NEW = "G5-01;greta;greta5;;urge;plan;Adopter un plan.;;;GRETA, 5e rapport;2026-09\n"


def test_a_list_is_reported_on_line_by_line_then_loaded_whole():
    client, url = signed(people.coordination()), reverse("plans:commitment-import")
    bad = "g 1;greta;greta4;;urge;training;x;;;;\nG4-02;onu;nulle;;urge;training;;;31/31/2027;;\n"
    html = post(client, url, pasted=HEAD + GOOD + bad, load="yes").content.decode()
    for said in (
        "Ligne", "écrivez un code comme G4-02", "vient deux fois", "choisissez parmi", "donnez source_title",
        "2026-07-15", "Remplissez",
    ):  # fmt: skip
        assert said in html, said
    assert "g 1;greta;greta4" in html, "what was pasted is kept, to be corrected in place"
    assert Commitment.objects.count() == 115, "nothing is loaded while a line is wrong"
    read = post(client, url, pasted=HEAD + GOOD + NEW)
    assert "Charger ces 2 lignes" in read.content.decode()
    assert Commitment.objects.count() == 115, "nor before it is asked for"
    assert post(client, url, pasted=HEAD + GOOD + NEW, load="yes").status_code == 302
    made = Commitment.objects.get(pk="G4-02")
    assert (made.paragraph, made.due_date, made.provenance) == ("§ 12", date(2027, 6, 30), "entered")
    assert Commitment.objects.get(pk="G5-01").from_text.dated == "2026-09"
    again = post(client, url, pasted=HEAD + GOOD.replace("§ 12", "§ 13") + NEW)
    assert again.context["counts"] == {"new": 0, "changed": 1, "same": 1}
    post(client, url, pasted=HEAD + GOOD.replace("§ 12", "§ 13") + NEW, load="yes")
    assert Commitment.objects.get(pk="G4-02").paragraph == "§ 13"


def test_a_list_is_the_coordination_s_to_bring_in():
    for actor in (people.cncdh(), people.ministry()):
        answer = post(signed(actor), reverse("plans:commitment-import"), pasted=HEAD + GOOD, load="yes")
        assert answer.status_code == 403
    client, url = signed(people.coordination()), reverse("plans:commitment-import")
    assert "collez les lignes" in post(client, url, pasted="").content.decode()
    assert "Colonnes manquantes" in post(client, url, pasted="a;b\n1;2\n").content.decode()
    model = client.get(reverse("plans:commitment-template")).content.decode("utf-8-sig")
    assert post(client, url, pasted=model).context["counts"]["new"] == 1, "the model itself reads well"


# -- the report -------------------------------------------------------------------------------------------------------
def test_the_report_says_the_same_on_the_page_and_in_the_table():
    justice, cncdh = people.ministry(), people.cncdh()
    state(justice, "G3-02", text="=Un décret est en préparation.")
    state(justice, "G1-09", status="done", evidence="Loi de 2025")
    contest(cncdh, "G3-02", release=True)
    client = Client()
    response = client.get(reverse("policy:commitment-report"))
    html, report = response.content.decode(), response.context["report"]
    assert [r.source.pk for r in report.rounds] == ["greta1", "greta2", "greta2_2019", "greta3", "greta4"]
    sent = client.get(reverse("policy:commitment-report-csv"), {"body": "greta"})
    rows = list(csv.DictReader(io.StringIO(sent.content.decode("utf-8-sig")), delimiter=";"))
    figures = report.figures
    assert len(rows) == figures["all"] == 30
    assert "<strong>30</strong> En tout" in html
    by_state = {
        word: sum(row["État"] == word for row in rows) for word in ("Réalisé", "En cours", "Avancement non relevé")
    }
    assert by_state == {"Réalisé": 1, "En cours": 1, "Avancement non relevé": 28}
    assert (figures["done"], figures["in_progress"], figures["unstated"], figures["contested"]) == (1, 1, 28, 1)
    row = next(row for row in rows if row["Numéro"] == "G3-02")
    assert row["Position officielle"] == "'=Un décret est en préparation.", "never run as a formula"
    assert "Conteste la position officielle" in row["Autres avis"]
    assert (row["Demandé la première fois"], row["Années"], row["Nombre de demandes"]) == ("2013-01-28", "13", "9")
    assert {line.commitment.pk for line in report.lines} == {row["Numéro"] for row in rows}


def test_the_document_and_the_open_data_say_what_the_page_says():
    justice, cncdh = people.ministry(), people.cncdh()
    state(justice, "G3-02")
    contest(cncdh, "G3-02", release=True)
    contest(cncdh, "G3-01", text="Pas encore publié.")
    client = Client()
    asked = {"text": "greta3"}
    counted = dict(client.get(reverse("policy:commitment-report"), asked).context["counted"])
    sent = client.get(reverse("policy:commitment-report-pdf"), asked)
    assert sent["Content-Type"] == "application/pdf"
    printed = " ".join(Pdf(sent.content).text.split())
    assert counted == {"En tout": 8, "En cours": 1, "Avancement non relevé": 7, "Contesté": 1}
    for label, number in counted.items():
        assert f"{label} {number}" in printed, (label, number)
    for said in ("Un décret est en préparation.", "Rien n'est paru.", "demandé depuis 13 ans"):
        assert said in printed, said
    assert "Pas encore publié." not in printed
    files = opendata.as_files(opendata.datasets()["commitments"])
    rows = {row["code"]: row for row in json.loads(files["json"])["rows"]}
    assert len(rows) == files["rows"] == 115
    row = rows["G3-02"]
    assert (row["status"], row["contested"], row["confirmed"], row["first_asked"]) == (
        "in_progress", True, False, "2013-01-28",
    )  # fmt: skip
    assert row["repeats"][0] == "G1-04"
    assert "Pas encore publié." not in files["json"].decode()


@pytest.mark.parametrize("kind", ["csv", "pdf"])
@pytest.mark.parametrize("typed", ['x"; filename="facture.exe', "x\nSet-Cookie: a=1", "../../etc/passwd"])
def test_what_is_typed_in_an_address_is_no_part_of_the_name_of_a_file(kind, typed):
    client = Client(raise_request_exception=False)
    answer = client.get(reverse(f"policy:commitment-report-{kind}"), {"theme": typed, "text": typed})
    assert answer.status_code == 200 and "Set-Cookie" not in answer
    name = f"engagements-{timezone.localdate().isoformat()}.{kind}"
    assert answer["Content-Disposition"].partition("; ")[2] == f'filename="{name}"'
    assert "greta" in client.get(reverse(f"policy:commitment-report-{kind}"))["Content-Disposition"]


def test_the_report_is_narrowed_by_round_and_theme_and_read_in_english():
    client = Client()
    found = client.get(reverse("policy:commitment-report"), {"text": "greta3", "theme": "compensation"}).context[
        "report"
    ]
    assert [line.commitment.pk for line in found.lines] == ["G3-03", "G3-04"]
    english = client.get(f"/en{reverse('policy:commitment-report')}", {"text": "greta3"}).content.decode()
    assert "Report by round and theme" in english
    assert "Set up a national" in english or "national identification" in english.lower()


def test_the_figures_of_the_register_add_up():
    lines = register.lines(list(register.rows(Commitment.objects.public())))
    figures = register.figures(lines)
    states = ("unstated", "not_started", "in_progress", "partial", "done", "obsolete")
    assert sum(figures[name] for name in states) == figures["all"] == 115
    with as_role("nrm_owner"):
        Commitment.objects.filter(pk="G1-04").update(active=False)
    assert len(register.lines(list(register.rows(Commitment.objects.public())))) == 114
