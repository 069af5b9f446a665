"""What the pocket models know by name: things, backgrounds, scenes and styles, and the captions made of them."""

import random
from dataclasses import dataclass

FLAT, CARTOON, RETRO, SIMPLE, SOLID = "fluent-emoji-flat", "noto", "noto-v1", "fxemoji", "fluent-emoji"
STYLES = {"flat": FLAT, "cartoon": CARTOON}
"""Style words and the set each stands for; without a style word a thing is drawn from the set in its own entry."""


@dataclass(frozen=True)
class Noun:
    """A thing that can be asked for."""

    name: str
    icon: str
    """Name of its drawing within every set."""
    set: str = FLAT
    """The set whose drawing is shown when no style is named: the one that is clearest when small."""
    synonyms: tuple[str, ...] = ()
    weight: float = 1.0
    """How often it is drawn relative to the others."""
    painted: bool = False
    """Comes in any colour, so a caption that names none may show several."""
    hue: int | None = None
    """In degrees: the part that a colour word paints, where that is not the largest."""


def _vehicle(
    name: str, icon: str, set: str = FLAT, *synonyms: str, weight: float = 2.0, hue: int | None = None
) -> Noun:
    return Noun(name, icon, set, synonyms, weight, painted=True, hue=hue)


def _thing(name: str, icon: str = "", set: str = FLAT, *synonyms: str, weight: float = 1.0) -> Noun:
    return Noun(name, icon or name, set, synonyms, weight)


