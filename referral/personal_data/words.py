"""Name the kinds of personal data, of whom they are, what they serve, and by which doors they leave."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sort(models.TextChoices):
    """Define what a column tells of somebody. A column may tell several."""

    IDENTIFYING = "identifying", _("Who the person is and how to reach them")
    SITUATION = "situation", _("The person's situation, and what services do about it")
    ART9 = "art9", _("Health, sex life, origin or beliefs (article 9 GDPR)")
    ART10 = "art10", _("Offences and presumed authors (article 10 GDPR)")
    MINORS = "minors", _("That the person is a child, and who speaks for the child")
    DIRECTORY = "directory", _("Who takes part: members, their function, what they did")
    ACCESS = "access", _("What opens an account: passwords, codes, sessions")
    TECHNICAL = "technical", pgettext_lazy("personal data", "Links, states of machines, counters")
    NONE = "none", pgettext_lazy("personal data", "About nobody")


# of professionals, and of people quoted in public texts: nobody who is helped
OF_OTHERS = {
    Sort.IDENTIFYING: _("A name, a function, how to reach somebody"),
    Sort.SITUATION: _("What a text says of somebody"),
}
OF_A_PERSON = {Sort.IDENTIFYING, Sort.SITUATION, Sort.ART9, Sort.ART10, Sort.MINORS}
OF_NOBODY = {Sort.TECHNICAL, Sort.NONE}


class Whose(models.TextChoices):
    """Define whom a table is about."""

    PERSON = "person", _("Presumed victims, adults and children")
    RELATIVE = "relative", _("People close to them")
    SUSPECT = "suspect", _("Presumed authors")
    MEMBER = "member", _("Professionals who use the platform")
    CONTRIBUTOR = "contributor", _("People quoted in texts of public policy")
    NOBODY = "nobody", pgettext_lazy("personal data", "Nobody")


class Purpose(models.TextChoices):
    """Define what a table serves. Each is for the controller to confirm, with its legal basis."""

    ORIENT = "orient", _("Receive an alert and bring the person to the services that can help")
    SUPPORT = "support", _("Protect and support the person")
    RIGHTS = "rights", _("Hold to the person's agreement and rights")
    DUPLICATES = "duplicates", _("Keep one case a person")
    FIGURES = "figures", _("Count, without naming, for public policy")
    DIRECTORY = "directory", _("Know which services take part, and who acts for them")
    SECURITY = "security", _("Keep accounts safe, and know who read what")
    PROGRAMS = "programs", _("Connect the software of services")
    WORK = "work", _("Prepare, list, notify and hand over the work of services")
    POLICY = "policy", _("Lead public policy and publish what is done")
    REFERENCE = "reference", _("Keep lists and texts common to all")


class Door(models.TextChoices):
    """Define by which doors rows of a table leave the platform."""

    API = "api", _("program of a service, by the API")
    EXPORT = "export", _("list taken out by a service")
    COPY = "copy", _("copy made for the person")
    WEBHOOK = "webhook", _("webhook, by an id alone")
    MAIL = "mail", _("mail, by a reference alone")
    OPEN_DATA = "open_data", _("open data")
