"""A place is a folder or a prefix of an object store, and both do the same."""

import json
import pickle
from pathlib import Path

import pytest

from releasekit.errors import InputError, SourceError
from releasekit.record.place import Bucket, Folder, Place, at
from tests.archive.seaweedfs import S3, SECRET, real_time


@pytest.fixture(params=["folder", pytest.param("bucket", marks=real_time)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place of each kind."""
    if request.param == "folder":
        return at(str(tmp_path / "kept" / "here"))
    s3: S3 = request.getfixturevalue("s3")
    return at(s3.bucket("places") + f"/{tmp_path.name}/here")


def test_an_address_is_no_folder(tmp_path: Path) -> None:
    assert at("s3://releases/train") == Bucket("s3://releases/train")
    assert at("reports") == Folder(Path("reports"))
    assert at("s3://releases/train/").below("shop", "1.0").name == "s3://releases/train/shop/1.0"
    assert at("gs://releases").below("shop").name == "gs://releases/shop"


def test_what_is_written_is_read_again_and_replaced_as_a_set(place: Place) -> None:
    place.usable()
    assert place.write({"b.html": "é", "a.json": "{}"}) == (place.below("b.html").name, place.below("a.json").name)
    place.write({"b.html": "new", "a.json": "[]"})
    assert (place.read("b.html"), place.read("a.json"), place.read("c")) == (b"new", b"[]", None)
    assert (place.holds("a.json"), place.holds("c")) == (True, False)
    assert place.below("shop", "1.0").read("a.json") is None


def test_one_file_is_created_once(place: Place) -> None:
    assert place.create("one.zip", b"1") == place.below("one.zip").name
    with pytest.raises(FileExistsError):
        place.create("one.zip", b"2")
    assert place.read("one.zip") == b"1"


def test_what_is_kept_beside_stays_from_one_time_to_the_next(place: Place, tmp_path: Path) -> None:
    for turn in range(2):
        with place.working("evidence/index.json") as folder:
            assert folder.name == "here"
            index = folder / "evidence" / "index.json"
            before = json.loads(index.read_text()) if index.exists() else []
            assert before == list(range(turn))
            index.parent.mkdir(exist_ok=True)
            index.write_text(json.dumps([*before, turn]))
            (index.parent / f"{turn}.xml").write_text("<p>")
    (tmp_path / "secret").write_text("of this machine")
    with place.working("evidence/index.json") as folder:
        (folder / "evidence" / "link.xml").symlink_to(tmp_path / "secret")
        if isinstance(place, Folder):
            (folder / "evidence" / "link.xml").unlink()
    beside = place.below("evidence")
    assert [beside.read(name) for name in ("0.xml", "1.xml", "index.json")] == [b"<p>", b"<p>", b"[0, 1]"]
    assert not beside.holds("link.xml")


@real_time
def test_an_object_store_gets_nothing_of_what_did_not_end(s3: S3) -> None:
    place = Bucket(s3.bucket("undone") + "/r")

    def worked() -> None:
        with place.working("evidence/index.json") as folder:
            (folder / "evidence").mkdir()
            (folder / "evidence" / "index.json").write_text("[]")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worked()
    assert s3.objects("undone") == {}


@real_time
def test_a_browser_is_told_what_a_record_is_and_of_evidence_nothing(s3: S3) -> None:
    import obstore
    from obstore.store import S3Store

    place = Bucket(s3.bucket("kinds"))
    place.write({"release.html": "<p>", "release.md": "#", "release.json": "{}"})
    with place.working("evidence/index.json") as folder:
        (folder / "evidence").mkdir()
        for name in ("index.json", "0001-report.html"):
            (folder / "evidence" / name).write_text("<script>")
    store = S3Store("kinds", client_options={"allow_http": True})

    def kind(name: str, about: str = "Content-Type") -> str | None:
        return obstore.get(store, name).attributes.get(about)

    assert kind("release.html") == "text/html; charset=utf-8"
    assert kind("release.md") == "text/markdown; charset=utf-8"
    assert kind("release.json") == "application/json"
    assert kind("evidence/0001-report.html", "Content-Disposition") == "attachment"
    assert kind("release.html", "Content-Disposition") is None


@real_time
def test_a_place_that_is_sent_elsewhere_takes_no_credentials_along(s3: S3) -> None:
    place = Bucket(s3.bucket("sent"))
    place.usable()
    assert SECRET.encode() not in pickle.dumps(place)
    assert pickle.loads(pickle.dumps(place)) == place
    assert s3.objects("sent") == {}


@real_time
def test_a_place_that_cannot_be_used_is_one_message(tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    for name, said in (("file", "this is a file"), ("file/below", "cannot be made")):
        with pytest.raises(InputError, match=said):
            Folder(tmp_path / name).usable()
    with pytest.raises(InputError, match="there is no such bucket"):
        Bucket("s3://never-made/x").usable()
    with pytest.raises(InputError, match="cannot be read"):
        Folder(tmp_path).read(".")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "quite-another-secret")
    with pytest.raises(SourceError, match="refuses access") as refused:
        Bucket(s3.bucket("places")).usable()
    assert "quite-another-secret" not in str(refused.value)
