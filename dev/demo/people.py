"""Define demonstration units and people, clearly fictitious.

The name of each unit has « fictif » or « fictive »; persons have the surname « Démo ». Units that speak for a body speak
for one of `bodies`, none for a real body of the domain pack; others may name their type of local unit. No real person is
named.
"""

from dataclasses import dataclass, field

from agencies.models import Agency, Category, Kind, Level, Role

from . import bodies

PASSWORD = "repere-demo-2026"
TOTP_SECRET = "REPEREDEMOREPEREDEMOREPEREDEMO22"  # of the application that shows codes, of all of them
PERSON = Category.IDENTITY | Category.CONTACT | Category.HEALTH


@dataclass(frozen=True)
class Unit:
    """Define a unit. `takes`: a adults, m minors; `where`: INSEE codes."""

    code: str
    name: str
    kind: str
    where: tuple[str, ...] = ("75",)
    services: tuple[str, ...] = ()
    profile: str = ""
    parent: str = ""
    mandate: str = ""
    alerts: bool = False
    orientations: bool = False
    takes: str = "a"
    forms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    places: int | None = None
    nationwide: bool = False
    second: str = ""
    extra: dict = field(default_factory=dict)


LIGHT = {"max_level": Level.SUMMARY}
UNITS = [
    Unit("coord-nationale", "Coordination nationale (fictive)", Kind.COORDINATION, (), ("strategic_coordination",),
         profile=bodies.COORDINATION, mandate=Agency.Mandate.NATIONAL, alerts=True, takes="am", nationwide=True),
    Unit("coord-idf", "Coordination traite Île-de-France (fictive)", Kind.COORDINATION, ("R11",),
         ("strategic_coordination",), mandate=Agency.Mandate.TERRITORIAL, alerts=True, takes="am",
         second="coord-nationale"),
    Unit("coord-sud", "Coordination traite Provence (fictive)", Kind.COORDINATION, ("R93",),
         ("strategic_coordination",), mandate=Agency.Mandate.TERRITORIAL, alerts=True, takes="am",
         second="coord-nationale"),
    Unit("br-valmont", "Brigade de recherches de Valmont (fictive)", Kind.INTERIOR, ("77",),
         ("formal_identification", "investigation"), profile="gendarmerie", alerts=True, orientations=True, takes="am",
         extra={"may_hold": Category.OFFENCE}),
    Unit("it-uc3", "Inspection du travail, unité de contrôle 3 (fictive)", Kind.LABOUR, ("75", "93"),
         ("detection", "formal_identification", "labour_control"), profile="inspection_travail", alerts=True,
         orientations=True, forms=("labour_exploitation", "domestic_servitude")),
    Unit("college-lilas", "Collège des Lilas blancs (fictif)", Kind.EDUCATION, ("93",), ("detection",),
         profile="etablissement"),
    Unit("crip-93", "CRIP de Seine-Saint-Denis (fictive)", Kind.CHILD_PROTECTION, ("93", "75"),
         ("detection", "child_care"), profile="crip", alerts=True, orientations=True, takes="m",
         extra={"supports_people": True, "may_hold": PERSON}),
    Unit("parquet-bobigny", "Parquet, section des mineurs (fictif)", Kind.JUSTICE, ("93",), ("child_care", "prosecution"),
         profile="parquet_mineurs", alerts=True, orientations=True, takes="m", extra={"may_hold": Category.OFFENCE}),
    Unit("ccas-aubrac", "Centre social Aubrac (fictif)", Kind.LOCAL_AUTHORITY, ("93",), ("detection", "social_support"),
         profile="commune_ccas", orientations=True, extra={"supports_people": True, "may_hold": PERSON}),
    Unit("foyer-horizon", "Foyer Horizon (fictif)", Kind.NGO, ("75", "92", "93"),
         ("emergency_shelter", "safe_housing", "social_support"), alerts=True, orientations=True,
         languages=("fr", "en", "ro"), places=4, parent="collectif-demo", extra={"supports_people": True, "may_hold": PERSON}),
    Unit("foyer-calanque", "Maison des Calanques (fictive)", Kind.NGO, ("13",),
         ("safe_housing", "social_support"), orientations=True, languages=("fr", "es", "vi"), places=2,
         nationwide=True, extra={"supports_people": True, "may_hold": PERSON}),
    Unit("foyer-complet", "Résidence des Tilleuls (fictive)", Kind.NGO, ("75",), ("safe_housing",), orientations=True,
         places=0, extra={"supports_people": True, "may_hold": PERSON}),
    Unit("droit-ouvert", "Association Droit ouvert (fictive)", Kind.NGO, (), ("legal_support", "residence_permit"),
         orientations=True, nationwide=True, takes="am", languages=("fr", "en", "ar"),
         extra={"supports_people": True, "may_hold": Category.IDENTITY | Category.CONTACT | Category.RESIDENCE}),
    Unit("ul-batiment", "Union locale du bâtiment (fictive)", Kind.UNION, ("75", "93"), ("detection", "legal_support"),
         alerts=True, orientations=True, forms=("labour_exploitation",), extra=LIGHT),
    Unit("commission-demo", "Commission fictive des droits, rapporteur", Kind.INDEPENDENT, (), profile=bodies.RIGHTS,
         extra=LIGHT),
    Unit("audit-demo", "Mission de contrôle interne (fictive)", Kind.INDEPENDENT, (), extra=LIGHT),
    Unit("asile-demo", "Office de l'asile, mission vulnérabilités (fictif)", Kind.ASYLUM, (), ("asylum",), nationwide=True,
         takes="am", extra=LIGHT),
    Unit("maraude-nord", "Maraude Nord (fictive)", Kind.NGO, ("75", "93"), ("detection",), takes="am", extra=LIGHT),
    Unit("hotel-etoile", "Hôtel de l'Étoile filante (fictif)", Kind.EMPLOYER, ("75",), extra={"max_level": Level.STATUS}),
    Unit("budget-demo", "Ministère fictif des solidarités, bureau du budget", Kind.SOCIAL_AFFAIRS, (),
         profile=bodies.SOCIAL, extra=LIGHT),
    Unit("justice-demo", "Ministère fictif de la justice, bureau des mesures", Kind.JUSTICE, (),
         profile=bodies.JUSTICE, extra=LIGHT),
    Unit("collectif-demo", "Collectif fictif d'associations", Kind.NGO_NETWORK, (), profile=bodies.COLLECTIVE,
         extra=LIGHT),
    Unit("plateforme-demo", "Administration de la plateforme (fictive)", Kind.COORDINATION, (), extra=LIGHT),
]  # fmt: skip


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    hats: tuple[tuple[str, tuple[str, ...], str], ...]  # (unit, roles, title shown)
    phone: str = "01 99 00 00 00"

    @property
    def title(self) -> str:
        return self.hats[0][2]


