"""What somebody may do to a bundle, each as a function of the bundle and of another run's; none knows a private key."""

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from releasekit.archive import layout
from releasekit.archive.layout import Bundle
from tests.archive.samples import edited, rebuilt, with_files

Attack = Callable[[Bundle, Bundle], Bundle]


def a_file_added(bundle: Bundle, _other: Bundle) -> Bundle:
    return with_files(bundle, {"data/evidence/0009-approved.txt": b"approved by everybody\n"})


def a_file_removed(bundle: Bundle, _other: Bundle) -> Bundle:
    return with_files(bundle, {layout.PAGE: None})


def a_file_renamed(bundle: Bundle, _other: Bundle) -> Bundle:
    return with_files(bundle, {layout.REPORT: None, "data/report2.md": bundle.files[layout.REPORT]})


def the_tail_of_the_log_cut(bundle: Bundle, _other: Bundle) -> Bundle:
    lines = bundle.files[layout.EVENTS].splitlines(keepends=True)
    return rebuilt(with_files(bundle, {layout.EVENTS: b"".join(lines[:-2])}))


def events_in_another_order(bundle: Bundle, _other: Bundle) -> Bundle:
    lines = bundle.files[layout.EVENTS].splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    return rebuilt(with_files(bundle, {layout.EVENTS: b"".join(lines)}))


def an_event_changed_and_the_chain_made_anew(bundle: Bundle, _other: Bundle) -> Bundle:
    prev, lines = "0" * 64, []
    for line in bundle.files[layout.EVENTS].splitlines():
        event = json.loads(line)
        event["prev"] = prev
        if event["kind"] == "item.ticked":
            event["actor"] = "mallory"
        lines.append(json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
        prev = sha256(lines[-1]).hexdigest()

    def head(about: dict[str, Any]) -> None:
        about["log"] = {**about["log"], "head": prev}

    run = edited(bundle.files[layout.RUN], head)
    return rebuilt(with_files(bundle, {layout.EVENTS: b"".join(line + b"\n" for line in lines), layout.RUN: run}))


def a_result_changed_and_the_manifests_rebuilt(bundle: Bundle, _other: Bundle) -> Bundle:
    def better(about: dict[str, Any]) -> None:
        about["result"], about["closed_by"] = "ROLLED_BACK", "somebody else"

    return rebuilt(with_files(bundle, {layout.RUN: edited(bundle.files[layout.RUN], better)}))


def a_page_changed_and_the_manifests_rebuilt(bundle: Bundle, _other: Bundle) -> Bundle:
    return rebuilt(with_files(bundle, {layout.PAGE: bundle.files[layout.PAGE].replace(b"alice", b"carol")}))


def the_attestation_of_another_run(bundle: Bundle, other: Bundle) -> Bundle:
    return with_files(bundle, {path: other.files[path] for path in (layout.ENVELOPE, layout.SUMMARY)})


def the_log_of_another_run(bundle: Bundle, other: Bundle) -> Bundle:
    return rebuilt(with_files(bundle, {layout.EVENTS: other.files[layout.EVENTS]}))


def the_signatures_taken_out(bundle: Bundle, _other: Bundle) -> Bundle:
    return with_files(bundle, {layout.ENVELOPE: None, layout.SUMMARY: None})


def one_signature_in_place_of_both(bundle: Bundle, _other: Bundle) -> Bundle:
    def twice(envelope: dict[str, Any]) -> None:
        first = envelope["signatures"][0]
        envelope["signatures"] = [first, first]

    return _envelope(bundle, twice)


def a_payload_of_another_type(bundle: Bundle, _other: Bundle) -> Bundle:
    return _envelope(bundle, lambda envelope: envelope.update(payloadType="application/json"))


def the_statement_edited(bundle: Bundle, _other: Bundle) -> Bundle:
    def edit(envelope: dict[str, Any]) -> None:
        said = base64.b64decode(str(envelope["payload"])).replace(b'"alice"', b'"carol"')
        envelope["payload"] = base64.b64encode(said).decode()

    return _envelope(bundle, edit)


def a_manifest_line_taken_out(bundle: Bundle, _other: Bundle) -> Bundle:
    lines = bundle.files[layout.MANIFEST].splitlines(keepends=True)
    return with_files(bundle, {layout.MANIFEST: b"".join(lines[1:])})


def _envelope(bundle: Bundle, change: Callable[[dict[str, Any]], None]) -> Bundle:
    said = json.loads(bundle.files[layout.ENVELOPE])
    change(said)
    line = json.dumps(said, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    return with_files(bundle, {layout.ENVELOPE: line})


ATTACKS: tuple[Attack, ...] = (
    a_file_added,
    a_file_removed,
    a_file_renamed,
    the_tail_of_the_log_cut,
    events_in_another_order,
    an_event_changed_and_the_chain_made_anew,
    a_result_changed_and_the_manifests_rebuilt,
    a_page_changed_and_the_manifests_rebuilt,
    the_attestation_of_another_run,
    the_log_of_another_run,
    the_signatures_taken_out,
    one_signature_in_place_of_both,
    a_payload_of_another_type,
    the_statement_edited,
    a_manifest_line_taken_out,
)

# what somebody can do to a bundle that nobody signed, who rebuilds its manifests as well
UNSIGNED: tuple[Attack, ...] = (
    a_file_added,
    a_file_removed,
    a_file_renamed,
    the_tail_of_the_log_cut,
    events_in_another_order,
    an_event_changed_and_the_chain_made_anew,
    a_result_changed_and_the_manifests_rebuilt,
    a_page_changed_and_the_manifests_rebuilt,
    the_log_of_another_run,
    a_manifest_line_taken_out,
)