NOUNS = (
    _vehicle("car", "automobile", CARTOON, "automobile", weight=4),
    _vehicle("taxi", "taxi", FLAT, "cab"),
    _vehicle("bus", "bus", FLAT, "school bus", weight=3, hue=40),
    _vehicle("truck", "delivery-truck", FLAT, "lorry", "delivery truck"),
    _vehicle("pickup truck", "pickup-truck", FLAT, "pickup"),
    _vehicle("fire truck", "fire-engine", FLAT, "fire engine"),
    _vehicle("ambulance", "ambulance", CARTOON),
    _vehicle("police car", "police-car", CARTOON),
    _vehicle("tractor", "tractor", FLAT, hue=145),
    _vehicle("race car", "racing-car", CARTOON, "racing car", "racecar"),
    _vehicle("motorcycle", "motorcycle", RETRO, "motorbike", weight=4),
    _vehicle("scooter", "motor-scooter", RETRO, "motor scooter", "moped"),
    _vehicle("bicycle", "bicycle", RETRO, "bike", weight=4),
    _vehicle("train", "train", CARTOON),
    _vehicle("steam train", "locomotive", RETRO, "locomotive", "steam engine"),
    _vehicle("tram", "tram", FLAT, "streetcar", "trolley"),
    _vehicle("airplane", "airplane", RETRO, "plane", "aeroplane", "jet", weight=3),
    _vehicle("helicopter", "helicopter", RETRO),
    _vehicle("rocket", "rocket", CARTOON, "spaceship", weight=4),
    _vehicle("sailboat", "sailboat", CARTOON, "boat", "yacht"),
    _vehicle("ship", "ship", FLAT),
    _vehicle("ufo", "flying-saucer", FLAT, "flying saucer"),
    _vehicle("skateboard", "skateboard", FLAT),
    _vehicle("van", "minibus", RETRO, "minibus"),
    _vehicle("rickshaw", "auto-rickshaw", FLAT, "carriage", "auto rickshaw"),
    _thing("cat", "cat", RETRO, "kitten", weight=5),
    _thing("dog", "dog", RETRO, "puppy", weight=5),
    _thing("horse", "horse", FLAT, "pony", weight=4),
    _thing("cow"),
    _thing("pig"),
    _thing("sheep", "ewe", RETRO, "lamb"),
    _thing("elephant", "elephant", FLAT, weight=3),
    _thing("giraffe"),
    _thing("zebra"),
    _thing("lion"),
    _thing("tiger", "tiger", RETRO),
    _thing("monkey"),
    _thing("mouse"),
    _thing("rabbit", "rabbit", RETRO, "bunny"),
    _thing("bear", "bear", FLAT, "grizzly"),
    _thing("panda", "panda", RETRO),
    _thing("fox", "fox", RETRO),
    _thing("penguin", "penguin", RETRO),
    _thing("chicken", "chicken", FLAT, "hen"),
    _thing("rooster"),
    _thing("bird", "bird", CARTOON, weight=3),
    _thing("owl", "owl", RETRO),
    _thing("duck"),
    _thing("frog"),
    _thing("turtle", "turtle", FLAT, "tortoise", "terrapin"),
    _thing("snake", "snake", RETRO, "serpent"),
    _thing("whale", "spouting-whale"),
    _thing("dolphin", "dolphin", RETRO),
    _thing("fish", "fish", FLAT, weight=3),
    _thing("shark", "shark", RETRO),
    _thing("octopus", "octopus", RETRO),
    _thing("crab"),
    _thing("butterfly", "butterfly", RETRO),
    _thing("bee", "honeybee", RETRO, "honeybee", "bumblebee"),
    _thing("snail", "snail", RETRO),
    _thing("unicorn"),
    _thing("dinosaur", "sauropod", FLAT, "brontosaurus"),
    _thing("camel", "camel", FLAT, "dromedary"),
    _thing("spider", "spider", RETRO),
    _thing("tree", "deciduous-tree", FLAT, weight=4),
    _thing("pine tree", "evergreen-tree", CARTOON, "fir tree", "evergreen"),
    _thing("palm tree", "palm-tree"),
    _thing("cactus"),
    _thing("flower", "blossom", SIMPLE, "blossom", weight=3),
    _thing("rose", "rose", FLAT),
    _thing("sunflower"),
    _thing("tulip"),
    _thing("mushroom", "mushroom", FLAT, "toadstool"),
    _thing("apple", "red-apple"),
    _thing("banana", "banana", SIMPLE),
    _thing("bunch of grapes", "grapes", FLAT, "grapes"),
    _thing("watermelon"),
    _thing("strawberry", "strawberry", FLAT, weight=3),
    _thing("pair of cherries", "cherries", FLAT, "cherries", "cherry"),
    _thing("pineapple", "pineapple", RETRO),
    _thing("lemon", "lemon", RETRO),
    _thing("carrot", "carrot", RETRO),
    _thing("pizza", "pizza", FLAT, "slice of pizza", weight=4),
    _thing("burger", "hamburger", RETRO, "hamburger"),
    _thing("box of fries", "french-fries", FLAT, "french fries", "fries"),
    _thing("hot dog", "hot-dog", FLAT, "hotdog", "sausage"),
    _thing("cake", "birthday-cake", RETRO, "birthday cake"),
    _thing("ice cream", "soft-ice-cream", CARTOON, "ice cream cone"),
    _thing("donut", "doughnut", FLAT, "doughnut"),
    _thing("coffee", "hot-beverage", FLAT, "cup of coffee", "cup of tea"),
    _thing("fried egg", "cooking", CARTOON, "frying pan"),
    _thing("cheese", "cheese-wedge", RETRO, "piece of cheese"),
    _thing("house", "house", FLAT, "home", weight=4),
    _thing("castle", "castle", FLAT, weight=3),
    _thing("church", "church", RETRO, "chapel"),
    _thing("tent", "tent", RETRO),
    _thing("mountain", "snow-capped-mountain", CARTOON, "snowy mountain", "snow-capped mountain"),
    _thing("volcano", "volcano", RETRO),
    _thing("rainbow"),
    _thing("sun", "sun", CARTOON),
    _thing("moon", "crescent-moon", CARTOON, "crescent moon"),
    _thing("star"),
    _thing("cloud", "cloud", SIMPLE),
    _thing("fire", "fire", CARTOON, "flame"),
    _thing("snowman", "snowman", CARTOON),
    _thing("umbrella", "umbrella", RETRO),
    _thing("lightning bolt", "high-voltage", CARTOON, "bolt of lightning", "thunderbolt"),
    _thing("heart", "red-heart", FLAT, weight=3),
    _thing("balloon"),
    _thing("gift", "wrapped-gift", FLAT, "present", "wrapped gift", "gift box"),
    _thing("guitar", "guitar", RETRO),
    _thing("camera"),
    _thing("laptop", "laptop", FLAT, "computer"),
    _thing("phone", "mobile-phone", RETRO, "mobile phone", "telephone", "cell phone"),
    _thing("television", "television", RETRO, "tv"),
    _thing("clock", "alarm-clock", FLAT, "alarm clock"),
    _thing("light bulb", "light-bulb", CARTOON, "lamp", "bulb"),
    _thing("key", "key", RETRO),
    _thing("book", "closed-book"),
    _thing("crown", "crown", CARTOON),
    _thing("diamond", "gem-stone", FLAT, "gem", "jewel"),
    _thing("top hat", "top-hat", FLAT, "hat"),
    _thing("shoe", "running-shoe", CARTOON, "sneaker", "running shoe"),
    _thing("chair"),
    _thing("robot", "robot", CARTOON),
    _thing("alien", "alien", FLAT, "extraterrestrial"),
    _thing("ghost", "ghost", RETRO),
    _thing("skull", "skull", SIMPLE),
    _thing("smiley", "grinning-face", CARTOON, "happy face", "grinning face"),
    _thing("teddy bear", "teddy-bear", FLAT, "plush toy"),
    _thing("pumpkin", "jack-o-lantern", CARTOON, "jack-o-lantern"),
    _thing("anchor"),
    _thing("soccer ball", "soccer-ball", CARTOON, "football"),
    _thing("basketball"),
    _thing("bell", "bell", CARTOON),
)

