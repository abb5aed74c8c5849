"""Settings: lists are comma-separated, an open door refuses to start, a child gets the same settings."""

from __future__ import annotations

import pytest

from workbench.errors import SettingsError
from workbench.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WORKBENCH_{name.upper()}", raising=False)
    monkeypatch.delenv("K_SERVICE", raising=False)
    monkeypatch.delenv("PORT", raising=False)


def test_lists_are_comma_separated_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_ANALYSTS", "@example.com, ana@example.org")
    assert read_settings().analysts == ("@example.com", "ana@example.org")


def test_an_open_door_refuses_to_start_on_cloud_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K_SERVICE", "workbench")
    with pytest.raises(SettingsError, match="WORKBENCH_ACCESS=off would leave the door open"):
        read_settings()


def test_access_without_an_audience_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_ACCESS", "cloudflare")
    monkeypatch.setenv("WORKBENCH_ACCESS_TEAM_DOMAIN", "acme.cloudflareaccess.com")
    with pytest.raises(SettingsError, match="WORKBENCH_ACCESS_AUD"):
        read_settings()


def test_a_value_that_cannot_work_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_MAX_ROWS", "many")
    with pytest.raises(SettingsError, match="WORKBENCH_MAX_ROWS is 'many'"):
        read_settings()


def test_a_child_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Settings(store="/data", analysts=("@example.com", "b@example.org"), demo=True)
    for name, value in asked.environment().items():
        monkeypatch.setenv(name, value)
    assert read_settings() == asked


def test_the_signing_keys_are_the_teams_own() -> None:
    settings = Settings(access="cloudflare", access_team_domain="acme.cloudflareaccess.com", access_aud=("a",))
    assert settings.certs_url == "https://acme.cloudflareaccess.com/cdn-cgi/access/certs"
    assert settings.issuer == "https://acme.cloudflareaccess.com"
