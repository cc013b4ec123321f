import os
import random
from pathlib import Path

import pytest

from releasekit.archive import layout
from releasekit.archive.attestation import read, sign
from releasekit.archive.keys import trusted_key
from releasekit.archive.layout import Bundle
from releasekit.archive.make import make
from releasekit.archive.places import get
from releasekit.archive.verify import Holds, Report, verify
from releasekit.archive.zipping import pack, unpack
from releasekit.errors import InputError
from tests.archive.attacks import ATTACKS, UNSIGNED, Attack
from tests.archive.conftest import Made
from tests.archive.samples import edited, ended, laid_out, rebuilt, signer, with_files
from tests.counts import count


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory, made: Made) -> Bundle:
    """A bundle of another run, signed by the same people."""
    run = ended(tmp_path_factory.mktemp("other"))
    return make(run.run, run.sources, [key.signs for key in made.keys])


def look(bundle: Bundle, made: Made) -> Report:
    return verify(bundle, [key.trusts for key in made.keys])


def holds(report: Report) -> dict[str, Holds]:
    return {check.about: check.holds for check in report.checks}


def test_a_signed_bundle_holds_in_every_respect(made: Made) -> None:
    report = look(made.bundle, made)
    assert {Holds.YES} == set(holds(report).values())
    assert (report.signed, report.said) == (True, "whole, and signed by the given keys")
    assert "signed by author.pub, approver.pub" in report.checks[-1].sentences


def test_without_keys_the_signatures_are_not_covered(made: Made) -> None:
    report = verify(made.bundle)
    assert (report.intact, report.signed) == (True, False)
    assert holds(report)["signatures"] is Holds.UNCOVERED
    assert report.said == "whole; who signed it was not checked"


def test_an_unsigned_bundle_is_said_to_be_unsigned(made: Made) -> None:
    bundle = make(made.ended.run, made.ended.sources)
    report = verify(bundle)
    assert (report.intact, report.said) == (True, "whole, and unsigned")
    assert holds(report)["signatures"] is Holds.UNCOVERED
    assert not verify(bundle, [made.author.trusts]).intact


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_is_detected(attack: Attack, made: Made, other: Bundle) -> None:
    tampered = attack(made.bundle, other)
    assert tampered.files != made.bundle.files
    assert not look(tampered, made).intact


def test_every_single_byte_that_is_changed_in_a_zip_is_detected(made: Made) -> None:
    raw, dice = pack(made.bundle.name, made.bundle.files), random.Random(8)
    undetected = []
    for _ in range(count("archive.edits")):
        at, bit = dice.randrange(len(raw)), 1 << dice.randrange(8)
        bundle = unpack(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :])
        if not bundle.problems:
            undetected.append(at)
    assert undetected == []


def test_every_single_byte_that_is_changed_in_a_folder_is_detected(made: Made) -> None:
    dice = random.Random(8)
    files = made.bundle.files
    undetected = []
    for turn in range(count("archive.edits")):
        # each file in turn, and within them any byte: most bytes are in few files
        path = sorted(files)[turn % len(files)]
        data, at = files[path], dice.randrange(len(files[path]))
        changed = data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
        if look(with_files(made.bundle, {path: changed}), made).intact:
            undetected.append((path, at))
    assert undetected == []


def test_a_signature_by_an_unknown_key_is_no_signature(made: Made, tmp_path: Path) -> None:
    stranger = signer(tmp_path, "stranger")
    report = verify(made.bundle, [stranger.trusts])
    assert not report.intact
    assert "stranger.pub did not sign this bundle" in report.checks[-1].sentences


def test_a_key_id_of_a_trusted_key_does_not_make_a_signature_of_it(made: Made, tmp_path: Path) -> None:
    stranger = signer(tmp_path, "stranger")
    payload = read(made.bundle.files[layout.ENVELOPE]).payload
    forged = sign(payload, [stranger.signs]).replace(stranger.signs.id.encode(), made.author.signs.id.encode())
    report = verify(with_files(made.bundle, {layout.ENVELOPE: forged}), [made.author.trusts])
    assert not report.intact


def test_all_rebuilt_and_signed_by_somebody_else_is_broken_for_who_knows_the_keys(made: Made, tmp_path: Path) -> None:
    stranger = signer(tmp_path, "stranger")
    forged = make(ended(tmp_path).run, made.ended.sources, [stranger.signs])
    assert verify(forged, [stranger.trusts]).signed
    assert not verify(forged, [made.author.trusts]).intact


def unsigned(bundle: Bundle) -> Bundle:
    return with_files(bundle, {layout.ENVELOPE: None, layout.SUMMARY: None})


