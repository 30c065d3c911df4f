"""The production files, read: no container engine is needed to see who knows which address."""

import json
import re
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from dev.hygiene import ROOT
from dev.services import supervisor
from referral.config import serving, turns
from referral.config.environment import TIMEOUTS
from tests.production.installation import command_of_the_image, example

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_parts():
    backup = {"wal", "backup", "drill", "files-backup"}
    watch = {"disks", "prometheus", "grafana"}
    assert (
        set(SERVICES)
        == {"postgres", "redis", "migrate", "template", "beat", "proxy", "clamav"} | WEBS | WORKERS | backup | watch
    )
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["migrate"]["restart"] == "no"
    assert all("prefork" in SERVICES[name]["command"] for name in WORKERS)
    assert "beat" in SERVICES["beat"]["command"]
    assert not any("-B" in SERVICES[name]["command"] for name in WORKERS)


def test_what_strangers_fill_is_bounded_and_is_the_one_that_was_tried():
    """20 places of some 25 MB for large bodies, and the memory is given back before it is gone."""
    proxy = SERVICES["proxy"]
    assert (proxy["mem_limit"], proxy["environment"]["GOMEMLIMIT"]) == ("2g", "1750MiB")
    program = Path(sys.executable).with_name("caddy")
    known = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    assert proxy["image"] == f"caddy:{known.split()[0].removeprefix('v')}"


def test_each_volume_that_holds_what_cannot_be_made_again_is_watched_and_only_read():
    disks = SERVICES["disks"]
    mounted = {volume.split(":")[0]: volume.split(":")[1:] for volume in disks["volumes"]}
    assert set(mounted) == {"postgres", "backups", "files", "kept", "checkpoints"}
    watched = dict(each.split("=") for each in disks["environment"]["DISKS"].split(","))
    assert sorted([folder, "ro"] for folder in watched.values()) == sorted(mounted.values())


def test_no_mail_holds_due_work_nor_a_danger_to_life():
    """Each queue has one worker; the one of due work sends no mail and reaches no mail server."""
    commands = {name: s["command"] for name, s in SERVICES.items() if "worker" in s.get("command", [])}
    read = {name: set(command[command.index("-Q") + 1].split(",")) for name, command in commands.items()}
    assert read == {
        "clocks": {"repere-due", "repere-sweep"},
        "vital": {"repere-vital"},
        "mail": {"repere-mail", "repere-bulk"},
        "hooks": {"repere-hooks"},
        "worker": {"repere-work"},
    }
    assert set().union(*read.values()) == {f"repere-{name}" for name in settings.QUEUES}
    assert SERVICES["clocks"]["networks"] == ["inside"]
    # the start on one machine: two workers, mail apart from due work
    assert [set(queues) for queues in supervisor.WORKERS.values()] == [
        {"due", "sweep", "vital"},
        {"mail", "bulk", "hooks", "work"},
    ]


@pytest.mark.parametrize(
    ("service", "role", "variable"),
    [
        ("migrate", "nrm_owner", "DATABASE_OWNER_URL"),
        ("web", "nrm_app", "DATABASE_URL"),
        ("web-two", "nrm_app", "DATABASE_URL"),
        ("web-sign-in", "nrm_app", "DATABASE_URL"),
        ("web-sign-in-two", "nrm_app", "DATABASE_URL"),
        ("worker", "nrm_worker", "WORKER_DATABASE_URL"),
        ("clocks", "nrm_worker", "WORKER_DATABASE_URL"),
        ("vital", "nrm_worker", "WORKER_DATABASE_URL"),
        ("mail", "nrm_worker", "WORKER_DATABASE_URL"),
        ("hooks", "nrm_worker", "WORKER_DATABASE_URL"),
        ("beat", "nrm_worker", "WORKER_DATABASE_URL"),
        ("wal", "nrm_backup", "BACKUP_DATABASE_URL"),
        ("backup", "nrm_backup", "BACKUP_DATABASE_URL"),
        ("drill", "nrm_backup", "BACKUP_DATABASE_URL"),
    ],
)
def test_each_part_knows_one_database_address(service, role, variable):
    env = SERVICES[service]["environment"]
    found = {name: value for name, value in env.items() if "DATABASE" in name and not name.startswith("SANDBOX")}
    password = variable.replace("URL", "PASSWORD")
    assert set(found) == {variable, password}, "the password beside the address may hold any character"
    assert found[variable] == f"postgresql://{role}@postgres/nrm"
    assert found[password] == f"${{{role.upper()}_PASSWORD:?}}"
    assert env.get("NRM_ROLE") == ("worker" if role == "nrm_worker" else None)


