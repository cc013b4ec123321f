"""Dockerfiles to facts: what the last stage exposes, checks, runs and stands on."""

from releasekit.facts.detectors import dockerfile
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.tree import of_texts


def detect(files: dict[str, str]) -> list[Fact | Finding]:
    return list(dockerfile.detect(Files(of_texts(files))))


def of(text: str, kind: str) -> list[object]:
    return [fact.value for fact in detect({"web/Dockerfile": text}) if isinstance(fact, Fact) and fact.kind == kind]


def test_ports_of_the_last_stage_and_of_what_it_is_made_from() -> None:
    text = "FROM a:1 AS base\nEXPOSE 1\nFROM b:1 AS build\nEXPOSE 2\nFROM base\n"
    text += "ENV PORT=8000\nEXPOSE ${PORT} 9000-9001/udp $X\n"
    assert of(text, "port") == [1, 8000, 9000, 9001]


def test_the_folder_is_the_scope() -> None:
    found = detect({"src/web/Dockerfile": "FROM a:1\nEXPOSE 80\n"})
    assert {(item.scope, item.source) for item in found if isinstance(item, Fact) and item.kind == "port"} == {
        ("src/web", "src/web/Dockerfile:2")
    }


def test_only_images_without_any_tag_are_unpinned() -> None:
    text = "ARG TAG=3\nFROM golang AS build\nFROM build AS more\nFROM python:${TAG}\nFROM scratch\nFROM alpine:latest\n"
    assert of(text, "image_unpinned") == ["golang"]
    assert of(text, "base_image") == ["alpine:latest"]


def test_a_base_image_that_is_an_unset_argument_is_unknown() -> None:
    assert of("ARG BASE\nFROM $BASE\n", "base_image") == []
    assert of("ARG BASE\nFROM $BASE\n", "image_unpinned") == []


def test_health_checks_and_commands_of_the_last_stage() -> None:
    text = (
        "FROM a:1 AS base\nHEALTHCHECK CMD curl http://localhost/old\n"
        'FROM base\nHEALTHCHECK --interval=5s CMD ["curl", "-f", "http://localhost:80/new"]\n'
        'USER app\nENTRYPOINT ["/entry.sh"]\nCMD serve --token=hunter2\n'
    )
    assert of(text, "healthcheck") == ["http:/new"]
    assert of(text, "start_command") == ["/entry.sh", "serve --token=***"]
    assert of(text, "user") == ["app"]
    assert of("FROM a:1\nHEALTHCHECK NONE\n", "healthcheck") == []


def test_a_check_that_cannot_fail_is_a_finding() -> None:
    found = detect({"Dockerfile": "FROM a:1\nHEALTHCHECK CMD curl -f http://localhost/ || exit 0\n"})
    assert [(item.rule, item.places) for item in found if isinstance(item, Finding)] == [
        ("health-cannot-fail", ("Dockerfile:2",))
    ]


def test_names_of_dockerfiles_and_of_what_is_none() -> None:
    text = "FROM a:1\nEXPOSE 80\n"
    names = ("Dockerfile", "Dockerfile.web", "web.Dockerfile", "Containerfile", "api.dockerfile")
    others = (
        "Dockerfile.dev",
        "Dockerfile.md",
        "tests/Dockerfile",
        ".dockerignore",
        "Dockerfile.j2",
        "Dockerfile.test",
    )
    found = detect(dict.fromkeys((*names, *others), text))
    assert {item.path for item in found if isinstance(item, Fact)} == set(names)


def test_a_broken_dockerfile_is_noted_and_the_others_are_read() -> None:
    files = Files(of_texts({"a/Dockerfile": "FRM a\n", "b/Dockerfile": "FROM a:1\nEXPOSE 80\n"}))
    assert [item.value for item in dockerfile.detect(files) if isinstance(item, Fact) and item.kind == "port"] == [80]
    assert [finding.places for finding in files.findings()] == [("a/Dockerfile:1",)]
