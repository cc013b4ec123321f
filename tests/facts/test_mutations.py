"""Damaged deployment files: read as far as they go, or one finding; never an exception, never a hang."""

import random

from releasekit.facts.detectors import compose, dockerfile, fly, procfile, proxies, render, systemd
from releasekit.facts.files import Files
from releasekit.tree import of_texts
from tests.counts import count

TEXTS = {
    "compose.yaml": """include: [other.yaml]
x-base: &base {image: "a/b:${TAG:-1}", environment: [A=1, "SECRET_KEY=${KEY:?set}"]}
services:
  web:
    <<: *base
    extends: {service: job}
    build: {context: ., dockerfile: Dockerfile, target: final, args: {V: "${V}"}}
    ports: ["80:8000", {target: 9000}]
    volumes: ["data:/data", {type: bind, source: ., target: /x}]
    depends_on: {job: {condition: service_completed_successfully}}
    healthcheck: {test: ["CMD", "curl", "http://localhost/health"]}
    deploy: {replicas: 2, labels: ["traefik.http.routers.a.rule=Host(`a.org`)"]}
    env_file: [{path: .env}]
  job: {image: "postgres:18", command: ["a", "b"], ports: !reset []}
volumes: {data: }
""",
    ".env": "TAG=2\nKEY='x'\nV=${TAG}-${NONE:-d}\n",
    "Dockerfile": "ARG V=1\nFROM a:${V} AS base\nEXPOSE 80\nFROM base AS final\nRUN <<E\nx\nE\nHEALTHCHECK CMD a\n",
    "render.yaml": "services:\n- {type: web, name: a, envVars: [{key: A, fromDatabase: {name: d}}]}\n",
    "fly.toml": 'app = "a"\n[http_service]\ninternal_port = 80\n[[http_service.checks]]\npath = "/"\n',
    "Procfile": "web: a\nrelease: b\n",
    "a.service": "[Service]\nExecStart=/a \\\n  b\nEnvironment=A=b\n",
    "Caddyfile": "a.org, {$B:c.org} {\n  reverse_proxy d:80\n}\n",
}
PIECES = [
    *"{}[]$:#&*!\"'\n\t-=<>|\\",
    "${",
    ": ",
    "- ",
    "<<: *base\n",
    "!override ",
    "null",
    "é",
    "\x00",
    "FROM ",
    "<<E\n",
]


def damaged(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 5)):
        at, kind = chance.randrange(len(text) + 1), chance.random()
        if kind < 0.5:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif kind < 0.8:
            text = text[:at] + text[at + chance.randint(1, 20) :]
        else:
            other = chance.randrange(len(text) + 1)
            text = text[:at] + text[other : other + chance.randint(1, 40)] + text[at:]
    return text


def test_damaged_files_never_raise() -> None:
    chance = random.Random(20)
    detectors = (compose, dockerfile, render, fly, procfile, systemd, proxies)
    for _ in range(count("syntax.mutations")):
        name = chance.choice(list(TEXTS))
        files = Files(of_texts({**TEXTS, name: damaged(TEXTS[name], chance)}))
        said = [item for detector in detectors for item in detector.detect(files)]
        assert said or files.unread, name
