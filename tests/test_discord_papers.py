"""The page for whoever sets the bot up says what the code does."""

from pathlib import Path

import discord

from adapters.discord import permissions

PAGE = (Path(__file__).parent.parent / "deploy" / "discord.md").read_text()


def test_the_invite_link_has_exactly_the_permissions_that_are_needed() -> None:
    assert f"permissions={permissions.ALL.value}" in PAGE
    assert all(name in PAGE for name in permissions.names(discord.Permissions.none()))


def test_the_bot_s_own_invite_link_is_the_same() -> None:
    link = permissions.invite(5)
    assert f"permissions={permissions.ALL.value}" in link
    assert "scope=bot+applications.commands" in link