WORKERS = {"clocks", "vital", "mail", "hooks", "worker"}
PAGES, SIGN_IN = {"web", "web-two"}, {"web-sign-in", "web-sign-in-two"}
WEBS = PAGES | SIGN_IN
HOLDERS = {
    "SECRET_KEY": {"migrate", "template", "beat"} | WEBS | WORKERS,
    "FIELD_KEYS": {"migrate", "template", "drill"} | WEBS | WORKERS,
    "MATCH_KEY": {"worker"},
    "JOURNAL_KEY": {"clocks", "worker"},
    "EMAIL_PASSWORD": {"vital", "mail"},
    "SMS_TOKEN": {"vital", "mail"},
    "NRM_OWNER_PASSWORD": {"postgres", "migrate", "template"},
    "NRM_APP_PASSWORD": {"postgres", "template"} | WEBS,
    "NRM_WORKER_PASSWORD": {"postgres", "beat"} | WORKERS,
    "NRM_BACKUP_PASSWORD": {"postgres", "wal", "backup", "drill"},
    "NRM_SANDBOX_PASSWORD": {"postgres", "worker"},
    "POSTGRES_PASSWORD": {"postgres"},
    "REDIS_PASSWORD": {"redis", "migrate", "template"} | WEBS,
    "REDIS_WORKER_PASSWORD": {"redis", "beat"} | WORKERS,
    "GRAFANA_PASSWORD": {"grafana"},
}


@pytest.mark.parametrize(("secret", "holders"), HOLDERS.items())
def test_each_secret_is_told_to_those_that_use_it_and_to_nobody_else(secret, holders):
    """Who breaks into a part reads what that part was told: the mail server's password is no business of a web."""
    told = {name for name, s in SERVICES.items() if f"${{{secret}:" in json.dumps(s.get("environment", {}))}
    assert told == holders


def test_no_secret_is_left_out_of_the_list_above():
    named = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert {name for name in named if re.search(r"PASSWORD|TOKEN|_KEYS?$", name)} - set(HOLDERS) == {
        "JOURNAL_FORMER_KEYS"  # public ones
    }


def test_who_copies_test_spaces_is_told_to_one_worker_and_who_fills_the_template_ends():
    copying = {name for name, s in SERVICES.items() if "SANDBOX_DATABASE_URL" in s.get("environment", {})}
    assert copying == {"worker"}
    assert SERVICES["worker"]["environment"]["SANDBOX_DATABASE_URL"].startswith("postgresql://nrm_sandbox@")
    env = SERVICES["template"]["environment"]
    assert {name for name in env if "DATABASE" in name} == {
        "DATABASE_URL", "DATABASE_PASSWORD", "DATABASE_OWNER_URL", "DATABASE_OWNER_PASSWORD"
    }  # fmt: skip
    assert SERVICES["template"]["restart"] == "on-failure:3"
    assert not any("template" in s.get("depends_on", {}) for s in SERVICES.values())
    told = [s["environment"] for s in SERVICES.values() if "SECRET_KEY" in s.get("environment", {})]
    templates = {env["SANDBOX_TEMPLATE"] for env in told if env["SECRET_KEY"] != "none"}
    assert templates == {"nrm_sandbox"}