def _one(email, name, unit, title, *roles) -> Person:
    return Person(f"{email}@demo.invalid", name, ((unit, roles, title),))


WORKER, FRONT = Role.CASE_WORKER, Role.FRONTLINE
PEOPLE = [
    _one("gendarme", "Alix Démo", "br-valmont", "Enquêteur de gendarmerie", FRONT, WORKER),
    _one("inspection", "Camille Démo", "it-uc3", "Inspectrice du travail", FRONT, WORKER),
    _one("infirmiere", "Dominique Démo", "college-lilas", "Infirmière scolaire", FRONT),
    _one("enfance", "Eden Démo", "crip-93", "Protection de l'enfance (CRIP)", FRONT, WORKER),
    _one("parquet", "Frédérique Démo", "parquet-bobigny", "Parquet des mineurs", WORKER),
    _one("social", "Gaël Démo", "ccas-aubrac", "Assistante de service social", FRONT, WORKER),
    _one("foyer", "Hadrien Démo", "foyer-horizon", "Foyer d'hébergement (association)", FRONT, WORKER),
    _one("tilleuls", "Uma Démo", "foyer-complet", "Éducatrice", FRONT, WORKER),
    _one("calanques", "Irène Démo", "foyer-calanque", "Second foyer, dans une autre région", FRONT, WORKER),
    _one("juriste", "Jules Démo", "droit-ouvert", "Association juridique", FRONT, WORKER),
    _one("syndicat", "Kim Démo", "ul-batiment", "Syndicaliste", FRONT, WORKER, Role.POLICY),
    _one("coordination", "Lou Démo", "coord-idf", "Coordination territoriale", Role.COORDINATOR),
    _one("nationale", "Maël Démo", "coord-nationale", "Coordination nationale", Role.COORDINATOR, Role.POLICY),
    _one("nationale-bis", "Zoé Démo", "coord-nationale", "Coordination nationale, adjointe",
         Role.COORDINATOR, Role.POLICY),
    _one("rapporteur", "Noa Démo", "commission-demo", "Rapporteur indépendant", Role.POLICY),
    _one("audit", "Olive Démo", "audit-demo", "Auditeur", Role.AUDITOR),
    _one("asile", "Pascal Démo", "asile-demo", "Officier de protection (asile)", FRONT),
    Person("maraude@demo.invalid", "Quentin Démo", (
        ("maraude-nord", (FRONT,), "Équipe de maraude"),
        ("foyer-horizon", (FRONT, WORKER), "Aussi bénévole au foyer"),
    )),
    _one("hotel", "Robin Démo", "hotel-etoile", "Réception de l'hôtel", FRONT, Role.POLICY),
    _one("budget", "Sacha Démo", "budget-demo", "Budget ministériel", Role.POLICY),
    _one("direction-foyer", "Taylor Démo", "foyer-horizon", "Administration du foyer", Role.AGENCY_ADMIN, Role.POLICY),
    _one("justice", "Vanille Démo", "justice-demo", "Ministère : mesures et engagements", Role.POLICY),
    _one("collectif", "Willy Démo", "collectif-demo", "Collectif d'associations", Role.POLICY),
    _one("reseau", "Zoé Démo", "collectif-demo", "Responsable du collectif", Role.AGENCY_ADMIN),
    _one("plateforme", "Yaël Démo", "plateforme-demo", "Administration de la plateforme", Role.PLATFORM_ADMIN),
]  # fmt: skip

ACCOUNTS = [
    (person.email, PASSWORD, person.title, next(u.name for u in UNITS if u.code == person.hats[0][0]))
    for person in PEOPLE
]
CLIENT_ID = "foyer-demo"  # software of the shelter; its secret is generated at the first start
