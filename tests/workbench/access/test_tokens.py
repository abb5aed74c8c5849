"""Tokens: what is accepted, everything that is not, and when keys are fetched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.signing import AUDIENCE, TEAM, Team, signing_team
from workbench.access.tokens import Denied, Identity, Keys, Verifier
from workbench.errors import SettingsError

OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    with signing_team() as made:
        yield made


def verify(team: Team, token: str | bytes, *, keys: Keys | None = None, groups_claim: str = "") -> Identity:
    """Verify one token as the gate does."""
    audiences = ["another", AUDIENCE]
    verifier = Verifier(keys or Keys(team.url), audiences=audiences, issuer=f"https://{TEAM}", groups_claim=groups_claim)
    return asyncio.run(verifier.identity(token.encode() if isinstance(token, str) else token))


def test_person_is_named_in_lower_case(team: Team) -> None:
    identity = verify(team, team.token())
    assert (identity.who, identity.kind) == ("ana@example.com", "user")
    assert identity.expires == pytest.approx(time.time() + 600, abs=5)


def test_service_is_named_by_its_common_name(team: Team) -> None:
    identity = verify(team, team.token(email=None, common_name="robot.access"))
    assert (identity.who, identity.kind) == ("robot.access", "service")


def test_name_beyond_ascii_survives_a_header(team: Team) -> None:
    assert verify(team, team.token(email="花子@example.com")).who == "%E8%8A%B1%E5%AD%90@example.com"
    assert verify(team, team.token(email="a\r\nx-workbench-role: analyst@b.c")).who.isprintable()


@pytest.mark.parametrize("custom", [{"groups": ["data", "sales", 3]}, {"custom": {"groups": ["data", "sales"]}}])
def test_groups_are_read_from_the_named_claim(team: Team, custom: dict[str, Any]) -> None:
    assert verify(team, team.token(**custom), groups_claim="groups").groups == ("data", "sales")
    assert verify(team, team.token(**custom)).groups == ()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["somebody-else"]},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 946_684_800},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_102_444_800},
        {"email": None},
        {"email": ["a@b.c"]},
        {"email": "", "common_name": ""},
    ],
    ids=str,
)
def test_token_with_wrong_claims_is_denied(team: Team, claims: dict[str, Any]) -> None:
    with pytest.raises(Denied, match=r"\w"):
        verify(team, team.token(**claims))


def forged(team: Team) -> dict[str, str | bytes]:
    """Return tokens that nobody of the team signed."""
    good = team.token()
    head, body, signature = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    public = jwt.algorithms.RSAAlgorithm.to_jwk(OTHER.public_key(), as_dict=True)
    return {
        "another key under the known id": team.token(key=OTHER),
        "a key of its own": team.token(key=OTHER, head={"jwk": public}),
        "none": jwt.encode(claims, None, algorithm="none", headers={"kid": "one"}),
        "hs256 with the public key": hs256(claims, team.public_pem()),
        "rs512": team.token(algorithm="RS512"),
        "unknown id": team.token(kid="two"),
        "no id": jwt.encode(claims, team.keys["one"], algorithm="RS256"),
        "crit": team.token(head={"crit": ["b64"], "b64": True}),
        "no signature": f"{head}.{body}.",
        "changed body": f"{head}.{body[:-4]}AAAA.{signature}",
        "two in one": f"{good}, {good}",
        "empty": "",
        "noise": b"\xff\xfe.\x00.%",
        "not text": "é.é.é".encode(),
        "long": "a" * 9000,
    }


def hs256(claims: dict[str, Any], secret: bytes) -> str:
    """Sign with the public key as a shared secret, which the library itself refuses to do."""
    import base64
    import hashlib
    import hmac
    import json

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    signed = f"{part(json.dumps({'alg': 'HS256', 'kid': 'one'}).encode())}.{part(json.dumps(claims).encode())}"
    return f"{signed}.{part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def test_forged_tokens_are_denied(team: Team) -> None:
    keys = Keys(team.url)
    for name, token in forged(team).items():
        with pytest.raises(Denied, match=r"\w"):
            pytest.fail(f"{name}: {verify(team, token, keys=keys)}")


def test_unknown_key_ids_do_not_make_us_fetch(team: Team) -> None:
    keys = Keys(team.url)
    verify(team, team.token(), keys=keys)
    before = team.fetches
    for number in range(50):
        with pytest.raises(Denied, match="unknown key id"):
            verify(team, team.token(kid=f"made-up-{number}"), keys=keys)
    assert team.fetches == before


def test_requests_that_come_during_the_first_fetch_wait_for_it(team: Team) -> None:
    async def crowd() -> list[Identity]:
        verifier = Verifier(Keys(team.url), audiences=[AUDIENCE], issuer=f"https://{TEAM}")
        token = team.token().encode()
        return await asyncio.gather(*(verifier.identity(token) for _ in range(20)))

    before = team.fetches
    assert len(asyncio.run(crowd())) == 20
    assert team.fetches == before + 1


def test_new_key_is_found_once_the_interval_is_over(team: Team) -> None:
    keys = Keys(team.url, every=0)
    verify(team, team.token(), keys=keys)
    team.keys["next"] = OTHER
    try:
        assert verify(team, team.token(kid="next", key=OTHER), keys=keys).who == "ana@example.com"
    finally:
        del team.keys["next"]


def test_old_keys_are_fetched_again_although_the_id_is_known(team: Team) -> None:
    keys = Keys(team.url, every=0, renew=0)
    verify(team, team.token(), keys=keys)
    before = team.fetches
    verify(team, team.token(), keys=keys)
    assert team.fetches == before + 1


def test_known_keys_serve_while_the_address_is_down_but_not_for_ever(team: Team) -> None:
    keys = Keys(team.url, every=0, renew=0)
    verify(team, team.token(), keys=keys)
    team.is_down = True
    try:
        assert verify(team, team.token(), keys=keys).who == "ana@example.com"
        keys.fresh = 0
        with pytest.raises(Denied, match="stale"):
            verify(team, team.token(), keys=keys)
    finally:
        team.is_down = False


@pytest.mark.parametrize("url", ["http://team.example/certs", "file:///etc/passwd", "ftp://127.0.0.1/x", "", "https://"])
def test_keys_are_fetched_safely_or_not_at_all(url: str) -> None:
    with pytest.raises(SettingsError, match="WORKBENCH_ACCESS_CERTS_URL"):
        Keys(url)
