"""What invented callers are called and say. The numbers are those that Arcep keeps for fiction."""

from __future__ import annotations

FIRST_NAMES = [
    "Amina",
    "Baptiste",
    "Chloé",
    "Driss",
    "Élodie",
    "Farid",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jacques",
    "Khadija",
    "Léo",
    "Maryvonne",
    "Nicolas",
    "Odette",
    "Paulo",
    "Quentin",
    "Rosa",
    "Salima",
    "Thi-Lan",
    "Ulysse",
    "Valérie",
    "Wassim",
    "Yann",
    "Zoé",
]
LAST_NAMES = [
    "Abgrall",
    "Bensaïd",
    "Carvalho",
    "Delmas",
    "Diallo",
    "Evrard",
    "Fontaine",
    "Guérin",
    "Haddad",
    "Ivanov",
    "Jacquet",
    "Kerviel",
    "Lopes",
    "Marchand",
    "Nguyen",
    "Olivier",
    "Perrot",
    "Quéré",
    "Roussel",
    "Sanchez",
    "Tanguy",
    "Urvoy",
    "Vasseur",
    "Weiss",
    "Zidane",
]
LEADS = (
    "",
    "",
    "Bonjour, ",
    "Oui bonjour, ",
    "Bonjour madame, ",
    "Allô, bonjour, excusez-moi, ",
    "Euh oui, ",
    "Voilà, ",
)
TAILS = ("", "", "", ", s'il vous plaît", ", merci", ", vous savez ?")
UNKNOWN = (
    "Est-ce que vous louez des barques sur l'étang ?",
    "Mon voisin élève des paons, c'est autorisé ?",
    "Il y a un concours de maisons fleuries cette année ?",
    "Est-ce que je peux mettre des ruches dans mon jardin ?",
    "Vous avez des composteurs de quartier rue des Lilas ?",
    "Comment je fais pour avoir une borne électrique devant chez moi ?",
    "C'est quand le prochain vide-grenier des pompiers ?",
    "La mairie prête des vélos électriques ?",
    "Je voudrais savoir si la fontaine de la place est potable.",
    "Est-ce qu'il y a une aide pour récupérer l'eau de pluie ?",
    "On peut faire un barbecue dans le parc municipal ?",
    "Comment réserver un emplacement pour un food-truck ?",
)
MESSAGES = (
    "pour un dossier de permis de construire déposé en septembre",
    "une erreur sur ma facture de cantine",
    "un rendez-vous qui n'a pas été confirmé",
    "la salle des fêtes pour un mariage au mois de juin",
    "un certificat d'hébergement pour ma sœur",
    "mon fils a été oublié sur la liste du centre de loisirs",
    "une concession au cimetière, la famille est d'accord",
    "un arbre de la commune qui penche sur mon toit",
)
REPORTS = (
    ("pothole", "un gros trou devant l'arrêt de bus"),
    ("pothole", "la chaussée s'est affaissée, les vélos tombent dedans"),
    ("street_lamp", "le lampadaire ne s'allume plus depuis une semaine"),
    ("street_lamp", "toute la rue est dans le noir"),
    ("fly_tipping", "des matelas et des sacs déposés sur le trottoir"),
    ("fly_tipping", "un frigo abandonné au coin de la rue"),
    ("water_leak", "de l'eau qui coule sur la route"),
    ("abandoned_car", "une voiture sans roues qui est là depuis un mois"),
    ("graffiti", "des tags sur le mur de l'école"),
    ("vegetation", "une haie qui prend tout le trottoir"),
    ("street_furniture", "un banc cassé dans le square"),
)
APPOINTMENTS = (
    ("etat-civil", "refaire une carte d'identité pour deux enfants"),
    ("etat-civil", "un passeport avant le mois de mars"),
    ("urbanisme", "parler d'une véranda avec quelqu'un"),
    ("ccas", "une aide pour ma mère de quatre-vingts ans"),
)
WISHES = ("demain matin", "jeudi après-midi", "en fin de journée", "dès que possible")
ENGLISH = ("Hello, do you speak English? I need a birth certificate.", "Is the town hall open?")
EMERGENCIES = (("gas", "ça sent très fort le gaz dans l'escalier"),)


def phone(number: int) -> str:
    """A French mobile number in the range for fiction: 06 39 98 00 00 to 06 39 98 99 99."""
    return f"+336399{80000 + number % 10000}"
