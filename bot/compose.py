"""The bot, put together from what it needs: the one list of what it can do."""

from dataclasses import dataclass

from bot import buttons, cards, events
from bot.access import Access
from bot.answers import Answers
from bot.brought import Brought
from bot.describe import Describer
from bot.draw import Drawer
from bot.finder import Finder
from bot.fork import Forks
from bot.front_door import Capabilities, FrontDoor
from bot.guard import Guard, Rules
from bot.imagine import Planner
from bot.info import Account
from bot.links import Links
from bot.memory.files import Files
from bot.memory.memory import Memory
from bot.models import Models
from bot.party import Rounds
from bot.party_ends import PartyEnds
from bot.prefer import Preferences
from bot.press import Presses
from bot.refine.language import Language
from bot.refining import Refiner
from bot.show import Showing
from bot.top import TopList
from bot.tree_answer import Trees
from bot.turns import Turns
from bot.votes import Stars
from engine.engine import Engine
from engine.writer import Writer


@dataclass(frozen=True, slots=True)
class House:
    """What the bot lives from."""

    engine: Engine
    memory: Memory
    files: Files
    links: Links
    model: str
    """That draws unless another is asked for."""
    rules: Rules
    writer: Writer | None = None
    """A language model for what the grammar does not understand."""


def compose(house: House) -> FrontDoor:
    """The whole bot."""
    engine, memory, files = house.engine, house.memory, house.files
    turns, brought = Turns(), Brought(memory, files, house.links)
    drawer = Drawer(engine, memory, files, turns)
    models = Models(engine, house.model)
    finder = Finder(models, memory)
    preferences, access, rounds = Preferences(memory.people), Access(memory.people), Rounds(memory.parties)
    language = Language(house.writer) if house.writer else None
    planner = Planner(models, memory, brought, preferences, finder)
    refiner = Refiner(models, memory, brought, drawer, language)
    presses = Presses(engine, memory, turns, drawer, refiner)
    stars, forks = Stars(memory, memory.votes, drawer), Forks(memory, memory.conversations, drawer)
    answers = Answers(engine, memory, turns, drawer, Describer(engine, memory, files))
    capabilities = Capabilities(
        commands={
            events.Describe: answers.handle,
            events.Queue: answers.handle,
            events.Cancel: answers.handle,
            events.Help: answers.handle,
            events.Show: Showing(finder, drawer).handle,
            events.Tree: Trees(memory, memory.conversations, memory.votes, files, cards.change).handle,
            events.Fork: forks.handle,
            events.Top: TopList(memory.votes).handle,
            events.Party: rounds.handle,
            events.Prefer: preferences.handle,
            events.Info: Account(engine, memory.people).handle,
            events.Settings: access.handle,
            events.Invite: access.handle,
        },
        presses={
            buttons.Pick: presses.pick,
            buttons.Edit: presses.edit,
            buttons.Stop: presses.stop,
            buttons.Delete: presses.delete,
            buttons.Undo: presses.undo,
            buttons.Star: stars.press,
            buttons.Decide: stars.press,
            buttons.Fork: forks.press,
        },
        due=PartyEnds(rounds, memory.parties).due,
        checks={
            events.Party: rounds.refusal,
            events.Fork: forks.refusal,
            buttons.Fork: forks.refusal,
        },
    )
    return FrontDoor(planner, refiner, Guard(engine, memory, access, rounds, house.rules), drawer, capabilities)
