"""Wording, continued: what went wrong, and what to do next."""

from bot import wording_conversation, wording_people, wording_together
from bot.errors import (
    AgeRestricted,
    AlreadyAnswered,
    Ambiguous,
    BadValue,
    BotError,
    Contradiction,
    EmptyPrompt,
    LinkRefused,
    MisplacedLink,
    MisplacedWords,
    MissingValue,
    NotFound,
    NothingToDescribe,
    OutOfRange,
    PartyWords,
    PictureGone,
    Refused,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
    StoreUnreachable,
    TooLong,
    TooManyLinks,
    TooManyPermutations,
    Unbalanced,
    UnknownChoice,
    UnknownFlag,
    WeightOutOfRange,
    WeightsCancel,
    WeightWithoutWords,
)
from engine.errors import BadJob, BadPicture, BrokenWeights, EngineError, LoraNotFound, ModelNotFound, OutOfMemory

_LINK_REASONS = {
    "scheme": "only http and https links are followed",
    "private": "it does not lead to the open internet",
    "unreachable": "there was no answer",
    "redirects": "it leads on and on",
    "missing": "there is nothing there",
    "no_picture": "that is no picture",
    "too_large": "the picture is larger than 25 MB",
}

_PICTURE_REASONS = {
    "not_a_picture": "That is no picture that I can open. Send a PNG, JPEG, WebP, GIF, AVIF, BMP or TIFF.",
    "too_large": "That picture is too large: 50 megapixels are the most. Send a smaller one.",
    "truncated": "That picture is damaged or ends too early. Send it once more, or save it anew.",
}


def apology(error: BotError | EngineError) -> str:
    """One or two sentences for the person whom it concerns; none for what has no words here."""
    match error:
        case EmptyPrompt():
            return (
                "There are no words to draw yet. Say what you want to see, for example: a red car on a hill --ar 16:9"
            )
        case TooLong(length, limit):
            return f"That is {length} characters long, and {limit} is as much as I take. Say it shorter."
        case UnknownFlag(written, None):
            return f"There is no flag {_cut(written)}. /help lists them all; for a dash, leave a space after it."
        case UnknownFlag(written, nearest):
            return f"There is no flag {_cut(written)}. Did you mean {nearest}? /help lists them all."
        case MissingValue(flag, example):
            return f"{flag} needs a value after it, for example: {example}"
        case BadValue(flag, value, example):
            return f"I can't read “{_cut(value)}” after {flag}. Write it like this: {example}"
        case OutOfRange(flag, value, low, high):
            return f"{flag} goes from {low} to {high}, and {_cut(value)} is beyond that."
        case UnknownChoice(flag, value, nearest, known):
            meant = f" Did you mean {nearest}?" if nearest else ""
            return f"{flag} has no “{_cut(value)}”.{meant}{_there_is(known)}"
        case Contradiction(first, second):
            return f"“{_cut(first)}” and “{_cut(second)}” can't both hold. Keep one of them."
        case MisplacedWords(flag, words):
            return f"“{_cut(words)}” stands after {flag}, but flags go at the end: move it in front of the first flag."
        case MisplacedLink(link):
            return f"Links to pictures stand first: move {_cut(link)} to the front."
        case TooManyPermutations(count, limit):
            many = str(count) if count < 10_000 else "thousands of"
            return f"Those braces stand for {many} prompts, and {limit} at once is the most. Take some choices out."
        case Unbalanced(sign):
            partner = {"{": "}", "}": "{", "(": ")"}[sign]
            return f"There is a {sign} without its {partner}. Add it, or write \\{sign} for the sign itself."
        case Ambiguous(written, (first, second)):
            return (
                f"“{_cut(written)}” means different things in different tools. Write {_cut(first)} or {_cut(second)}."
            )
        case WeightOutOfRange(written, low, high):
            return (
                f"The weight in “{_cut(written)}” is beyond {low:g} to {high:g}. "
                "Take a smaller one, or put a \\ before the bracket or the colon if no weight is meant."
            )
        case WeightWithoutWords(written):
            return f"“{_cut(written)}” is a weight with no words before it. Write the words first, like cat::2 dog"
        case WeightsCancel(total):
            return (
                f"The weights add up to {total:g}, which leaves nothing to draw. Make one larger, like cat::2 dog::-0.5"
            )
        case LinkRefused(link, reason):
            return f"I can't take {_cut(link)}: {_LINK_REASONS[reason]}. Attach the picture instead."
        case TooManyLinks(count):
            return f"That is {count} links, and I start from one picture. Keep one."
        case NothingToDescribe():
            return "There is no picture to describe yet. Attach one, or give the id of one that was made here."
        case AlreadyAnswered():
            return wording_conversation.already_answered()
        case Refused(words):
            return words
        case AgeRestricted(words):
            quoted = ", ".join(f"“{_cut(word)}”" for word in words)
            return f"I draw {quoted} in age-restricted channels alone, and this is none. Ask there, or say it without."
        case PartyWords(theme, missing):
            return wording_together.party_words(theme, missing)
        case NotFound(id):
            return f"There is nothing with the id {_cut(id)} here. The ids stand under the pictures."
        case ModelNotFound(name=name, known=known):
            return f"There is no model called {_cut(name)}.{_there_is(known)}"
        case LoraNotFound(name=name, known=known):
            return f"There is no LoRA called {_cut(name)} that fits this model.{_there_is(known)}"
        case BrokenWeights(name=name, reason=reason):
            return f"The files of {name} are damaged ({reason}). Whoever runs me can fetch them again."
        case BadJob(setting=name, reason=reason):
            return f"This model can't do that {name}: {reason}"
        case OutOfMemory():
            return "Not even one picture of this size fits into memory. Ask for a squarer one or a smaller model."
        case BadPicture(reason=reason):
            return _PICTURE_REASONS[reason]
        case StoreFull():
            return "There is no room left to keep anything, so this was not taken. Whoever runs me can make some."
        case StoreReadOnly():
            return "I may not write where I keep things, so this was not taken. Whoever runs me can allow it."
        case StoreUnreachable(reason):
            return f"I can't get at what I remember ({_cut(reason)}). Try again in a minute, or tell whoever runs me."
        case StoreTooNew(version):
            return (
                f"The database was written by a newer version of this program (tables {_cut(version)}). "
                "Start that version, or give this one another database with SEXTANT_DATABASE_URL."
            )
        case PictureGone():
            return "The file of that picture is gone, so there is nothing to start from. Again draws it anew."
        case BotError():
            return wording_people.apology(error)
    return ""


def _there_is(known: tuple[str, ...]) -> str:
    return f" There is: {', '.join(known)}." if known else ""


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"
