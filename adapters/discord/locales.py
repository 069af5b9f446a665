"""Names and descriptions of commands in the person's own language, as far as there are translations."""

import discord
from discord.app_commands import TranslationContextLocation as Where
from discord.app_commands import TranslationContextTypes, Translator, locale_str

from bot.wording_locales import translated

_NAMES = (Where.command_name, Where.parameter_name)
_DESCRIPTIONS = (Where.command_description, Where.parameter_description)


class Locales(Translator):
    """Answers discord.py when it tells Discord the commands."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """The text in a locale; None leaves the English one."""
        if context.location not in (*_NAMES, *_DESCRIPTIONS):
            return None
        found = translated(string.message, locale.value.partition("-")[0], name=context.location in _NAMES)
        if found and context.location is Where.command_description:
            return f"{found} (/{context.data.name})"  # what the bot's own sentences call it
        return found
