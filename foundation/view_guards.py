"""Checks made at the start of a view: role, method, known action."""

from functools import wraps

from django.shortcuts import redirect

from .workflow import NotAllowed


def cases_only(view):
    """Pages of members who see cases. Others are told so, rather than shown an empty list they would believe."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if request.actor.sight != "case":
            raise NotAllowed("cases")
        return view(request, *args, **kwargs)

    return checked


def known_act(request, *acts: str, name: str = "act") -> str:
    """Which of a page's forms was sent, empty for a reading. Another one is told so, rather than nothing happening."""
    act = request.POST.get(name, "")
    if request.method == "POST" and act not in acts:
        raise NotAllowed(act)
    return act


def posted(page: str):
    """An act: by POST only. Its address opened by hand (a session that ended, a reloaded tab) leads to its page."""

    def wrap(view):
        @wraps(view)
        def checked(request, pk):
            return view(request, pk) if request.method == "POST" else redirect(page, pk)

        return checked

    return wrap
