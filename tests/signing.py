"""What Cloudflare Access does, on this machine: a signing key, its key set served on loopback, and tokens of every kind."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TEAM = "team.example"
AUDIENCE = "f0" * 32
HEADER = "Cf-Access-Jwt-Assertion"


class Team:
    """A team's signing keys, and the tokens it signs."""

    def __init__(self) -> None:
        self.keys = {"one": rsa.generate_private_key(public_exponent=65537, key_size=2048)}
        self.fetches = 0
        self.is_down = False
        self.url = ""

    def key_set(self) -> bytes:
        """Return the public keys as they are published."""
        keys = [public_jwk(kid, key) for kid, key in self.keys.items()]
        return json.dumps({"keys": keys, "public_cert": {}, "public_certs": []}).encode()

    def token(
        self, *, kid: str = "one", key: Any = None, algorithm: str = "RS256", head: dict | None = None, **claims: Any
    ) -> str:
        """Return a signed token; a claim given as None is left out."""
        now = int(time.time())
        usual = {"aud": [AUDIENCE], "iss": f"https://{TEAM}", "iat": now, "nbf": now, "exp": now + 600}
        usual |= {"email": "Ana@Example.com", "type": "app", "sub": "1"}
        held = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(held, key or self.keys["one"], algorithm=algorithm, headers={"kid": kid, **(head or {})})

    def public_pem(self) -> bytes:
        """Return the public key, which an attacker may use as a secret."""
        public = self.keys["one"].public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def environment(self, **more: str) -> dict[str, str]:
        """Return the settings that make a server trust this team."""
        return {
            "WORKBENCH_ACCESS": "cloudflare",
            "WORKBENCH_ACCESS_TEAM_DOMAIN": TEAM,
            "WORKBENCH_ACCESS_AUD": AUDIENCE,
            "WORKBENCH_ACCESS_CERTS_URL": self.url,
            **more,
        }


def public_jwk(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """Return one public key as it stands in a key set."""
    return jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "alg": "RS256", "use": "sig"}


@contextlib.contextmanager
def signing_team() -> Iterator[Team]:
    """Serve a team's key set on loopback."""
    team = Team()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            team.fetches += 1
            self.send_response(503 if team.is_down else 200)
            self.end_headers()
            self.wfile.write(b"" if team.is_down else team.key_set())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    team.url = f"http://127.0.0.1:{server.server_port}/cdn-cgi/access/certs"
    try:
        yield team
    finally:
        server.shutdown()
        server.server_close()