def test_each_part_that_stays_has_a_healthcheck():
    assert {name for name, s in SERVICES.items() if "healthcheck" not in s} == {"migrate", "template", "proxy"}
    assert "HEALTH_PORT=8001" in DOCKERFILE
    assert ":8001/healthz" in SERVICES["web"]["healthcheck"]["test"][-1], "on a thread of its own"


def test_a_mail_server_that_refuses_everything_restarts_nobody():
    """Who sends is unhealthy then, which is told and does no more: nothing waits for its health, nothing heals by it.

    A worker that is started again and again would send what the mail server takes in between to nobody.
    """
    waited_for = {
        on for s in SERVICES.values() for on, how in s.get("depends_on", {}).items() if "healthy" in how["condition"]
    }
    assert waited_for == {"postgres", "redis", "web", "web-two"}
    for name, service in SERVICES.items():
        assert "labels" not in service and "deploy" not in service, name
        assert "docker.sock" not in str(service.get("volumes", "")), name


def test_each_image_is_built_once_and_never_looked_for_elsewhere():
    ours = {name: s for name, s in SERVICES.items() if s["image"].startswith("repere")}
    assert {name: s["image"] for name, s in ours.items() if "build" in s} == {
        "migrate": "repere",
        "wal": "repere-backup",
    }
    assert {s["image"] for s in ours.values()} == {"repere", "repere-backup"}
    assert all(s["pull_policy"] == "never" for s in ours.values())


def test_a_slow_start_leaves_no_proxy_unstarted_and_a_stop_kills_nothing():
    """`up` starts nothing that waits for an unhealthy service: webs of a busy machine took more than a minute."""
    check = SERVICES["web"]["healthcheck"]
    assert check["start_period"] == "5m" and check["interval"] == "10s"
    # a shell that is the first process of its container takes no SIGTERM
    assert all(s["init"] is True for s in SERVICES.values() if s["image"].startswith("repere"))
    assert {SERVICES[name]["stop_signal"] for name in ("wal", "backup")} == {"SIGTERM"}, (
        "PostgreSQL's image says SIGINT"
    )


def test_one_web_answers_while_the_other_is_replaced():
    """The proxy asks each web on the port of its probes; a web has the time to say that it ends, and to answer."""
    assert SERVICES["web-two"] == SERVICES["web"]
    stop = int(SERVICES["web"]["stop_grace_period"].removesuffix("s"))
    assert stop >= serving.LEAVE + TIMEOUTS["app"]["statement_timeout"] + TIMEOUTS["app"]["lock_timeout"]
    proxied = (ROOT / "deploy" / "Caddyfile").read_text()
    every, fails = (int(re.search(rf"{name} (\d+)", proxied)[1]) for name in ("health_interval", "health_fails"))
    assert every * (fails + 1) < serving.LEAVE
    assert "health_port {$HEALTH_PORT:8001}" in proxied
    assert {on for on, how in SERVICES["proxy"]["depends_on"].items() if "healthy" in how["condition"]} == PAGES
    watched = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    asked = {each["job_name"]: set(each["dns_sd_configs"][0]["names"]) for each in watched if "dns_sd_configs" in each}
    assert asked == {"web": PAGES, "sign-in": SIGN_IN}


