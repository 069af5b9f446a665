"""The environment, read once. A wrong setting is refused by its name, with what it takes."""

import os
import re
from difflib import get_close_matches
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from fsspec import get_filesystem_class
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = ("127.0.0.1", "::1", "localhost")

_PREFIXES = {"Settings": "SEXTANT_", "DiscordSettings": "DISCORD_", "SlackSettings": "SLACK_"}


class Settings(BaseSettings):
    """Every setting, with its default. `.env.example` explains each."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="SEXTANT_", extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    database_url: str = ""
    database_durable: bool = False
    pictures_url: str = ""

    models_dir: Path = Path("models")
    loras_dir: Path = Path("loras")
    model: str = "pocket"
    clip: str = "pocket"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    max_batch: Annotated[int, Field(ge=1, le=256)] = 32
    resident_models: Annotated[int, Field(ge=1, le=64)] = 2

    line: Annotated[int, Field(ge=1, le=100_000)] = 200
    per_person: Annotated[int, Field(ge=1, le=10_000)] = 20
    blocked_words: Annotated[tuple[str, ...], NoDecode] = ()
    mature_words: Annotated[tuple[str, ...], NoDecode] = ()

    language_model: str = ""
    language_url: str = ""
    language_key: SecretStr = SecretStr("")

    console_host: str = "127.0.0.1"
    console_port: Annotated[int, Field(ge=0, le=65535)] = 8400
    console_password: SecretStr = SecretStr("")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("blocked_words", "mature_words", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        return _pieces(value)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("takes sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        try:
            make_url(value or "sqlite://")
        except (ArgumentError, ValueError):
            raise ValueError("can't be read: postgresql://USER:PASSWORD@HOST:PORT/NAME, with % for signs") from None
        if value.startswith("postgresql") and find_spec("asyncpg") is None:
            raise ValueError("needs asyncpg: pip install -e '.[postgres]'")
        return value

    @field_validator("pictures_url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        try:
            get_filesystem_class(value.partition("://")[0] if "://" in value else "file")
        except (ValueError, ImportError) as error:
            raise ValueError(f"is no place for pictures: {error}") from None
        return value

    @field_validator("language_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("takes the address of a server, such as http://127.0.0.1:8080/v1")
        return value

    @model_validator(mode="after")
    def _language_model_has_a_name(self) -> "Settings":
        if self.language_url and not self.language_model:
            raise ValueError("SEXTANT_LANGUAGE_URL needs the name of the model there: set SEXTANT_LANGUAGE_MODEL too")
        return self

    @model_validator(mode="after")
    def _password_beyond_loopback(self) -> "Settings":
        if self.console_host not in LOOPBACK and not self.console_password.get_secret_value():
            raise ValueError(
                f"SEXTANT_CONSOLE_HOST={self.console_host} lets others in: set SEXTANT_CONSOLE_PASSWORD as well"
            )
        return self

    @cached_property
    def database(self) -> str:
        """The database's URL; by default a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'sextant.sqlite'}"

    @cached_property
    def pictures(self) -> str:
        """Where picture bytes are kept: a folder or any fsspec URL."""
        return self.pictures_url or str(self.data_dir / "pictures")

    @cached_property
    def discord(self) -> "DiscordSettings":
        """How the bot reaches Discord."""
        return DiscordSettings()

    @cached_property
    def slack(self) -> "SlackSettings":
        """How the bot reaches Slack."""
        return SlackSettings()


class DiscordSettings(BaseSettings):
    """Discord is started when its token is set."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="DISCORD_", extra="ignore", frozen=True)

    token: SecretStr = SecretStr("")
    message_content: Literal["auto", "on", "off"] = "auto"
    guild_ids: Annotated[tuple[int, ...], NoDecode] = ()
    api_base: str = ""
    gateway_url: str = ""

    @field_validator("guild_ids", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        pieces = _pieces(value)
        if isinstance(pieces, tuple) and not all(isinstance(each, int) or each.isdecimal() for each in pieces):
            raise ValueError(
                "takes ids of servers, such as 1234567890,2345678901: right-click a server, Copy Server ID"
            )
        return pieces

    @field_validator("api_base", "gateway_url")
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        schemes = ("http", "https") if info.field_name == "api_base" else ("ws", "wss")
        return _address(value, schemes)


class SlackSettings(BaseSettings):
    """Slack is started when a workspace's token is set, or the two keys by which workspaces install the app."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="SLACK_", extra="ignore", frozen=True)

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    api_url: str = "https://slack.com/api/"
    imagine_command: str = "/imagine"
    command: str = "/sextant"

    @property
    def wanted(self) -> bool:
        """Whether anything is set by which Slack lets the bot in."""
        return bool(self.bot_token.get_secret_value() or self.client_id)

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return _address(value, ("http", "https"))

    @field_validator("imagine_command", "command")
    @classmethod
    def _name(cls, value: str) -> str:
        if not re.fullmatch(r"/[a-z0-9_-]{1,31}", value):
            raise ValueError("takes a slash and up to 31 small letters, digits, - or _, such as /imagine")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "SlackSettings":
        if bool(self.client_id) != bool(self.client_secret.get_secret_value()):
            raise ValueError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: set both, or neither")
        if self.wanted and not (self.app_token.get_secret_value() or self.signing_secret.get_secret_value()):
            raise ValueError(
                "Slack has no way in: set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP"
            )
        if not self.wanted and (self.app_token.get_secret_value() or self.signing_secret.get_secret_value()):
            raise ValueError(
                "Slack has no workspace: set SLACK_BOT_TOKEN for one, or "
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for many"
            )
        if self.imagine_command == self.command:
            raise ValueError("SLACK_IMAGINE_COMMAND and SLACK_COMMAND must differ")
        return self


class WrongSetting(Exception):
    """A setting that can't be used. The text names it and says what it takes."""


def read_settings(**overrides: object) -> Settings:
    """The settings from the environment and `.env`; overrides come from the command line.

    Raises:
        WrongSetting: with one line for each setting that is wrong.
    """
    if unknown := _unknown():
        raise WrongSetting("\n".join(unknown))
    try:
        given: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
        settings = Settings(**given)
        _ = settings.discord, settings.slack  # what is wrong in them is said now
    except ValidationError as error:
        prefix = _PREFIXES[error.title]
        raise WrongSetting("\n".join(_line(each, prefix) for each in error.errors())) from None
    return settings


def _unknown() -> list[str]:
    """Names that look like ours and are not: most likely a slip of the fingers that would be ignored in silence."""
    known = [f"SEXTANT_{name.upper()}" for name in Settings.model_fields]
    given = [*os.environ, *(name for name in dotenv_values(".env") if name)]
    wrong = sorted({name for name in given if name.startswith("SEXTANT_")} - set(known))
    return [
        f"{name}: there is no such setting; {f'did you mean {near[0]}?' if near else 'see .env.example'}"
        for name in wrong
        for near in [get_close_matches(name, known, 1)]
    ]


def _pieces(value: object) -> object:
    """What stands between commas."""
    return tuple(piece.strip() for piece in value.split(",") if piece.strip()) if isinstance(value, str) else value


def _address(value: str, schemes: tuple[str, ...]) -> str:
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError(f"takes an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return value


def _line(error: ErrorDetails, prefix: str) -> str:
    name = f"{prefix}{str(error['loc'][0]).upper()}" if error["loc"] else ""
    secret = any(word in name for word in ("PASSWORD", "URL", "TOKEN", "SECRET"))
    given = "" if not name or secret else f"={error['input']}"
    reason = error["msg"].removeprefix("Value error, ")
    return f"{name}{given}: {reason}" if name else reason