@pytest.mark.parametrize("attack", UNSIGNED, ids=lambda attack: attack.__name__)
def test_an_attack_on_an_unsigned_bundle_is_detected_although_its_manifests_were_rebuilt(
    attack: Attack, made: Made, other: Bundle
) -> None:
    tampered = attack(unsigned(made.bundle), other)
    assert not verify(tampered).intact
    if attack.__name__ != "a_manifest_line_taken_out":
        assert not verify(rebuilt(tampered)).intact


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (layout.RUN, b'"DEPLOYED"', b'"ABANDONED"'),
        (layout.RUN, b'"commit": "aaaa', b'"commit": "baaa'),
        (layout.RUN, b'"reason": "as planned"', b'"reason": "as agreed"'),
        (layout.RUN, b'"opened_at": "2026', b'"opened_at": "2025'),
        (layout.RUN, b'"level": "B"', b'"level": "A"'),
        (layout.RUN, b'"plan": "', b'"plan": "0'),
        (layout.RUN, b'"schema"', b'"approved_by": "everybody",\n "schema"'),
        (layout.RUN, b' "run": ', b'  "run": '),
        (layout.INFO, b"Bagging-Date: 2026", b"Approved: yes\nBagging-Date: 2026"),
        (layout.PAGE, b"accepted by the shop team", b"accepted by nobody at all"),
        (layout.REPORT, b"accepted by the shop team", b"accepted by nobody at all"),
        (layout.NOTEBOOK, b"accepted by the shop team", b"accepted by nobody at all"),
        (layout.NOTEBOOK, b'"status": "deployed"', b'"status": "abandoned"'),
        (layout.NOTEBOOK, b'"source": [\n', b'"source": [\n    "1 / 0",\n'),
        (layout.FACTS, b'"start_order"', b'"order"'),
        (layout.PARAMETERS, b"environment: production", b"environment: staging"),
        (layout.PARAMETERS, b"environment: production", b"environment: production # approved"),
        (layout.HOW, b"sha256sum -c", b"true -c"),
        (layout.TEMPLATE, b'"cells"', b'"Cells"'),
        (layout.CHECKLIST, b'"status": "passed"', b'"status": "failed"'),
        (layout.CHECKLIST, b"14 tests passed", b"15 tests passed"),
        (layout.CHECKLIST, b"accepted by the shop team", b"accepted by nobody at all"),
        (layout.CHECKLIST, b'"blocked": []', b'"blocked": ["not today"]'),
        (layout.EVIDENCE, b'"verdict": "pass"', b'"verdict": "warn"'),
        (layout.EVIDENCE, b'"seq": ', b'"seq": 1'),
        ("data/evidence/0001-junit.xml", b"one", b"two"),
    ],
)
def test_a_single_change_in_an_unsigned_bundle_contradicts_the_rest_of_it(
    path: str, old: bytes, new: bytes, made: Made
) -> None:
    bare = unsigned(made.bundle)
    assert verify(bare).intact
    assert old in bare.files[path]
    report = verify(rebuilt(with_files(bare, {path: bare.files[path].replace(old, new)})))
    assert not report.intact, report.checks


def test_what_could_be_replaced_in_an_unsigned_bundle_is_named(made: Made) -> None:
    files = {"data/commands/0001-deploy.out": b"done", "data/approved.txt": b"yes"}
    old, new = b"accepted by the shop team", b"accepted by nobody at all"
    files |= {path: made.bundle.files[path].replace(old, new) for path in (layout.NOTEBOOK, layout.REPORT, layout.PAGE)}
    report = verify(rebuilt(with_files(unsigned(made.bundle), files)))
    assert report.intact
    (check,) = (check for check in report.checks if check.about == "beyond")
    assert check.holds is Holds.UNCOVERED
    said = "\n".join(check.sentences)
    for path in (*files, f"{layout.RUN}: tool, build, python, tools, secrets_replaced", layout.OWN):
        assert path in said
    assert "beyond" not in holds(look(made.bundle, made))


def test_what_another_version_would_have_worded_otherwise_is_not_covered_and_not_broken(made: Made) -> None:
    def older(about: dict[str, object]) -> None:
        about["build"] = "0" * 64

    run = edited(made.bundle.files[layout.RUN], older)
    page = made.bundle.files[layout.PAGE].replace(b"<title>", b"<title>Release: ")
    how = made.bundle.files[layout.HOW] + b"more\n"
    report = verify(rebuilt(with_files(unsigned(made.bundle), {layout.RUN: run, layout.PAGE: page, layout.HOW: how})))
    assert report.intact
    said = "\n".join(sentence for check in report.checks for sentence in check.sentences)
    assert f"{layout.PAGE} shows something else than {layout.NOTEBOOK}" in said
    assert f"{layout.HOW}: it is another one" in said


def test_a_file_beside_the_attestations_is_named_as_not_covered(made: Made) -> None:
    report = look(with_files(made.bundle, {"attestations/release.tsr": b"a time stamp"}), made)
    assert report.intact
    assert report.checks[-1].holds is Holds.UNCOVERED
    assert report.checks[-1].sentences == ("attestations/release.tsr was not looked into",)


def test_fetch_txt_is_not_followed(made: Made) -> None:
    report = look(with_files(made.bundle, {"fetch.txt": b"https://example.com/x - data/x\n"}), made)
    assert not report.intact
    assert any("none is fetched" in sentence for check in report.checks for sentence in check.sentences)


def test_what_a_folder_links_to_is_not_read(made: Made, tmp_path: Path) -> None:
    folder = laid_out(made.bundle, tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("outside")
    (folder / "data/report.md").unlink()
    (folder / "data/report.md").symlink_to(secret)
    (folder / "data/more").symlink_to(tmp_path)
    os.mkfifo(folder / "data/pipe")
    bundle = get(str(folder))
    assert b"outside" not in bundle.files.values()
    said = " ".join(bundle.problems)
    assert "data/report.md is a link" in said
    assert "data/more is a link" in said
    assert "data/pipe is a link or a special file" in said
    assert not look(bundle, made).intact


def test_rubbish_is_broken_and_no_traceback(made: Made) -> None:
    written_anew = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"}
    for path in set(made.bundle.files) - written_anew:
        for data in (b"", b"{}", b"[]\n", b"null", b"\xff\xfe", b'{"schema": 1}', b"[" * 50_000):
            assert not look(rebuilt(with_files(made.bundle, {path: data})), made).intact
    assert not verify(Bundle("", {})).intact


def test_a_renamed_bundle_is_not_the_one_that_was_archived(made: Made) -> None:
    assert not look(Bundle("shop-9.9.9-production-x", made.bundle.files), made).intact


def test_a_private_key_is_not_taken_for_a_public_one(made: Made) -> None:
    with pytest.raises(InputError, match="private key"):
        trusted_key(made.author.private)
