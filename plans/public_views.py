"""Public pages of the policy that belong to no single subject: its home, its search."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .models import Plan


@login_not_required
@require_safe
def home(request):
    plans = Plan.objects.visible_to(None)
    return render(request, "plans/public_home.html", {"plans": plans})
