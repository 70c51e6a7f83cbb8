# SPDX-License-Identifier: GPL-2.0-or-later
"""Key pairs of the hosts, for scenarios that authenticate by raw public keys."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

_FOLDER = Path("/tmp/scenario-keys")
_TYPES = {"RSA": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"], "ECDSA": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}
_PLACE = re.compile(r"%(WEST|EAST|NORTH|SOUTH|ROAD)_(RSA|ECDSA)(_CKAID)?%")


def mentioned(text: str) -> bool:
    """Whether a configuration has a place for a key: %WEST_RSA%, %EAST_ECDSA_CKAID%, ..."""
    return _PLACE.search(text) is not None


def fill(text: str) -> str:
    """Puts the keys into their places: as `leftrsasigkey=` and `leftecdsakey=` have them, or their CKAIDs."""
    return _PLACE.sub(lambda match: _text(match.group(1), match.group(2), bool(match.group(3))), text)


def _text(host: str, kind: str, ckaid: bool) -> str:
    public = _public(host, kind)
    if kind == "ECDSA":
        # The point stands at the end: its mark and two coordinates of 32 octets.
        point = public[-65:]
        return hashlib.sha1(point).hexdigest() if ckaid else "0s" + base64.b64encode(point[1:]).decode()
    modulus, exponent = _numbers(public)
    if ckaid:
        return hashlib.sha1(modulus).hexdigest()
    return "0s" + base64.b64encode(bytes([len(exponent)]) + exponent + modulus).decode()


def _numbers(info: bytes) -> tuple[bytes, bytes]:
    """Modulus and exponent of a SubjectPublicKeyInfo."""
    start = info.index(bytes.fromhex("2a864886f70d010101")) + 11  # behind the algorithm
    _, _, bits = _element(info, start)
    _, _, numbers = _element(bits[1:], 0)
    end, _, modulus = _element(numbers, 0)
    _, _, exponent = _element(numbers, end)
    return modulus.lstrip(b"\0"), exponent.lstrip(b"\0")


def _element(der: bytes, at: int) -> tuple[int, int, bytes]:
    """One DER element: where it ends, its tag, its content."""
    length, content = der[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, content = int.from_bytes(der[content : content + count], "big"), content + count
    return content + length, der[at], der[content : content + length]


def _public(host: str, kind: str) -> bytes:
    return subprocess.run(
        ["openssl", "pkey", "-in", private_key(host, kind), "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout


def private_key(host: str, kind: str) -> Path:
    """The PEM file of a host's key pair; made when it is first asked for, so all implementations share it."""
    file = _FOLDER / f"{host.lower()}-{kind.lower()}.pem"
    if not file.exists():
        _FOLDER.mkdir(exist_ok=True)
        _run("openssl", "genpkey", *_TYPES[kind], "-out", file)
    return file


def public_key(host: str, kind: str) -> Path:
    """The PEM file of the public half."""
    file = _FOLDER / f"{host.lower()}-{kind.lower()}.pub"
    if not file.exists():
        _run("openssl", "pkey", "-in", private_key(host, kind), "-pubout", "-out", file)
    return file


def database(host: str, empty: Path) -> Path:
    """An NSS database with the host's key pairs and no certificates."""
    folder = _FOLDER / f"nss-{host.lower()}"
    if not folder.exists():
        shutil.copytree(empty, folder)
        for kind in _TYPES:
            _import(folder, host, kind)
    return folder


def _import(folder: Path, host: str, kind: str) -> None:
    """NSS's tools take a key only with a certificate, which may go again."""
    name = f"{host.lower()}-{kind.lower()}"
    key, certificate, bundle = private_key(host, kind), _FOLDER / f"{name}.crt", _FOLDER / f"{name}.p12"
    _run("openssl", "req", "-x509", "-new", "-key", key, "-subj", f"/CN={name}", "-days", "30", "-out", certificate)
    _run("openssl", "pkcs12", "-export", "-inkey", key, "-in", certificate, "-name", name, "-passout", "pass:", "-out", bundle)
    _run("pk12util", "-i", bundle, "-d", f"sql:{folder}", "-W", "")
    _run("certutil", "-D", "-n", name, "-d", f"sql:{folder}")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
