# ruff: noqa
# What each rule of rules.yml must find, and must not; semgrep reads it, nothing runs it.


def error_text_in_log():
    try:
        work()
    except OSError as error:
        # ruleid: error-text-in-log
        log.warning("not stored: %s", error)
        # ruleid: error-text-in-log
        log.error("not stored: %s", str(error))
        # ok: error-text-in-log
        log.error("not stored: %s", type(error).__name__)


def rows_of_persons_in_a_view(request, case):
    # ruleid: rows-of-persons-in-a-view
    Case.objects.all()
    # ruleid: rows-of-persons-in-a-view
    CaseFile.objects.filter(pk=request.GET["pk"])
    # ok: rows-of-persons-in-a-view
    Case.objects.visible_to(request.actor).filter(pk=1)
    # ok: rows-of-persons-in-a-view
    Note.objects.filter(case=case)
    # ok: rows-of-persons-in-a-view
    Territory.objects.all()


def owner_of_the_database():
    # ruleid: owner-of-the-database
    connections["owner"].cursor()
    # ruleid: owner-of-the-database
    Entry.objects.using("owner").create()
    # ok: owner-of-the-database
    connections["default"].cursor()


def system_in_a_page(request):
    # ruleid: system-in-a-page
    with acting_as(SYSTEM):
        pass
    # ok: system-in-a-page
    with acting_as(request.actor):
        pass


def unlisted_network(address):
    # ruleid: unlisted-network
    requests.get(address)
    # ruleid: unlisted-network
    urllib.request.urlopen(address)
    # ok: unlisted-network
    requests.filter(state="sent")


def markup_made_safe(name):
    # ruleid: markup-made-safe
    mark_safe(f"<b>{name}</b>")
    # ruleid: markup-made-safe
    mark_safe("<b>%s</b>" % name)
    # ok: markup-made-safe
    format_html("<b>{}</b>", name)


# ruleid: open-to-all
@csrf_exempt
def open_to_all(request):
    pass


class Opened(APIView):
    # ruleid: open-to-all
    permission_classes = [AllowAny]


class Closed(APIView):
    # ok: open-to-all
    permission_classes = [IsMember]
