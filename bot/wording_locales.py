"""What commands, options and menu entries are called where a platform shows them in the person's own language.

The bot's sentences exist in English alone, and name the commands in English: so the English name stands behind each
translated description.
"""

LANGUAGES = ("de", "es")

NAMES: dict[str, tuple[str, str]] = {
    "imagine": ("zeichne", "imagina"),
    "describe": ("beschreibe", "describe"),
    "show": ("zeige", "muestra"),
    "tree": ("baum", "árbol"),
    "fork": ("abzweigen", "bifurca"),
    "top": ("beste", "mejores"),
    "party": ("runde", "ronda"),
    "prefer": ("vorlieben", "preferencias"),
    "info": ("info", "info"),
    "settings": ("einstellungen", "ajustes"),
    "invite": ("einladen", "invita"),
    "queue": ("warteschlange", "cola"),
    "cancel": ("abbrechen", "cancela"),
    "help": ("hilfe", "ayuda"),
    "Describe": ("Beschreiben", "Describir"),
    "Refine": ("Verfeinern", "Refinar"),
    "Use as start": ("Als Anfang nehmen", "Usar como inicio"),
    "prompt": ("worte", "palabras"),
    "picture": ("bild", "imagen"),
    "again": ("neu", "de_nuevo"),
    "where": ("wo", "dónde"),
    "theme": ("thema", "tema"),
    "minutes": ("minuten", "minutos"),
    "words": ("pflichtworte", "obligatorias"),
    "text": ("text", "texto"),
    "refine": ("verfeinern", "refinar"),
    "who": ("wer", "quién"),
    "away": ("zurück", "retirar"),
    "model": ("modell", "modelo"),
    "style": ("stil", "estilo"),
    "aspect": ("format", "formato"),
    "seed": ("startwert", "semilla"),
    "count": ("anzahl", "cantidad"),
    "no": ("ohne", "sin"),
    "set": ("satz", "conjunto"),
    "id": ("id", "id"),
}
"""English name -> German, Spanish."""

