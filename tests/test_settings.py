from pathlib import Path

import pytest

from settings import WrongSetting, read_settings


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings()
    assert settings.model == "pocket"
    assert settings.database == "sqlite:///data/sextant.sqlite"
    assert settings.console_host == "127.0.0.1"


def test_the_file_and_the_environment_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("SEXTANT_CONSOLE_PORT=1234\nSEXTANT_BLOCKED_WORDS=foo, bar baz\nOTHER=1\n")
    monkeypatch.setenv("SEXTANT_MODEL", "mine")
    settings = read_settings(console_port=None)
    assert (settings.console_port, settings.model, settings.blocked_words) == (1234, "mine", ("foo", "bar baz"))
    assert read_settings(console_port=99).console_port == 99


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SEXTANT_CONSOLE_PORT", "99999", "65535"),
        ("SEXTANT_DEVICE", "gpu", "'auto', 'cpu', 'cuda' or 'mps'"),
        ("SEXTANT_LINE", "none", "integer"),
        ("SEXTANT_DATABASE_URL", "mysql://me:secret@host/x", "postgresql://"),
        ("SEXTANT_DATABASE_URL", "postgresql://me:secret@host:abc/db", "HOST:PORT"),
        ("SEXTANT_PICTURES_URL", "nope://x", "no place for pictures"),
        ("SEXTANT_CONSOLE_HOST", "0.0.0.0", "SEXTANT_CONSOLE_PASSWORD"),
        ("DISCORD_MESSAGE_CONTENT", "yes", "'auto', 'on' or 'off'"),
        ("DISCORD_GUILD_IDS", "12, mine", "Copy Server ID"),
        ("DISCORD_API_BASE", "discord.com/api", "https://"),
        ("SLACK_COMMAND", "sextant", "takes a slash"),
        ("SEXTANT_CONSOL_PORT", "1", "did you mean SEXTANT_CONSOLE_PORT?"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as refusal:
        read_settings()
    assert name in str(refusal.value)
    assert says in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_another_address_is_fine_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_CONSOLE_HOST", "0.0.0.0")
    monkeypatch.setenv("SEXTANT_CONSOLE_PASSWORD", "open sesame")
    assert "sesame" not in repr(read_settings())


def test_a_platforms_keys_are_read_and_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        "DISCORD_TOKEN=hush\nDISCORD_GUILD_IDS=1, 2\nSLACK_BOT_TOKEN=xoxb-hush\nSLACK_APP_TOKEN=xapp-hush\n"
    )
    settings = read_settings()
    assert settings.discord.token.get_secret_value() == "hush"
    assert settings.discord.guild_ids == (1, 2)
    assert settings.slack.wanted
    assert "hush" not in repr(settings.discord) + repr(settings.slack)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-hush"}, "SLACK_APP_TOKEN"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_SIGNING_SECRET": "hush"}, "SLACK_CLIENT_SECRET"),
        ({"SLACK_APP_TOKEN": "xapp-hush"}, "set SLACK_BOT_TOKEN"),
        ({"SLACK_COMMAND": "/imagine"}, "must differ"),
    ],
)
def test_keys_that_do_not_make_a_whole_are_refused(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], says: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as refusal:
        read_settings()
    assert says in str(refusal.value)
    assert "hush" not in str(refusal.value)
