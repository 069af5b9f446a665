"""The environment, read once. A wrong setting is refused by its name, with what it takes."""

import os
from difflib import get_close_matches
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from fsspec import get_filesystem_class
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


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

    language_model: str = ""
    language_url: str = ""
    language_key: SecretStr = SecretStr("")

    console_host: str = "127.0.0.1"
    console_port: Annotated[int, Field(ge=0, le=65535)] = 8400
    console_password: SecretStr = SecretStr("")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("blocked_words", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

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
        return Settings(**given)
    except ValidationError as error:
        raise WrongSetting("\n".join(_line(each) for each in error.errors())) from None


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


def _line(error: ErrorDetails) -> str:
    name = f"SEXTANT_{str(error['loc'][0]).upper()}" if error["loc"] else ""
    secret = any(word in name for word in ("PASSWORD", "URL", "TOKEN", "SECRET"))
    given = "" if not name or secret else f"={error['input']}"
    reason = error["msg"].removeprefix("Value error, ")
    return f"{name}{given}: {reason}" if name else reason
