"""Which tags are versions, of what, and in which order."""

import pytest

from releasekit.sources.tags import newest, parse


@pytest.mark.parametrize(
    ("name", "numbers", "of", "final"),
    [
        ("v1.2.3", (1, 2, 3, 0), "", True),
        ("1.2", (1, 2, 0, 0), "", True),
        ("release-4.5.6", (4, 5, 6, 0), "", True),
        ("release/4.5", (4, 5, 0, 0), "", True),
        ("web/v1.2.3", (1, 2, 3, 0), "web", True),
        ("services/web/v1.2.3", (1, 2, 3, 0), "services/web", True),
        ("@acme/web@1.2.3", (1, 2, 3, 0), "@acme/web", True),
        ("web-1.2.3-rc.1", (1, 2, 3, 0), "web", False),
        ("1.2.3rc1", (1, 2, 3, 0), "", False),
        ("1.2.3-4.5", (1, 2, 3, 0), "", False),
        ("1.2.3.post1", (1, 2, 3, 0), "", True),
        ("v1.2.3+build.7", (1, 2, 3, 0), "", True),
        ("1.0.0.RELEASE", (1, 0, 0, 0), "", True),
        ("2026.11.24", (2026, 11, 24, 0), "", True),
    ],
)
def test_tags_of_versions(name: str, numbers: tuple[int, ...], of: str, final: bool) -> None:
    tag = parse(name)
    assert tag is not None
    assert (tag.numbers, tag.of, tag.final) == (numbers, of, final)


@pytest.mark.parametrize("name", ["v5", "latest", "build-123", "2026-11-24", "v1.2.x", "", "1.2.3" * 100])
def test_tags_of_nothing(name: str) -> None:
    assert parse(name) is None


def test_versions_sort_by_number_and_preliminary_ones_before_the_final_one() -> None:
    names = ["v1.10.0", "v1.9.0", "v1.10.0-rc.2", "v1.10.0-rc.10", "v1.10.0-alpha.1", "v1.10.0-beta", "v1.10.0.post1"]
    tags = sorted(tag for name in names if (tag := parse(name)))
    assert [tag.name for tag in tags] == [
        "v1.9.0",
        "v1.10.0-alpha.1",
        "v1.10.0-beta",
        "v1.10.0-rc.2",
        "v1.10.0-rc.10",
        "v1.10.0",
        "v1.10.0.post1",
    ]


@pytest.mark.parametrize(
    ("names", "service", "path", "wanted"),
    [
        (["v1.0.0", "v2.0.0-rc.1", "latest"], "", ".", "v1.0.0"),
        (["v2.0.0-rc.1", "v2.0.0-beta.1"], "", ".", "v2.0.0-rc.1"),
        (["v9.0.0", "web/v1.2.0", "web/v1.3.0", "api/v5.0.0"], "web", ".", "web/v1.3.0"),
        (["v9.0.0", "services/web/v1.2.0"], "shop-web", "services/web", "services/web/v1.2.0"),
        (["v9.0.0", "api/v5.0.0"], "web", "services/web", "v9.0.0"),
        (["shop-1.0.0", "shop-1.1.0"], "web", ".", "shop-1.1.0"),
        (["shop-1.0.0", "api-1.1.0"], "web", ".", None),
        ([], "", ".", None),
    ],
)
def test_the_newest_tag_is_that_of_the_service_when_there_are_such(
    names: list[str], service: str, path: str, wanted: str | None
) -> None:
    assert newest(names, service, path) == wanted