def test_passwords_are_hashed_apart_and_hold_back_no_page():
    """A web of pages hashes none. Two webs do, which get less of a short core, no more memory than they are given and
    no file; a thread is left to others than the address that sends most."""
    assert {name: SERVICES[name]["environment"].get("HASHING") for name in SERVICES if name in WEBS} == {
        "web": "elsewhere", "web-two": "elsewhere", "web-sign-in": "only", "web-sign-in-two": "only",
    }  # fmt: skip
    assert [name for name, s in SERVICES.items() if "HASHING" in s.get("environment", {}) and name not in WEBS] == []
    web, own = SERVICES["web"], SERVICES["web-sign-in"]
    assert SERVICES["web-sign-in-two"] == own
    assert (own["cpu_shares"], own["mem_limit"], own["volumes"]) == (256, "1g", [])
    assert not {"cpu_shares", "mem_limit"} & set(web)
    same = set(web) - {"environment", "volumes"}
    assert {name: own[name] for name in same} == {name: web[name] for name in same}
    left_out = {name for name in web["environment"] if name not in own["environment"]}
    assert left_out == {"FILES_DIR", "CLAMAV_ADDRESS", "FILES_UNSCANNED"}
    image = command_of_the_image()
    anew = image.index("--max-requests")  # a stranger would say when: what is refused is counted too
    changed = {image[at - 1]: (image[at], part) for at, part in enumerate(own["command"]) if image[at] != part}
    assert len(own["command"]) == anew and changed == {"--workers": ("2", "1"), "--threads": ("4", "64")}
    assert turns.PLACES + turns.AT_ONCE < 64
    on = SERVICES["proxy"]["depends_on"]
    assert {on[name]["condition"] for name in SIGN_IN} == {"service_started"}


