"""A fictitious plan of sixty measures, as one table with everything the gate asks."""

HEADERS = [
    "N°", "Mesure", "Axe", "Pilote", "Début", "Échéance", "Description", "Partenaires", "Indicateur", "Unité", "Cible",
    "Coût", "Année du coût", "Sans moyens", "Demandes", "Source",
]  # fmt: skip
LEADS = ("DACG", "DGCS", "DGT", "MIPROF", "DGEF")
MEASURES = 60


def rows() -> list[list[str]]:
    """Return sixty lines: three in four with a cost, the others said to be without money."""
    found = []
    for n in range(1, MEASURES + 1):
        paid = n % 4 != 0
        found.append([
            str(n), f"Mesure fictive {n}", "", LEADS[n % 5], "01/01/2028", "31/12/2031", f"Ce qui sera fait ({n}).",
            "collectif; CCEM", f"Places ouvertes ({n})", "places", str(100 + n),
            f"{n} 000 €" if paid else "", "2028" if paid else "", "" if paid else "À moyens constants",
            "G3-02 | G3-03" if n % 2 else "", f"Plan fictif, page {n}",
        ])  # fmt: skip
    return found
