"""Say in French what the sheet for the impact assessment says beside what is derived: no opinion of anybody."""

from referral.personal_data.words import Purpose

CONFIRM = "à confirmer par le DPO"
# purpose -> legal basis that whoever wrote the product proposes
BASES = {
    Purpose.ORIENT: "mission d'intérêt public (RGPD, art. 6.1.e) ; art. 9.2.g pour les données sensibles",
    Purpose.SUPPORT: "mission d'intérêt public (art. 6.1.e) ; art. 9.2.g, et 9.2.h pour les soins",
    Purpose.RIGHTS: "obligation légale (art. 6.1.c ; RGPD, art. 12 à 22)",
    Purpose.DUPLICATES: "mission d'intérêt public (art. 6.1.e)",
    Purpose.FIGURES: "mission d'intérêt public (art. 6.1.e) ; art. 9.2.j et 89",
    Purpose.DIRECTORY: "mission d'intérêt public (art. 6.1.e)",
    Purpose.SECURITY: "obligation légale (art. 6.1.c ; RGPD, art. 32)",
    Purpose.PROGRAMS: "mission d'intérêt public (art. 6.1.e)",
    Purpose.WORK: "mission d'intérêt public (art. 6.1.e)",
    Purpose.POLICY: "mission d'intérêt public (art. 6.1.e)",
    Purpose.REFERENCE: "sans objet : aucune personne",
}
# constant of docs/retention.md -> what it keeps
KEPT = {
    "referral.tasks.DRAFT_LIFE": "brouillon d'alerte, avec ses réponses et son contact",
    "agencies.models.DRAFT_LIFE": "brouillon d'un formulaire",
    "agencies.models.FORM_LIFE": "formulaire arrivé après la fin de sa session",
    "referral.imports.tasks.TABLE_LIFE": "tableau déposé et jamais chargé",
    "victims.files.rules.REFUSED_KEPT": "titre d'un document refusé au contrôle",
    "victims.files.rules.LOST_KEPT": "fichier stocké qu'aucun document ne désigne",
    "referral.exports.operations.TO_DECIDE": "export que personne n'a autorisé ni refusé",
    "referral.exports.operations.TO_FETCH": "fichier d'un export",
    "agencies.models.accounts.CODE_LIFE": "code d'ouverture d'un compte",
    "referral.config.settings.SESSION_COOKIE_AGE": "session sans activité",
    "referral.config.settings.SESSION_LIFE": "session, même active",
    "referral.config.settings.OAUTH2_PROVIDER.ACCESS_TOKEN_EXPIRE_SECONDS": "jeton d'un logiciel",
    "referral.models.ClientKey.KEPT": "clé d'une requête de logiciel",
    "agencies.models.tries.COUNTED_FOR": "décompte des essais de connexion",
    "agencies.models.tries.KNOWN_FOR": "empreinte de l'adresse d'une connexion réussie",
    "referral.config.retention.ACCOUNT_UNUSED": "compte actif auquel personne ne se connecte",
    "agencies.models.accounts.INVITED": "invitation que personne n'a utilisée",
    "referral.config.retention.ACCOUNT_KEPT": "nom, adresse, téléphone et fonctions d'un compte désactivé",
    "victims.models.Departure.KEPT": "trace de ce qui a quitté une liste",
    "journal.models.Checkpoint.KEPT": "entrée du journal",
    "agencies.models.ProgramCall.KEPT": "appel d'un logiciel, sans contenu",
    "agencies.models.Sandbox.UNUSED": "espace d'essai d'un logiciel",
    "notifications.models.Event.KEPT": "notification qui ne porte ni sur un dossier ni sur une alerte",
    "notifications.models.HookDelivery.KEPT": "envoi à un webhook",
}
RIGHTS = (
    "**Information** (art. 13 et 14) : page publique « Données personnelles », tirée de la même source que"
    " cette fiche ; accord expliqué"
    " et imprimé dans la langue de la personne. Le moment et le report de l'information pour raison de sécurité : "
    "**à décider par le responsable de traitement**.",
    "**Accès, rectification, opposition et limitation, effacement** (art. 15 à 21) : demande notée dans le"
    " dossier par le service qui"
    " accompagne, identité vérifiée sans être copiée, réponse par une voie sans danger. Le jour limite est"
    " calculé : un mois, prolongé une"
    " fois à trois mois avec motif ; une contrainte de la base le tient.",
    "**Refus** : motif d'une liste fermée ; le service atteste que la personne a été informée de la CNIL et du"
    " recours.",
    "**Copie** (art. 15.3) : une page à imprimer, sans nom d'agent ni de proche ; un texte n'y figure que relu"
    " et coché. Signes, récit, parcours, procédures, santé et séjour y figurent partie par partie, une fois"
    " relus et cochés, par qui peut les lire ; la page nomme les services qui ont les autres. Des documents, la"
    " copie donne la nature et le jour. Auteurs présumés et secret professionnel n'y sont jamais.",
    "**Limitation** (art. 18) : la réponse la commence ; chaque page du dossier la montre, avec ce qui reste permis. Le"
    " dossier sort des exports et des chiffres publiés et n'est pas effacé. Une personne y met fin, après avoir informé"
    " l'intéressé.",
    "**Retrait de l'accord** : tout ce qu'il ouvrait se ferme dans la même transaction.",
    "**Décision automatisée** (art. 22) : aucune. La lecture des signes est une aide datée, jamais une décision.",
)
# what is done -> the tests of docs/security.md that fail when it is undone
MEASURES = {
    "Cloisonnement": (
        (
            "Deux murs : filtre de l'application et politiques de la base, comparés à des réponses écrites à la main",
            "tests/guarantees/test_visibility.py::test_every_cell_in_three_readings",
        ),
        (
            "Un dossier caché et un dossier qui n'existe pas répondent pareil",
            "tests/guarantees/test_attacks.py::test_a_hidden_case_and_none_answer_the_same",
        ),
        (
            "Un accès qui prend fin prend fin partout, aussitôt",
            "tests/guarantees/test_withdrawal.py",
        ),
        (
            "Lectures limitées à l'heure et à la semaine, pour une personne comme pour un logiciel",
            "tests/victims/reading/test_reading_budget.py::"
            "test_cases_beyond_the_budget_are_not_opened_and_the_alarm_comes_with_the_last_allowed",
        ),
        (
            "Accès d'urgence : une heure, sans l'identité, annoncé aussitôt",
            "tests/guarantees/test_attacks.py::test_break_glass_opens_one_hour_of_file_and_no_identity",
        ),
    ),
    "Chiffrement": (
        (
            "Identité, contact et récits scellés ligne par ligne (AES-256-GCM) : une copie de la base n'en"
            " contient rien en clair",
            "tests/guarantees/test_leaks.py::test_no_table_holds_clear_text",
        ),
        (
            "Fichiers refaits, analysés, scellés ; ils ne s'ouvrent que dans leur ligne",
            "tests/foundation/files/test_sealing.py::test_a_file_opens_in_its_row_and_in_no_other",
        ),
        (
            "Clés changées pendant que l'on travaille",
            "tests/referral/config/test_keys_changed.py::"
            "test_reencrypt_killed_and_resumed_while_people_write_lets_the_former_key_go",
        ),
    ),
    "Authentification": (
        (
            "Second facteur exigé partout où l'on voit des dossiers",
            "tests/referral/factors/test_second_step.py::test_the_password_alone_reaches_no_page_by_its_address",
        ),
        (
            "Facteur montré à l'instant pour ce qui ouvre beaucoup",
            "tests/referral/factors/test_step_up.py::test_every_route_asks_or_spares_as_written_by_hand",
        ),
        (
            "Deux personnes distinctes pour un export large ou un accès nouveau",
            "tests/guarantees/test_attacks_new.py::test_the_second_person_is_another_person",
        ),
        (
            "Avec le seul mot de passe de la base, rien ne s'écrit",
            "tests/guarantees/test_stolen_password.py::test_each_write_behind_a_wall_asks_for_the_signature",
        ),
    ),
    "Traçabilité": (
        (
            "Chaque acte, lecture et refus laisse une entrée, sans contenu",
            "tests/guarantees/test_acts.py::test_each_act_leaves_its_entry_and_tells_who_must_know",
        ),
        (
            "Journal scellé hors de la base : une entrée modifiée ou manquante est nommée",
            "tests/journal/test_sealing.py::test_each_column_of_an_entry_is_sealed",
        ),
    ),
    "Sorties": (
        (
            "Courriels, journaux techniques et adresses ne nomment personne",
            "tests/guarantees/test_leaks.py::test_mails_carry_a_reference_only",
        ),
        (
            "Aucun chiffre publié ne permet de retrouver un petit nombre",
            "tests/referral/survey/test_national_figures.py::"
            "test_who_knows_the_rule_and_one_count_whole_recovers_no_small_one",
        ),
        (
            "Une copie de la base n'envoie rien",
            "tests/notifications/test_fence.py::test_copied_database_sends_nothing_until_it_is_declared_the_platform",
        ),
    ),
    "Effacement": (
        (
            "Un dossier clos est effacé en entier à son jour, sauf conservation demandée par une personne puis"
            " confirmée par une autre",
            "tests/referral/erasure/test_erasing.py::"
            "test_nothing_of_an_erased_case_is_left_and_the_others_are_untouched",
        ),
        (
            "Ce qui a été effacé l'est de nouveau après une restauration",
            "tests/referral/config/test_backup.py::"
            "test_person_erased_since_the_backup_is_absent_again_before_the_copy_is_opened",
        ),
    ),
    "Disponibilité": (
        (
            "Aucune alerte d'enfant ne reste sans que quelqu'un soit attendu",
            "tests/guarantees/test_alert_clocks.py::test_somebody_is_always_awaited_or_with_the_person",
        ),
        (
            "La base est restaurée à la seconde",
            "tests/referral/config/test_backup.py::test_database_is_restored_at_a_second_from_its_backup_alone",
        ),
    ),
}
SOURCES = (
    "un trafiquant qui dispose du compte d'un membre",
    "un collègue curieux",
    "un ordinateur laissé ouvert",
    "la clé d'un logiciel, le mot de passe de la base ou une sauvegarde volés",
    "qui exploite les serveurs",
    "qui publie des chiffres à côté des nôtres",
)
# feared event -> (threats, kinds of measures against them, facts that stay)
EVENTS = {
    "Accès illégitime aux données": (
        (
            "compte détourné ou prêté ; recherche d'une personne par tâtonnement",
            "copie de la base, d'une sauvegarde ou d'un export",
            "rapprochement de codes en clair avec une autre source",
        ),
        ("Cloisonnement", "Chiffrement", "Authentification", "Traçabilité", "Sorties"),
        (
            "Avec le mot de passe de la base, ce qui est en clair se lit : la lecture ne demande aucune"
            " signature (décision 74).",
            "Qui peut lire un dossier le lit : cela est limité, annoncé et journalisé, pas empêché.",
            "Un export remis, une page imprimée ou une photo de l'écran ne sont plus protégés par la plateforme.",
            "Qui détient à la fois la base et les clés lit tout : la garde des clés relève de l'exploitant.",
        ),
    ),
    "Modification non désirée des données": (
        (
            "acte d'un membre qui outrepasse son rôle ; erreur de saisie",
            "écriture directe dans la base ; entrée du journal antidatée",
            "fichier piégé, réponse forgée d'un fournisseur d'identité",
        ),
        ("Cloisonnement", "Authentification", "Traçabilité"),
        (
            "Une entrée du journal attend son scellement une minute au plus ; le propriétaire de la base"
            " pourrait la changer"
            " pendant ce temps (décision 71).",
            "Qui détient la clé de signature, la base et les seuls fichiers peut tout récrire : un autre"
            " organisme doit les garder.",
            "Ce qu'un membre habilité écrit à tort reste écrit jusqu'à sa correction ; l'état antérieur est conservé.",
        ),
    ),
    "Disparition des données": (
        (
            "panne, sinistre, suppression malveillante ou prématurée",
            "perte des clés de chiffrement",
            "alerte ou notification perdue",
        ),
        ("Disponibilité", "Effacement", "Traçabilité"),
        (
            "Aucune clé n'est dans les sauvegardes : sans elles, rien de scellé ne s'ouvre. Leur garde en deux"
            " lieux relève de l'exploitant.",
            "Les sauvegardes sont sur l'hôte tant que l'exploitant ne les copie pas ailleurs.",
            "Un dossier effacé à tort ne se retrouve que dans une sauvegarde, et le registre l'y efface de nouveau.",
        ),
    ),
}
TO_DECIDE = (
    ("Responsable de traitement", "qui il est, et la répartition entre responsables conjoints (RGPD, art. 26)"),
    (
        "Responsable de traitement",
        "la gravité et la vraisemblance de chaque risque, et l'acceptation du risque résiduel",
    ),
    (
        "Responsable de traitement",
        "la consultation préalable de la CNIL (RGPD, art. 36) et l'acte qui crée le traitement",
    ),
    ("Responsable de traitement", "l'avis des personnes concernées ou de leurs représentants (RGPD, art. 35.9)"),
    ("DPO", "les bases légales, les finalités et les catégories proposées ici ; son avis sur la présente fiche"),
    (
        "DPO",
        "les durées : dossier clos, alerte sans dossier, registre des effacements, comptes désactivés, archives"
        " intermédiaires",
    ),
    (
        "Service juridique",
        "les organismes qui peuvent détenir des données d'infraction (RGPD, art. 10 ; loi du 6 janvier 1978, art. 46)",
    ),
    ("Service juridique", "le versement aux archives publiques avant effacement (code du patrimoine)"),
    ("Service juridique", "le régime des échanges avec la police et la justice (loi du 6 janvier 1978, titre III)"),
    ("Exploitant", "l'hébergement, sa certification (HDS, SecNumCloud) et l'homologation (RGS)"),
    ("Exploitant", "les sous-traitants, leurs contrats (RGPD, art. 28) et les transferts hors de l'Union"),
)
SUPPLIERS = (
    (
        "hébergeur de la base, des fichiers et des sauvegardes",
        "toutes les données, scellées ou en clair comme dit au § 2",
    ),
    ("relais de courriel", "l'adresse professionnelle d'un membre et une référence"),
    ("envoi de SMS (facultatif)", "le numéro d'astreinte et « Un message vous attend »"),
    (
        "fournisseur d'identité (facultatif, ProConnect)",
        "le moment d'une connexion ; ni nom ni adresse ne sont demandés",
    ),
    ("stockage compatible S3 (facultatif)", "des fichiers scellés sous des noms tirés au sort, leur taille, leur date"),
    ("antivirus", "le contenu des fichiers, le temps de l'analyse"),
    ("gardien des points de contrôle du journal", "des empreintes, sans contenu"),
)