BACKGROUNDS = {
    "red": (226, 58, 54),
    "orange": (247, 150, 50),
    "yellow": (250, 220, 80),
    "green": (90, 180, 95),
    "blue": (70, 130, 230),
    "light blue": (160, 212, 250),
    "purple": (150, 90, 200),
    "pink": (250, 170, 200),
    "brown": (140, 95, 60),
    "black": (18, 18, 22),
    "gray": (150, 152, 156),
    "white": (255, 255, 255),
}
"""RGB, 0..255."""

PLAIN, SHADE = (255, 255, 255), (200, 214, 230)
"""The backgrounds of captions that name none: white, and another so that white things are seen."""

SCENES = {
    "night": ("at night", "in the night"),
    "snow": ("in the snow", "in winter"),
    "rain": ("in the rain", "on a rainy day"),
    "sunset": ("at sunset",),
    "grass": ("on the grass", "in a field"),
    "beach": ("on the beach", "by the sea"),
}

_COUNTS = {2: "two", 3: "three"}
_OPENINGS = ("a picture of ", "a drawing of ", "an illustration of ", "an image of ")
_IRREGULAR = {"mouse": "mice", "fish": "fish", "sheep": "sheep", "cactus": "cacti", "grapes": "grapes"}


def plural(noun: str) -> str:
    """The plural of an English noun phrase of this vocabulary."""
    head, of, rest = noun.partition(" of ")
    if head in _IRREGULAR:
        return _IRREGULAR[head] + of + rest
    if head.endswith(("s", "x", "ch", "sh")):
        return f"{head}es{of}{rest}"
    if head.endswith("y") and head[-2] not in "aeiou":
        return f"{head[:-1]}ies{of}{rest}"
    return f"{head}s{of}{rest}"


def article(phrase: str) -> str:
    """The phrase with "a" or "an" before it."""
    vowel = phrase[0] in "aeiou" and not phrase.startswith(("uf", "uni"))
    return f"{'an' if vowel else 'a'} {phrase}"


@dataclass(frozen=True)
class Thing:
    """One object of a picture."""

    noun: Noun
    colour: str | None = None
    """A colour word for its main part; None leaves the drawing as it is."""
    said: bool = True
    """Whether the caption says the colour."""
    set: str | None = None
    """The set that its drawing is from; None for the noun's own, or that of the style."""


@dataclass(frozen=True)
class Description:
    """Everything that a picture shows; captions and pixels are both made from it."""

    things: tuple[Thing, ...]
    """One, two side by side, or the same one two or three times."""
    scene: str | None = None
    background: str | None = None
    """A name from `BACKGROUNDS`; None for a plain one."""
    style: str | None = None
    small: bool = False

    def caption(self, rng: random.Random) -> str:
        """One way to say it; `rng` chooses among synonyms and word orders."""
        first = self.things[0]
        if len(self.things) == 1:
            text = f"{'small ' if self.small else ''}{_named(first, rng)}"
            # Some people leave out the article.
            text = text if rng.random() < 0.25 else article(text)
        elif self.things[1] == first:
            text = f"{_COUNTS[len(self.things)]} {plural(_named(first, rng))}"
        else:
            left, right = (article(_named(thing, rng)) for thing in self.things)
            text = rng.choice((f"{left} next to {right}", f"{left} and {right}"))
        if self.scene is not None:
            text += f" {rng.choice(SCENES[self.scene])}"
        if self.background is not None:
            where = f"{self.background} background"
            text += f", {where}" if rng.random() < 0.25 else f" on {article(where)}"
        if self.style is not None:
            text += rng.choice((f", {self.style} style", f" in {self.style} style"))
        return rng.choice(_OPENINGS) + text if rng.random() < 0.1 else text


def _named(thing: Thing, rng: random.Random) -> str:
    noun = thing.noun
    name = rng.choice(noun.synonyms) if noun.synonyms and rng.random() < 0.3 else noun.name
    if thing.colour is None or not thing.said:
        return name
    return f"{'grey' if thing.colour == 'gray' and rng.random() < 0.3 else thing.colour} {name}"
