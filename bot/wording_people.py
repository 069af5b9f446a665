"""Wording, continued: addresses, /show, /prefer, who may refine, /info."""

from collections.abc import Sequence

from bot.errors import BadAddress, BotError, MayNotRefine
from bot.memory.people import AccessMode, Preferred, Spent, Usage


def apology(error: BotError) -> str:
    """One or two sentences for the person whom it concerns; none for what has no words here."""
    match error:
        case BadAddress(written):
            return (
                f"{_cut(written) or 'That'} looks like an address, but there is a slip in it: no query has that one. "
                "Copy it once more from where you found it; capital and small letters count."
            )
        case MayNotRefine("owner", owner):
            return (
                f"Only {owner or 'whoever began it'} refines in this thread. Press “Continue in a new thread” under a "
                "picture, or write /fork with its id, and go on from it in a thread of your own."
            )
        case MayNotRefine("invited", owner):
            return (
                f"Only those invited refine in this thread. {owner or 'Whoever began it'} or a moderator can /invite "
                "you; or press “Continue in a new thread” under a picture, and go on from it in a thread of your own."
            )
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


# /show


def brought_back(text: str, typed: str, code: str, start: str) -> str:
    """Under a set or a picture that was brought back: how to get it again."""
    lines = [text]
    if typed:
        lines.append(f"Typed, it is: {typed}")
    if start:
        lines.append(f"That needs its start picture beside it: {start}")
    return "\n".join((*lines, f"Address: {code}"))


def stands_for(prompt: str, settings: Sequence[str], code: str) -> str:
    """An address that nobody here has drawn, or that the asker may not see."""
    lines = ["There is no picture of this address that you can see here. It stands for:", prompt]
    if settings:
        lines.append(_dotted(*settings))
    return "\n".join((*lines, f"/show {code} --again draws it."))


def same_bytes() -> str:
    """Drawn again from its address alone."""
    return "Found again from its address: the same bytes."


def same_pixels() -> str:
    """The picture is the same, its file is not."""
    return "Found again from its address: the same pixels; only the file's text differs."


def not_the_same(most: int) -> str:
    """Another machine or another version may round in another way."""
    return (
        f"Found again from its address, but not the same: its colours differ by up to {most} of 255. "
        "With --exact a set is drawn alone, and comes out the same on the same machine."
    )


def other_size(kept: tuple[int, int], fresh: tuple[int, int]) -> str:
    """The pictures can't be compared."""
    return f"Not the same: it was {kept[0]}x{kept[1]}, and now it is {fresh[0]}x{fresh[1]}."


def first_of_its_address() -> str:
    """Drawn from an address, with nothing here to compare it with."""
    return "Drawn from its address. There was none here to compare it with."


# /prefer

CHANGE = (
    "Change them with /prefer defaults --ar 16:9, /prefer suffix soft light, /prefer save wide --ar 21:9 --n 2 "
    "(then --wide does all of that), /prefer mention off (then I do not call you when pictures are ready), "
    "/prefer forget NAME, defaults, suffix, mention or everything."
)
EXAMPLES = {
    "defaults": "/prefer defaults --ar 16:9 --n 2",
    "suffix": "/prefer suffix soft light, film grain",
    "mention": "/prefer mention off, or on",
    "save": "/prefer save wide --ar 21:9 --n 2",
    "forget": "/prefer forget wide",
}


def preferred(mine: Preferred) -> str:
    """What a person prefers, and how to change it."""
    lines = [f"Defaults: {mine.defaults}"] if mine.defaults else []
    if mine.suffix:
        lines.append(f"Suffix: {mine.suffix}")
    if mine.quiet:
        lines.append("Mention: off, so I do not call you when pictures are ready")
    lines += [f"--{name}: {flags}" for name, flags in mine.sets.items()]
    return "\n".join((*(lines or ["You have no preferences yet."]), CHANGE))


def mention_kept(said: str) -> str:
    """Whether the person is called at the end."""
    if said == "off":
        return "Kept: I do not call you any more when your pictures are ready. /prefer mention on brings it back."
    return "Kept: I call you once when your pictures are ready."


def defaults_kept(flags: str) -> str:
    """From now on with every /imagine."""
    return f"Kept: from now on your /imagine has {flags}, unless you say otherwise there."


def suffix_kept(words: str) -> str:
    """From now on with every /imagine."""
    return f"Kept: from now on your prompts end with “{words}”."


def set_kept(name: str, flags: str) -> str:
    """A named set of options."""
    return f"Kept: --{name} in your /imagine now stands for {flags}"


def forgotten(what: str) -> str:
    """It holds no longer."""
    return {
        "defaults": "Forgotten: your /imagine has no defaults of yours any more.",
        "suffix": "Forgotten: your prompts have no suffix any more.",
        "everything": "Forgotten: you have no preferences any more.",
    }.get(what, f"Forgotten: there is no --{what} any more.")