def test_only_the_proxy_is_reachable_and_the_database_never_leaves():
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "front" in service["networks"]} == {
        *WEBS, "proxy",
    }  # fmt: skip
    (front,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == front["subnet"]
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_metrics_are_asked_on_a_network_of_their_own():
    """Who watches reaches the web's probes and the disks; not the database, the broker, the outside or the proxy."""
    watch = COMPOSE["networks"]["watch"]
    assert watch["internal"] is True
    assert {name for name, s in SERVICES.items() if "watch" in s.get("networks", ())} == {
        *WEBS, "disks", "prometheus", "grafana",
    }  # fmt: skip
    for name in ("disks", "prometheus", "grafana"):
        assert set(SERVICES[name]["networks"]) == {"watch"}
        assert SERVICES[name]["read_only"] is True
        assert not any("DATABASE" in key or key.endswith("_KEY") for key in SERVICES[name].get("environment", {}))
    [subnet] = watch["ipam"]["config"]
    assert SERVICES["web"]["environment"]["METRICS_FROM"] == subnet["subnet"]
    assert ip_network(subnet["subnet"]).overlaps(ip_network(subnet["ip_range"]))
    fixed = [ip_address(SERVICES[name]["networks"]["watch"]["ipv4_address"]) for name in ("prometheus", "grafana")]
    assert all(each in ip_network(subnet["subnet"]) and each not in ip_network(subnet["ip_range"]) for each in fixed)
    front = COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert not ip_network(subnet["subnet"]).overlaps(ip_network(front)), "the proxy's callers are no watchers"
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text()
    asked = set(re.findall(r"reverse_proxy (.+) {", caddyfile))
    waiting = "unix/{$XDG_DATA_HOME:/data}/{args[0]}.sock"  # where large bodies wait, in the proxy itself
    sign_in = "{$SIGN_IN_UPSTREAM:web-sign-in:8000 web-sign-in-two:8000}"
    assert asked == {"{$UPSTREAM:web:8000 web-two:8000}", sign_in, waiting}
    assert [name for name, s in SERVICES.items() if "UPSTREAM" in s.get("environment", {})] == []
    assert SERVICES["grafana"]["profiles"] == ["grafana"]


def test_example_of_the_values_names_each_of_them_and_no_other():
    files = ("docker-compose.yml", "deploy/openid.yml", "deploy/s3.yml")
    texts = [(ROOT / name).read_text() for name in files]
    assert set(example()) == {name for text in texts for name in re.findall(r"\$\{(\w+)", text)}
    must = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    assert {name for name, (value, _) in example().items() if not value} >= must, "no password of everybody"
    for ignored in (".gitignore", ".dockerignore"):
        assert ".env" in (ROOT / ignored).read_text().replace("/", "").split()


def test_the_web_alone_reaches_the_provider_of_openid_and_only_where_it_is_asked_for():
    said = yaml.safe_load((ROOT / "deploy" / "openid.yml").read_text())["services"]
    assert {name for name, service in said.items() if service.get("networks") == ["edge"]} == PAGES
    assert set(said) == WEBS, "the form of sign-in names the provider, shown again after a wrong password"
    assert {name for name, service in said.items() if "OIDC_CLIENT_SECRET" in service["environment"]} == PAGES
    assert all("edge" not in SERVICES[name]["networks"] for name in said)
    assert not [name for name, s in SERVICES.items() for key in s.get("environment", {}) if key.startswith("OIDC_")]


def test_files_reach_those_that_keep_them_and_no_other():
    """Sealed files stand on a volume of their own; who copies them has neither a key nor a way to the database."""
    volumes = {name: service.get("volumes", []) for name, service in SERVICES.items()}
    holders = {name for name, those in volumes.items() if any(str(one).startswith("files:") for one in those)}
    assert holders == {*PAGES, "clocks", "worker", "migrate", "files-backup", "disks"}
    for name in holders - {"disks"}:
        assert SERVICES[name]["environment"]["FILES_DIR"] == "/var/files", name
    copying = SERVICES["files-backup"]
    assert "files:/var/files:ro" in copying["volumes"]
    assert {value for key, value in copying["environment"].items() if "KEY" in key} == {"none"}
    assert not [key for key in copying["environment"] if "DATABASE" in key]
    assert "kept:/var/backups/files:ro" in SERVICES["drill"]["volumes"]
    elsewhere = yaml.safe_load((ROOT / "deploy" / "s3.yml").read_text())["services"]
    assert set(elsewhere) == holders - {"disks"}
    assert all("FILES_S3_SECRET" in service["environment"] for service in elsewhere.values())


def test_no_secret_is_written_down():
    values = [
        str(v) for s in SERVICES.values() for k, v in s.get("environment", {}).items() if "PASSWORD" in k or "KEY" in k
    ]
    assert values
    assert all(re.fullmatch(r"\$\{\w+:[?-]\}|none", value) for value in values)  # :- for a relay without password
    assert not any(service.get("environment", {}).get("DEBUG") for service in SERVICES.values())


def test_backups_are_kept_without_a_key():
    """Who steals their disk, or breaks into the service that writes it, cannot decrypt a field."""
    for name in ("wal", "backup"):
        environment = SERVICES[name]["environment"]
        assert {value for key, value in environment.items() if "KEY" in key} == {"none"}, name
        assert SERVICES[name]["volumes"] == ["backups:/var/backups/repere"]
    users = {name for name, s in SERVICES.items() if any("backups:" in v for v in s.get("volumes", []))}
    assert users == {"wal", "backup", "drill", "disks"}
    assert all(volume.endswith(":ro") for volume in SERVICES["disks"]["volumes"])
    assert SERVICES["drill"]["profiles"] == ["drill"], "keys and backups meet only while a drill runs"


def test_the_application_runs_without_rights():
    for name in ("migrate", "web", "worker", "beat"):
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert re.search(r"^USER repere$", DOCKERFILE, re.MULTILINE)


def test_the_image_takes_the_production_lock_and_the_right_server():
    assert set(re.findall(r"requirements/(\w+)\.lock", DOCKERFILE)) == {"prod"}
    assert "--require-hashes" in DOCKERFILE
    command = json.loads(re.search(r"^CMD (\[.*?\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)[1].replace("\\\n", ""))
    assert command[0] == "gunicorn"
    assert "--no-control-socket" in command
    assert command[command.index("--worker-class") + 1] == "referral.config.serving.Worker"


def test_files_named_by_compose_exist():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (ROOT / volume.split(":")[0]).exists()
