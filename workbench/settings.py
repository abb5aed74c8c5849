"""The only reader of the environment: every setting with its type, default and one line of meaning."""

from __future__ import annotations

import functools
import locale
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from workbench.errors import SettingsError

PREFIX = "WORKBENCH_"
PROJECT = Path(__file__).resolve().parent.parent


def split(value: object) -> object:
    """Read a list from comma-separated text: the library itself would demand JSON of the environment."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split)]


class Settings(BaseSettings):
    """What the operator decides; read once at start and never changed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    store: str = Field(default=".workbench", description="Where everything is kept: a folder, or `gs://bucket/prefix`.")
    access: Literal["off", "cloudflare"] = Field(
        default="off",
        description="Who may come in: `off` (one person, this machine) or `cloudflare`. `off` refuses to start on Cloud Run.",
    )
    access_team_domain: str = Field(
        default="", description="The team's bare host, such as `acme.cloudflareaccess.com`; required with `cloudflare`."
    )
    access_aud: Names = Field(default=(), description="One or more application audience tags; required with `cloudflare`.")
    access_certs_url: str = Field(
        default="", description="Another address of the signing keys (https, or http on loopback); the team's own by default."
    )
    access_groups_claim: str = Field(default="", description="A custom OIDC claim that holds groups.")
    analysts: Names = Field(
        default=(),
        description="Who may work: e-mail addresses, `@domain` or groups. With this and the next empty: everyone verified.",
    )
    viewers: Names = Field(default=(), description="Who may look and predict: e-mail addresses, `@domain` or groups.")
    public_url: str = Field(default="", description="How browsers reach us, such as `https://workbench.example.com`.")
    lang: Literal["auto", "ja", "en"] = Field(default="auto", description="The language; `auto` follows browser or terminal.")
    max_upload_mb: int = Field(default=2048, ge=1, description="The largest file taken in, in MB.")
    max_rows: int = Field(default=5_000_000, ge=1, description="The most rows of a table.")
    max_columns: int = Field(default=10_000, ge=1, description="The most columns of a table.")
    max_train_minutes: int = Field(default=120, ge=1, description="The longest a comparison may run, in minutes.")
    max_comparisons: int = Field(default=1, ge=1, description="The most comparisons at once; others wait in line.")
    ready_minutes: float = Field(default=5, ge=0, description="Minutes a loaded process waits for a comparison; 0: none.")
    demo: bool = Field(default=False, description="Read-only: look and predict, nothing is stored or trained.")
    port: int = Field(default=8080, validation_alias="PORT", description="The port to listen on; set by Cloud Run itself.")
    k_service: str = Field(default="", validation_alias="K_SERVICE", description="Set by Cloud Run itself, never by hand.")

    @model_validator(mode="after")
    def must_be_able_to_start(self) -> Settings:
        """Refuse what would leave the door open, or closed to everyone."""
        if self.access == "off" and self.k_service:
            raise ValueError("error.settings_open_on_cloud_run")
        if self.access == "cloudflare" and not (self.access_team_domain and self.access_aud):
            raise ValueError("error.settings_access_incomplete")
        if "/" in self.access_team_domain:
            raise ValueError("error.settings_team_domain")
        return self

    @property
    def certs_url(self) -> str:
        """Where the signing keys are."""
        return self.access_certs_url or f"https://{self.access_team_domain}/cdn-cgi/access/certs"

    @property
    def issuer(self) -> str:
        """Who must have issued a token."""
        return f"https://{self.access_team_domain}"

    def environment(self) -> dict[str, str]:
        """Return the environment that gives a child process these same settings."""
        found = {}
        for name in type(self).model_fields:
            if name not in {"k_service", "port"}:
                value = getattr(self, name)
                found[PREFIX + name.upper()] = ",".join(value) if isinstance(value, tuple) else str(value)
        return {**os.environ, **found}


def read_settings(**values: object) -> Settings:
    """Return the settings of the environment, or say which one cannot work.

    Raises
    ------
    SettingsError
        Names the setting, its value and what would do.
    """
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as problem:
        first = problem.errors()[0]
        key = str(first.get("ctx", {}).get("error", ""))
        if key.startswith("error."):
            raise SettingsError(key) from problem
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError("error.settings_value", name=name, value=str(first["input"]), problem=first["msg"]) from problem


@functools.cache
def get_settings() -> Settings:
    """Return the process's settings, read once."""
    return read_settings()


def terminal_language() -> str | None:
    """Return the locale that the terminal asks for, whether this machine has its data or not."""
    asked = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in asked if name), None) or locale.getlocale()[0]