DESCRIPTIONS: dict[str, tuple[str, str]] = {
    "Draw pictures from words": ("Bilder aus Worten zeichnen", "Dibuja imágenes a partir de palabras"),
    "What to draw; flags such as --ar 16:9 or --no people stand at the end": (
        "Was gezeichnet wird; Angaben wie --ar 16:9 oder --no people stehen am Ende",
        "Qué dibujar; opciones como --ar 16:9 o --no people van al final",
    ),
    "A picture to start from": ("Ein Bild als Anfang", "Una imagen como punto de partida"),
    "Put a picture into words": ("Ein Bild in Worte fassen", "Describe una imagen con palabras"),
    "The picture to describe": ("Das Bild, das beschrieben wird", "La imagen que se describe"),
    "Or the id of a picture made here": ("Oder die Id eines Bildes von hier", "O el id de una imagen hecha aquí"),
    "Bring back a picture or a set by its id, its address or a link": (
        "Ein Bild oder einen Satz über Id, Adresse oder Link zurückholen",
        "Recupera una imagen o un conjunto por su id, su dirección o un enlace",
    ),
    "The id under the pictures, an address, or a link to a picture": (
        "Die Id unter den Bildern, eine Adresse oder ein Link zu einem Bild",
        "El id bajo las imágenes, una dirección o un enlace a una imagen",
    ),
    "Find it again from its address alone, and say whether it is the same": (
        "Allein aus der Adresse neu finden und sagen, ob es dasselbe ist",
        "Vuelve a hallarla solo por su dirección y dice si es la misma",
    ),
    "See this conversation as a tree of pictures": (
        "Dieses Gespräch als Baum von Bildern sehen",
        "Ver esta conversación como un árbol de imágenes",
    ),
    "Take a picture into a thread of your own": (
        "Ein Bild in einen eigenen Thread mitnehmen",
        "Lleva una imagen a un hilo propio",
    ),
    "The id of the picture to go on from": (
        "Die Id des Bildes, mit dem es weitergeht",
        "El id de la imagen con la que se sigue",
    ),
    "See the pictures with the most stars": (
        "Die Bilder mit den meisten Sternen sehen",
        "Ver las imágenes con más estrellas",
    ),
    "Where to look": ("Wo gesucht wird", "Dónde buscar"),
    "Open a round on a theme; the picture with the most stars wins": (
        "Eine Runde zu einem Thema; das Bild mit den meisten Sternen gewinnt",
        "Abre una ronda sobre un tema; gana la imagen con más estrellas",
    ),
    "What the round is about": ("Worum es in der Runde geht", "De qué trata la ronda"),
    "How long it is open": ("Wie lange sie offen ist", "Cuánto tiempo está abierta"),
    "Words that every prompt must have, with commas between": (
        "Worte, die überall vorkommen müssen, mit Kommas dazwischen",
        "Palabras que debe tener cada petición, separadas por comas",
    ),
    "Your own defaults, suffix and named sets of options": (
        "Eigene Vorgaben, ein Anhang und benannte Sätze von Angaben",
        "Tus valores, un sufijo y conjuntos de opciones con nombre",
    ),
    "What you have running and in line, and what you used": (
        "Was bei dir läuft und wartet, und was du verbraucht hast",
        "Lo que tienes en marcha y en cola, y lo que usaste",
    ),
    "Who may refine in this thread": (
        "Wer in diesem Thread verfeinern darf",
        "Quién puede refinar en este hilo",
    ),
    "Who may refine here": ("Wer hier verfeinern darf", "Quién puede refinar aquí"),
    "Let somebody refine in this thread": (
        "Jemanden in diesem Thread verfeinern lassen",
        "Permite que alguien refine en este hilo",
    ),
    "The person": ("Die Person", "La persona"),
    "Take the invitation back": ("Die Einladung zurücknehmen", "Retira la invitación"),
    "See what is being drawn, and what is in line": (
        "Sehen, was gezeichnet wird und was wartet",
        "Ver qué se está dibujando y qué está en cola",
    ),
    "Stop what is being drawn for you": ("Anhalten, was für dich gezeichnet wird", "Detiene lo que se dibuja para ti"),
    "The id of the set to stop; without it, everything of yours in this place": (
        "Die Id des Satzes; ohne sie alles von dir an diesem Ort",
        "El id del conjunto; sin él, todo lo tuyo en este lugar",
    ),
    "How to talk to the bot": ("Wie man mit dem Bot spricht", "Cómo hablar con el bot"),
    "Which model draws": ("Welches Modell zeichnet", "Qué modelo dibuja"),
    "A style by name": ("Ein Stil mit Namen", "Un estilo por su nombre"),
    "The shape, as 16:9": ("Das Format, wie 16:9", "El formato, como 16:9"),
    "The same seed and words give the same picture": (
        "Gleicher Startwert und gleiche Worte geben das gleiche Bild",
        "La misma semilla y las mismas palabras dan la misma imagen",
    ),
    "How many pictures": ("Wie viele Bilder", "Cuántas imágenes"),
    "What to leave out, with commas between": (
        "Was fehlen soll, mit Kommas dazwischen",
        "Qué dejar fuera, separado por comas",
    ),
    "One of your own sets of options, from /prefer": (
        "Einer deiner Sätze von Angaben, aus /prefer",
        "Uno de tus conjuntos de opciones, de /prefer",
    ),
}
"""English description -> German, Spanish. What is not here is shown in English."""


def translated(text: str, language: str, *, name: bool) -> str | None:
    """A name or a description in a language; None if there is none other than the English one."""
    found = (NAMES if name else DESCRIPTIONS).get(text)
    return found[LANGUAGES.index(language)] if found and language in LANGUAGES else None
