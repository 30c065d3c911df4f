"""Point webhooks at what only we reach: each call is refused before a connection; the listener there hears nothing."""

import time
from collections.abc import Iterator

from lxml import html

from bench.clients.running import SHELTER

from .files import listener
from .insider import Insider

ACCOUNT = "direction-foyer"  # administers the shelter whose programs these are
# a listener stands behind those with a port, on every address of the loopback; behind the others is nothing of ours
SPELLED = (
    "127.0.0.1:{port}", "127.1:{port}", "2130706433:{port}", "0x7f000001:{port}", "0177.0.0.1:{port}", "0:{port}",
    "localhost:{port}", "localhost.:{port}", "ip6-localhost:{port}", "[::1]:{port}", "[::ffff:127.0.0.1]:{port}",
    "[::ffff:7f00:1]:{port}", "[::127.0.0.1]:{port}", "[64:ff9b::7f00:1]:{port}", "[2002:7f00:1::]:{port}",
)  # fmt: skip
# no address to post to: refused beside the field where it is typed
WRONG = (
    "http://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "file:program", "gopher://127.0.0.1:{port}/_a",
    "https://somebody:secret@127.0.0.1:{port}/", "https://program.example@127.0.0.1:{port}/", "//127.0.0.1:{port}/",
    "https://program.example\\@127.0.0.1:{port}/", "https://127.0.0.1:{port}/#part", "https://",
    "https://program.example/\r\nHost: inside", "javascript:alert(1)", "https://program.example:99999/",
)  # fmt: skip
PATIENCE = 90  # seconds until every call was tried


def tried(platform) -> Iterator[dict]:
    """Yield a line for what is typed, then one for what is posted."""
    boss = Insider(platform.site, ACCOUNT).sign_in()
    with listener() as (port, called):
        yield _typed(platform, boss, port)
        yield _posted(platform, boss, port, called)


def _typed(platform, boss: Insider, port: int) -> dict:
    """Type each wrong address on the page of a program; nothing may be kept of any."""
    from notifications.models import Hook

    platform.add("attack-typed", SHELTER)
    member = platform.members["attack-typed"]
    page = f"/organisation/programmes/{member}/webhooks/"
    form = next(form for form in html.fromstring(boss.get(page).content).forms if "url" in form.fields)
    found = []
    for url in WRONG:
        answer = boss.send(form, {"url": url.format(port=port)}, page)
        if answer.status_code != 200 or Hook.objects.using("owner").filter(membership=member).exists():
            found.append(f"{answer.status_code} to {url}")
    return {"check": "addresses that are none", "tried": len(WRONG), "found": found}


def _posted(platform, boss: Insider, port: int, called: list) -> dict:
    """Have a test call sent to each spelling of this machine, by the page of its webhook."""
    from notifications.models import Hook, HookDelivery

    hooks = {}
    for number, spelled in enumerate(SPELLED):
        client, url = f"attack-{number}", f"https://{spelled.format(port=port)}/"
        platform.add(client, SHELTER)
        platform.hook(client, url)
        hook = Hook.objects.using("owner").get(membership=platform.members[client])
        page = f"/organisation/webhooks/{hook.pk}/"
        [button] = html.fromstring(boss.get(page).content).xpath("//button[@name='act'][@value='test']")
        [form] = button.iterancestors("form")
        answer = boss.send(form, {"act": "test"}, page)
        assert answer.status_code == 302, (url, answer.status_code)
        hooks[hook.pk] = url
    end = time.monotonic() + PATIENCE
    made = HookDelivery.objects.using("owner").filter(hook__in=hooks).exclude(problem="", sent_at=None)
    while made.count() < len(hooks) and time.monotonic() < end:
        time.sleep(1)
    refused = {row.hook_id: row.problem for row in made}
    found = [f"{url}: {refused.get(pk, 'not tried')}" for pk, url in hooks.items() if refused.get(pk) not in REFUSED]
    found += [f"{len(called)} connections heard"] if called else []
    return {"check": "this machine, spelled", "tried": len(hooks), "refused": len(refused), "found": found}


REFUSED = {"address", "name"}  # not public, or no name that anybody resolves