def nothing_to_forget(what: str, known: Sequence[str]) -> str:
    """There is none of that name."""
    there = f" You have: {', '.join(known)}." if known else " You have no preferences yet."
    return f"You have nothing called “{_cut(what)}”.{there}"


def unknown_preference(word: str) -> str:
    """Not one of the things that /prefer does."""
    return f"/prefer does not know “{_cut(word)}”. {CHANGE}"


def needs_more(word: str) -> str:
    """Half a command."""
    return f"/prefer {word} needs more after it, for example: {EXAMPLES[word]}"


def flags_alone(word: str, words: str) -> str:
    """Words of a prompt where only flags may stand."""
    return f"“{_cut(words)}” is no flag, and only flags are kept there. Write it like this: {EXAMPLES[word]}"


def bad_name(name: str) -> str:
    """It can't be typed after two dashes."""
    return f"“{_cut(name)}” can't be a name: take 2 to 20 letters, figures and hyphens. For example: {EXAMPLES['save']}"


def name_taken(name: str, flag: str) -> str:
    """It would hide a flag."""
    return f"“{name}” is too near to the flag {flag}, so nobody could tell them apart. Take another name."


def too_many_sets(limit: int) -> str:
    """As many as are kept for one person."""
    return f"You have {limit} named sets, as many as are kept. Take one away with /prefer forget NAME."


def plain_suffix() -> str:
    """A suffix that means more than its words."""
    return (
        "A suffix is words alone, without flags, braces, links or :: in it. Write flags with /prefer defaults; "
        f"for example: {EXAMPLES['suffix']}"
    )


def with_your_preferences(sets: Sequence[str], suffix: str, defaults: Sequence[str]) -> str:
    """What of it was not typed, so that nothing happens silently."""
    parts = [f"with your {', '.join(sets)}"] if sets else []
    if suffix:
        parts.append(f"with your suffix: {suffix}")
    if defaults:
        parts.append(f"with your defaults: {' '.join(defaults)}")
    return _dotted(*parts)


# Who may refine


def only_in_a_thread() -> str:
    """Settings belong to threads."""
    return "That is said in a thread that /imagine opened, and holds for that thread: write it there."


def who_may_refine(access: AccessMode, owner: str, guests: int) -> str:
    """How it stands."""
    how = (
        f"{owner or 'Whoever begins it'} and the moderators change that with /settings everyone, invited or owner, "
        "and let people in with /invite."
    )
    return f"{_who(access, owner, guests)} {how}"


def access_set(person: str, access: AccessMode, owner: str, guests: int) -> str:
    """It holds from now on."""
    return f"{person} changed who may refine. {_who(access, owner, guests)}"


def _who(access: AccessMode, owner: str, guests: int) -> str:
    owner = owner or "whoever began it"
    match access:
        case "everyone":
            return "Everyone may refine in this thread."
        case "owner":
            return f"Only {owner} may refine in this thread."
        case "invited":
            people = "nobody is yet" if not guests else "1 person is" if guests == 1 else f"{guests} people are"
            return f"Only {owner} and those invited may refine in this thread; {people}."


def not_your_thread(owner: str) -> str:
    """Only the owner or a moderator changes it."""
    return f"Only {owner or 'whoever begins this thread'} or a moderator decides who may refine here."


def owner_needs_no_invitation(owner: str) -> str:
    """Whoever began a thread always may refine in it."""
    return f"{owner} began this thread, and always may refine here."


def invited(by: str, who: str, access: AccessMode) -> str:
    """Somebody may refine from now on."""
    holds = {
        "everyone": " Everyone may for now; the invitation counts once somebody writes /settings invited.",
        "invited": "",
        "owner": " That counts once somebody writes /settings invited: for now only the owner may.",
    }
    return f"{by} invites {who} to refine in this thread.{holds[access]}"


def invitation_taken_back(who: str) -> str:
    """Somebody is not invited any more."""
    return f"{who} is not invited to this thread any more."


# /info


def account(lines: Sequence[str], usage: Usage) -> str:
    """What a person has under way, and what was drawn for them."""
    used = (("today (UTC)", usage.today), ("in the last 30 days", usage.month), ("in all", usage.ever))
    return "\n".join(
        (
            *(lines or ["Nothing of yours is under way."]),
            "Drawn for you:",
            *(_spent(when, spent) for when, spent in used),
        )
    )


def _spent(when: str, spent: Spent) -> str:
    pictures = "1 picture" if spent.pictures == 1 else f"{spent.pictures} pictures"
    return f"{when}: {pictures}, {_time(spent.seconds)} of drawing"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{round(seconds)} s"
    return f"{round(seconds / 60)} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
