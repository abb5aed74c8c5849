"""Cloudflare Access tokens: the signing keys, fetched and kept, and the verification of one token."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench import telemetry
from workbench.errors import SettingsError
from workbench.principal import Kind

# A token of Access is about 1 KB; what is longer is not worth the arithmetic.
LONGEST_TOKEN = 8192
# Clocks of the signer and of this machine may differ by this much.
LEEWAY_SECONDS = 10
LARGEST_KEY_SET = 1 << 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Denied(Exception):
    """A token is not accepted; the reason is for the log and never for the caller."""


@dataclass(frozen=True)
class Identity:
    """Who a token speaks of."""

    who: str
    kind: Kind
    groups: tuple[str, ...]
    expires: float
    """Seconds since the epoch."""


class Keys:
    """The signing keys, by id.

    Parameters
    ----------
    url : str
        Where the key set is: https, or http on loopback.
    every : float
        Seconds between two fetches at the least, so that made-up key ids cannot make us fetch.
    renew : float
        The age at which known keys are fetched again.
    fresh : float
        How long known keys are good for while the address cannot be reached.

    Raises
    ------
    SettingsError
        If the address could be read or changed on its way.
    """

    def __init__(self, url: str, *, every: float = 60, renew: float = 3600, fresh: float = 24 * 3600) -> None:
        checked(url)
        self.url, self.every, self.renew, self.fresh = url, every, renew, fresh
        self.keys: dict[str, Any] = {}
        self.fetched = self.tried = float("-inf")
        self.lock = asyncio.Lock()

    async def get(self, kid: object) -> Any:
        """Return the key of an id.

        Raises
        ------
        Denied
            If no key has this id, or the known ones are too old.
        """
        if not isinstance(kid, str):
            raise Denied("no key id")
        if kid not in self.keys or self.is_due(kid):
            async with self.lock:  # who comes while a fetch is under way waits for it: the first requests after a start
                if self.is_due(kid):
                    await self.fetch()
        if kid not in self.keys:
            raise Denied("unknown key id")
        if time.monotonic() - self.fetched > self.fresh:
            raise Denied("keys are stale")
        return self.keys[kid]

    def is_due(self, kid: str) -> bool:
        """Tell whether to fetch now: an unknown id or old keys, but not again within the interval."""
        now = time.monotonic()
        return (kid not in self.keys or now - self.fetched > self.renew) and now - self.tried >= self.every

    async def fetch(self) -> None:
        """Fetch the key set; what goes wrong leaves the known keys as they are."""
        self.tried = time.monotonic()
        try:
            found = usable(json.loads(await asyncio.to_thread(download, self.url)))
        except Exception as problem:  # noqa: BLE001 - the network and its contents can fail in any way, and none may open the door
            telemetry.event("keys_not_fetched", level=logging.WARNING, url=self.url, problem=repr(problem))
            return
        if found:
            self.keys, self.fetched = found, time.monotonic()


class Verifier:
    """Checks tokens of one team and application.

    Parameters
    ----------
    keys : Keys
        The signing keys.
    audiences : sequence of str
        The application's audience tags; a token names one of them.
    issuer : str
        The team's address.
    groups_claim : str
        The custom claim that holds groups; empty for none.
    """

    def __init__(self, keys: Keys, *, audiences: Sequence[str], issuer: str, groups_claim: str = "") -> None:
        self.keys, self.audiences, self.issuer, self.groups_claim = keys, list(audiences), issuer, groups_claim

    async def identity(self, token: bytes) -> Identity:
        """Return who a token speaks of.

        Raises
        ------
        Denied
            If anything about it is not as it must be.
        """
        import jwt  # 10 MB and 0.2 s: not before the port is open

        if len(token) > LONGEST_TOKEN:
            raise Denied("long token")
        try:
            head = jwt.get_unverified_header(token)
            if head.get("alg") != "RS256" or "crit" in head:
                raise Denied("algorithm")
            claims = jwt.decode(token, await self.keys.get(head.get("kid")), **self.demands())
        except (jwt.PyJWTError, ValueError, TypeError) as problem:
            raise Denied(type(problem).__name__) from problem
        return self.read(claims)

    def demands(self) -> dict[str, Any]:
        """List what a token must hold and match."""
        return {
            "algorithms": ["RS256"],
            "audience": self.audiences,
            "issuer": self.issuer,
            "leeway": LEEWAY_SECONDS,
            "options": {"require": ["exp", "iat", "aud", "iss"], "enforce_minimum_key_length": True},
        }

    def read(self, claims: dict[str, Any]) -> Identity:
        """Read the identity out of verified claims: a person's address, or a service's name."""
        groups, expires = self.groups(claims), float(claims["exp"])
        if (email := claims.get("email")) and isinstance(email, str):
            return Identity(plain(email.strip().lower()), "user", groups, expires)
        if (name := claims.get("common_name")) and isinstance(name, str):
            return Identity(plain(name.strip()), "service", groups, expires)
        raise Denied("no identity")

    def groups(self, claims: dict[str, Any]) -> tuple[str, ...]:
        """Read the groups: Access puts a provider's own claims below `custom`."""
        if not self.groups_claim:
            return ()
        custom = claims.get("custom")
        found = claims.get(self.groups_claim) or (custom.get(self.groups_claim) if isinstance(custom, dict) else None) or ()
        listed = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return tuple(name for name in listed if isinstance(name, str))


def checked(url: str) -> str:
    """Return an address that nobody on the way can read or change.

    Raises
    ------
    SettingsError
        For plain http anywhere but on this machine.
    """
    parts = urllib.parse.urlsplit(url)
    if (parts.scheme == "https" and parts.hostname) or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return url
    raise SettingsError("error.access.certs_url", value=url)


def download(url: str) -> bytes:
    """Read the key set, bounded in time and size."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the scheme was checked when the address was taken in
        return answer.read(LARGEST_KEY_SET)


def usable(key_set: dict[str, Any]) -> dict[str, Any]:
    """Return the RSA keys of a key set by id; one that cannot be read does not spoil the others."""
    import jwt

    found: dict[str, Any] = {}
    for key in key_set["keys"]:
        try:
            if key.get("kty") == "RSA":
                found[key["kid"]] = jwt.PyJWK(key, algorithm="RS256").key
        except (jwt.PyJWTError, KeyError, ValueError, AttributeError, TypeError) as problem:
            telemetry.event("key_not_usable", level=logging.WARNING, problem=repr(problem))
    return found


def plain(name: str) -> str:
    """Return a name that a header can carry unchanged: anything beyond printable ASCII is percent-encoded."""
    if name.isascii() and name.isprintable():
        return name
    return urllib.parse.quote(name, safe="@ !#$&'*+/=?^_`{|}~.-")
