"""Encryption of contacts and keyed digests. Keys live in the secret file, never in the database; old key ids still read."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CHANCE = secrets.SystemRandom()


def seal(values: Mapping[str, Any], purpose: str) -> bytes:
    """AES-256-GCM of the JSON of `values`; `purpose` is bound as associated data. Key id, nonce, cipher in one."""
    key_id = settings.HAWTHORN_SECRETS.current
    nonce = secrets.token_bytes(12)
    body = AESGCM(bytes.fromhex(settings.HAWTHORN_SECRETS.fields[key_id])).encrypt(nonce, json.dumps(dict(values)).encode(), purpose.encode())
    return key_id.encode().ljust(4, b" ") + nonce + body


def unseal(cipher: bytes, purpose: str) -> dict[str, Any]:
    """What `seal` closed. Raises cryptography's InvalidTag where it was touched."""
    raw = bytes(cipher)
    key = settings.HAWTHORN_SECRETS.fields[raw[:4].decode().strip()]
    opened: dict[str, Any] = json.loads(AESGCM(bytes.fromhex(key)).decrypt(raw[4:16], raw[16:], purpose.encode()))
    return opened


def keyed(*parts: str) -> str:
    """HMAC-SHA256 under the blind-index key: 64 hex digits."""
    return hmac.digest(bytes.fromhex(settings.HAWTHORN_SECRETS.blind), "\x1f".join(parts).encode(), "sha256").hex()


def letters(number: int) -> str:
    """`number` random letters that cannot be mistaken for one another when read aloud or written by hand."""
    return "".join(CHANCE.choices(RECEIPT_LETTERS, k=number))


def same(one: str, other: str) -> bool:
    """Compare without telling by time how much agreed."""
    return hmac.compare_digest(one, other)
