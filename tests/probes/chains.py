"""Certificates of an authority of the tests' own, made by openssl: good, expired, misnamed, without its issuer."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

CONFIG = """
[ca]
default_ca = one
[one]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[req]
distinguished_name = name
[name]
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True, slots=True)
class Chains:
    """The authority's root (``trusted``, a file) and servers' files: chain and key, by what is the matter with them."""

    trusted: Path
    servers: dict[str, tuple[Path, Path]]


def make(folder: Path) -> Chains:
    """Make a root, an intermediate authority and a server's certificate for each case."""
    (folder / "config").write_text(CONFIG)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("1000\n")
    root = ["req", "-x509", *KEY, "-keyout", "root.key", "-out", "root.pem", "-days", "3650", "-subj", "/CN=Test Root"]
    _openssl(folder, *root, "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _sign(folder, "middle", "root", "Test Authority", ("-days", "3000", "-extensions", "authority"))
    chain = (folder / "middle.pem").read_bytes()
    servers = {}
    # OpenSSL goes by the machine's clock, a judge by the clock that a test gives it: these hold by both
    valid = ("-days", "36500")
    old = ("-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
    for name, host, dates in (
        ("good", "localhost", valid),
        ("expired", "localhost", old),
        ("wrong-name", "other.example", valid),
        ("incomplete", "localhost", valid),
    ):
        _sign(folder, name, "middle", host, dates, f"subjectAltName=DNS:{host}")
        own = (folder / f"{name}.pem").read_bytes()
        (folder / f"{name}.chain").write_bytes(own if name == "incomplete" else own + chain)
        servers[name] = (folder / f"{name}.chain", folder / f"{name}.key")
    return Chains(folder / "root.pem", servers)


def _sign(folder: Path, name: str, by: str, subject: str, rest: tuple[str, ...], names: str = "") -> None:
    request = ["req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}"]
    _openssl(folder, *request, *(("-addext", names) if names else ()))
    signed = ["ca", "-batch", "-config", "config", "-cert", f"{by}.pem", "-keyfile", f"{by}.key", "-notext"]
    _openssl(folder, *signed, "-in", f"{name}.csr", "-out", f"{name}.pem", *rest)


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)
