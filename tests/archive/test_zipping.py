import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.archive import zipping
from releasekit.archive.layout import paths_problems
from releasekit.archive.zipping import pack, unpack

FILES = {"bagit.txt": b"BagIt", "data/a.txt": b"words " * 500, "data/b/c.bin": bytes(range(256)), "data/empty": b""}


def theirs(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    """A zip as Python's own library writes it."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return raw.getvalue()


def test_what_was_packed_is_unpacked_and_other_programs_read_the_same() -> None:
    raw = pack("shop-1", FILES)
    bundle = unpack(raw)
    assert (bundle.name, bundle.files, bundle.problems) == ("shop-1", FILES, ())
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {f"shop-1/{p}": d for p, d in FILES.items()}


def test_the_order_in_which_files_are_given_does_not_matter() -> None:
    assert pack("b", dict(reversed(FILES.items()))) == pack("b", FILES)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x",
        "/etc/passwd",
        "b/..",
        "b/../x",
        "b\\x",
        "C:\\x",
        "b/a b",
        "b/a\nb",
        "b/-rf",
        "b/.git/config",
        "b/é",
        "b//x",
        "b/",
        "b/x.",
        "b/" + "n" * 101,
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    bundle = unpack(theirs([(name, b"data")]))
    assert bundle.problems
    assert not any(".." in path or path.startswith("/") for path in bundle.files)
    assert list(paths_problems([name]))


def test_links_duplicates_and_names_that_differ_in_case_are_refused() -> None:
    link = zipfile.ZipInfo("b/link")
    link.external_attr = 0o120777 << 16
    assert unpack(theirs([(link, b"/etc/passwd")])).problems
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = theirs([("b/x", b"1"), ("b/x", b"2")])
    assert unpack(twice).problems
    assert list(paths_problems(["b/x", "b/x"])) == ["'b/x' is there twice"]
    assert list(paths_problems(["b/Readme", "b/README"])) == ["'b/README' and 'b/Readme' differ in case"]
    assert list(paths_problems(["b/x", "b/x/y"])) == ["'b/x/y' lies below a file"]


def test_a_bomb_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipping, "LARGEST", 1 << 20)
    assert "more than 1 MB" in unpack(pack("b", {"data/x": bytes(2 << 20)})).problems[0]
    # an entry that says it is small and is not
    raw = pack("b", {"data/x": bytes(1 << 20)})
    size = (1 << 20).to_bytes(4, "little")
    lied = raw.replace(size, (10).to_bytes(4, "little"))
    assert "another length" in unpack(lied).problems[0]


def test_bytes_before_between_and_after_are_refused() -> None:
    raw = pack("b", FILES)
    assert unpack(b"#!/bin/sh\n" + raw).problems
    assert unpack(raw + b"\n").problems
    assert unpack(raw[:-1]).problems
    assert unpack(raw[: len(raw) // 2]).problems
    assert unpack(b"").problems
    assert unpack(b"PK\3\4").problems


def test_a_directory_that_lists_other_files_than_the_entries_is_refused() -> None:
    raw = pack("b", {"data/a": b"1", "data/b": b"2"})
    at = raw.index(b"PK\1\2")
    assert unpack(raw[:at] + raw[at:].replace(b"data/b", b"data/c")).problems


def test_files_outside_of_one_folder_are_refused() -> None:
    one, other = pack("one", {"x": b"1"}), pack("two", {"x": b"1"})
    assert one != other
    assert unpack(theirs([("x", b"1")])).problems


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=300), min_size=1))
def test_any_files_come_back_as_they_were(files: dict[str, bytes]) -> None:
    if not list(paths_problems(files)):
        bundle = unpack(pack("b", files))
        assert (bundle.files, bundle.problems) == (files, ())


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    assert unpack(raw).problems
    assert unpack(b"PK\3\4" + raw).problems


def test_stored_and_deflated_have_the_same_check_sum() -> None:
    raw = pack("b", {"x": b"\x00\xff\x13"})
    assert zlib.crc32(b"\x00\xff\x13").to_bytes(4, "little") in raw
