import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from releasekit.archive.layout import Bundle, bundle_name, file_name, path_problem
from releasekit.archive.places import get, is_bundle, listed, put
from releasekit.archive.verify import verify
from releasekit.errors import InputError, RefusedError, SourceError
from releasekit.sources import buckets
from tests.archive.conftest import Made
from tests.archive.seaweedfs import S3, real_time

OTHER = b"other bytes"


def another(bundle: Bundle) -> Bundle:
    return Bundle(bundle.name, {**bundle.files, "data/more.txt": OTHER})


@pytest.mark.parametrize("unpacked", [False, True])
def test_a_folder_keeps_a_bundle_and_gives_it_back(made: Made, tmp_path: Path, unpacked: bool) -> None:
    where = put(made.bundle, str(tmp_path / "kept"), unpacked=unpacked)
    assert get(where) == made.bundle
    assert is_bundle(where)
    (line,) = listed(str(tmp_path / "kept"))
    assert (line.name, line.address) == (made.bundle.name, where)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [Path(where).name]


def test_a_folder_is_listed_as_deep_as_a_store(made: Made, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    places_of = [put(made.bundle, str(kept / "shop" / "2026")), put(made.bundle, str(kept / "till"), unpacked=True)]
    bag = Path(places_of[1])
    for path in (kept / "shop" / ".hidden.zip", bag / "data" / "evidence" / "0001-inner.zip"):
        path.write_bytes(b"")
    (kept / "link.zip").symlink_to(places_of[0])
    (kept / "linked").symlink_to(kept / "shop")
    assert [line.address for line in listed(str(kept))] == places_of


@real_time
def test_an_endpoint_under_either_name_may_be_http(made: Made, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.environ["AWS_ENDPOINT"])
    monkeypatch.delenv("AWS_ENDPOINT")
    assert get(put(made.bundle, s3.bucket("named") + "/shop")) == made.bundle


@pytest.mark.parametrize("unpacked", [False, True])
def test_a_bundle_is_never_overwritten(made: Made, tmp_path: Path, unpacked: bool) -> None:
    where = put(made.bundle, str(tmp_path), unpacked=unpacked)
    with pytest.raises(RefusedError, match="never overwritten"):
        put(another(made.bundle), str(tmp_path), unpacked=unpacked)
    assert get(where) == made.bundle
    assert len(list(tmp_path.iterdir())) == 1


def test_of_two_who_archive_at_once_one_wins(made: Made, tmp_path: Path) -> None:
    won: list[str] = []
    lost: list[RefusedError] = []

    def archive() -> None:
        try:
            won.append(put(made.bundle, str(tmp_path)))
        except RefusedError as error:
            lost.append(error)

    threads = [threading.Thread(target=archive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert get(won[0]) == made.bundle


def test_a_zip_under_another_name_says_so(made: Made, tmp_path: Path) -> None:
    where = Path(put(made.bundle, str(tmp_path)))
    renamed = where.rename(tmp_path / "shop-9.zip")
    assert not verify(get(str(renamed))).intact


def test_what_is_no_bundle_is_said_in_one_message(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for address, said in (("nothing", "No such file"), ("empty", "this folder is empty")):
        with pytest.raises(InputError, match=said):
            get(str(tmp_path / address))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="bundles need a folder"):
        put(Bundle("b", {}), str(tmp_path / "file"))
    with pytest.raises(InputError, match="no such folder"):
        listed(str(tmp_path / "nothing"))


@real_time
def test_an_object_store_keeps_a_bundle_once(made: Made, s3: S3) -> None:
    address = s3.bucket("releases") + "/shop/2026"
    where = put(made.bundle, address)
    assert where == f"{address}/{made.bundle.name}.zip"
    with pytest.raises(RefusedError, match="the same one: a bundle is never overwritten"):
        put(made.bundle, address)
    with pytest.raises(RefusedError, match="another one: a bundle is never overwritten"):
        put(another(made.bundle), address)
    assert get(where) == made.bundle
    assert verify(get(where), [key.trusts for key in made.keys]).signed
    assert [(line.name, line.address) for line in listed(s3.bucket("releases") + "/shop")] == [
        (made.bundle.name, where)
    ]


@real_time
def test_the_store_itself_refuses_a_second_bundle_of_one_name(
    made: Made, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = s3.bucket("conditional")
    where = put(made.bundle, address)
    # what was seen before the put may be outdated when the put arrives
    monkeypatch.setattr(buckets, "_is_there", lambda *_: False)
    with pytest.raises(RefusedError, match="another one: a bundle is never overwritten"):
        put(another(made.bundle), address)
    assert get(where) == made.bundle


@real_time
def test_of_two_who_put_into_a_store_at_once_one_wins(made: Made, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    address = s3.bucket("raced")
    both = threading.Barrier(2)
    monkeypatch.setattr(buckets, "_is_there", lambda *_: both.wait(60) < 0)  # each has looked before either puts
    with ThreadPoolExecutor(2) as pool:
        puts = [pool.submit(put, bundle, address) for bundle in (made.bundle, another(made.bundle))]
    errors = [one.exception() for one in puts]
    assert sorted(type(error).__name__ for error in errors) == ["NoneType", "RefusedError"]
    won = next(one.result() for one in puts if one.exception() is None)
    assert get(won) == (made.bundle if errors[0] is None else another(made.bundle))


@real_time
def test_a_store_with_object_lock_does_not_give_a_bundle_up(made: Made, s3: S3) -> None:
    address = s3.bucket("locked", locked=True)
    where = put(made.bundle, address)
    name = where.removeprefix("s3://")
    versions = s3.ask("GET", "locked", query={"versions": ""})[1].decode()
    version = versions.partition("<VersionId>")[2].partition("</VersionId>")[0]
    assert version
    assert s3.ask("DELETE", name, query={"versionId": version})[0] == 403
    assert get(where) == made.bundle


@real_time
def test_stores_that_refuse_or_do_not_answer_are_one_message(
    made: Made, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = s3.bucket("refused")
    for missing in (f"{address}/none.zip", "s3://no-such-bucket/none.zip"):
        with pytest.raises(InputError, match="there is no such bucket"):
            get(missing)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "quite-another-secret")
    with pytest.raises(SourceError, match="refuses access") as refused:
        put(made.bundle, address)
    assert "quite-another-secret" not in str(refused.value)
    with pytest.raises(InputError, match="holds no credentials"):
        put(made.bundle, "s3://key:secret@releases/shop")
    with pytest.raises(InputError, match="one file"):
        put(made.bundle, address, unpacked=True)


def test_names_say_whose_a_bundle_is_and_hold_nothing_else() -> None:
    assert bundle_name("shop", "2.4.0+build 7", "production", "run1") == "shop-2.4.0-build-7-production-run1"
    assert path_problem(bundle_name("s" * 90, "v" * 90, "e" * 90, "20261123-074915-kfc07hjw") + ".zip") == ""
    assert file_name("../ci/unit tests.xml") == "unit-tests.xml"
    assert path_problem(file_name("-rf")) == path_problem(file_name("...")) == ""
