"""archive, sign-bundle, verify, bundles, diff, reopen, import: records that are kept, and looked at again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.runs import AsFormat, Format, Out, RunId
from releasekit.cli.store import OUT, run
from releasekit.errors import InputError

if TYPE_CHECKING:
    from releasekit.archive.layout import Bundle

Address = Annotated[str, typer.Argument(metavar="BUNDLE", help="A folder, a zip file, or an address such as s3://...")]
Base = Annotated[
    Path | None,
    typer.Option(help="Where relative paths of the parameters start, for evidence files; default: as the record says."),
]


def register(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command(epilog="Example: releasekit archive k3f9x2ab --to s3://releases/shop --sign keys/release.pem")(archive)
    app.command(
        "sign-bundle", epilog="Example: releasekit sign-bundle bundles/shop-...zip --sign keys/bob.pem --to signed"
    )(sign_bundle)
    app.command(epilog="Example: releasekit verify bundles/shop-2.4.0-production-RUN.zip --key release.pub")(verify)
    app.command(epilog="Example: releasekit bundles s3://releases/shop")(bundles)
    app.command(epilog="Example: releasekit diff bundles/shop-2.3.1-production-RUN.zip bundles/shop-2.4.0-...zip")(diff)
    app.command(epilog="Example: releasekit reopen bundles/shop-2.4.0-production-RUN.zip")(reopen)
    app.command("import", epilog="Example: releasekit import k3f9x2ab issue.md")(import_)


def archive(
    run_id: RunId,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="A folder, or s3://BUCKET/PREFIX, gs://, az://.")],
    sign: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="A private key: a PEM or DER file, or env:NAME (PEM). Several sign all."),
    ] = None,
    *,
    unpacked: Annotated[bool, typer.Option("--unpacked", help="Keep it as a folder, not as one zip file.")] = False,
    revoked: Annotated[
        bool, typer.Option("--revoked", help="What the log holds of secrets works no more: archive it all the same.")
    ] = False,
    base: Base = None,
    out: Out = OUT,
) -> None:
    """Keep a closed run as a bundle.

    It can be verified without releasekit.

    The notebook of releasekit is executed once more from the log, and no cell of anybody else. The bundle is put where
    none of its name is, never over another.

    A bucket with object lock keeps it as its default retention says; whether it does is the store's to show.
    """
    from releasekit.archive.about import remarks
    from releasekit.archive.evidence import base_of
    from releasekit.archive.keys import signing_key
    from releasekit.archive.layout import PRINTED, bundle_name
    from releasekit.archive.make import Sources, make
    from releasekit.archive.places import put, refuse_taken

    keys = [signing_key(one, os.environ) for one in sign or ()]
    found = run(run_id, out)
    state = found.state
    name = bundle_name(state.service, state.version, state.environment, state.run)
    refuse_taken(name, to, unpacked=unpacked)
    record = out / state.service / state.version / state.run
    start = base or base_of(record) or Path("parameters")
    made = make(found, Sources(os.environ, start, record), keys, revoked=revoked)
    where = put(made, to, unpacked=unpacked)
    screen.say(f"archived {where}")
    lacking = [*remarks(made.files), *([] if record.is_dir() else [f"whatever lies in {record}, which is not here"])]
    if lacking:
        screen.say(f"not in it: {'; '.join(lacking)}", style="yellow")
    if PRINTED not in made.files:
        screen.say("there is no PDF in it: Chromium is not here, or did not print it", style="yellow")
    for key in keys:
        screen.say(f"signed with the key {key.id}")
    if not keys:
        screen.say("unsigned: it shows that nothing was damaged, not who made it; sign with --sign KEY", style="yellow")


def sign_bundle(
    bundle: Address,
    sign: Annotated[list[str], typer.Option(metavar="KEY", help="A private key, as for `archive`.")],
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Where the signed one goes: not where this is.")],
    *,
    unpacked: Annotated[bool, typer.Option("--unpacked", help="Keep it as a folder, not as one zip file.")] = False,
) -> None:
    """Add a signature to a bundle that exists.

    What was signed stays as it is, and so does every earlier signature. The bundle that was read is not touched.
    """
    from releasekit.archive.keys import signing_key
    from releasekit.archive.places import get, put
    from releasekit.archive.signing import with_signatures

    keys = [signing_key(one, os.environ) for one in sign]
    where = put(with_signatures(get(bundle), keys), to, unpacked=unpacked)
    screen.say(f"kept {where}")
    for key in keys:
        screen.say(f"signed with the key {key.id}")


def verify(
    bundle: Address,
    key: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A signer's public key (PEM or DER); each must have signed."),
    ] = None,
    form: AsFormat = Format.TABLE,
) -> int:
    """Say what of a bundle holds and what does not.

    And what nothing vouches for.

    The exit status is 1 when something is broken. A bundle nobody signed can be whole: it is said to be unsigned.
    """
    from dataclasses import asdict

    from releasekit.archive.keys import trusted_key
    from releasekit.archive.places import get
    from releasekit.archive.verify import verify as look

    report = look(get(bundle), [trusted_key(one) for one in key or ()])
    if form is Format.JSON:
        screen.as_json({**asdict(report), "intact": report.intact, "signed": report.signed})
        return 0 if report.intact else 1
    screen.say(f"{report.bundle or bundle}: {report.said}", style="green" if report.intact else "red")
    for check in report.checks:
        for sentence in check.sentences:
            screen.say(f"  {check.holds:<12} {check.about:<11} {sentence}")
    return 0 if report.intact else 1


def bundles(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A folder, or s3://BUCKET/PREFIX, gs://, az://.")],
    form: AsFormat = Format.TABLE,
) -> None:
    """List the bundles at an address. None is opened: `verify` and `show` do that."""
    from dataclasses import asdict

    from releasekit.archive.places import listed

    found = listed(address)
    if form is Format.JSON:
        screen.as_json([asdict(one) for one in found])
        return
    screen.table(("bundle", "kB", "kept at", "address"), [(o.name, o.size // 1000, o.at, o.address) for o in found])


def diff(before: Address, after: Address, form: AsFormat = Format.TABLE) -> None:
    """Say what differed between two releases.

    Parameters, facts, items, evidence, metrics, people, durations. How each bundle stands is said on standard error.
    """
    from releasekit.archive.difference import as_data, differences
    from releasekit.archive.places import get

    one, other = get(before), get(after)
    for bundle in (one, other):
        _say_how_it_stands(bundle, error=True)
    found = differences(one, other)
    if form is Format.JSON:
        screen.as_json({"before": one.name, "after": other.name, "differences": as_data(found)})
        return
    screen.say(f"{len(found)} differences between {one.name} and {other.name}")
    screen.table(("about", "what", "before", "after"), [(o.about, o.what, o.before, o.after) for o in found])


def reopen(
    bundle: Address,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    port: Annotated[int | None, typer.Option(help="The port JupyterLab listens on.")] = None,
    ip: Annotated[str, typer.Option(help="The address JupyterLab listens on.")] = "",
) -> int:
    """Look at a bundle's run in JupyterLab.

    It is shown from a copy of its log: nothing can be added, nothing is kept.
    """
    import tempfile

    from releasekit.archive.places import get
    from releasekit.archive.reopening import laid_out
    from releasekit.record.jupyter import open_lab

    with tempfile.TemporaryDirectory(prefix="releasekit-") as name:
        folder = Path(name)
        _say_how_it_stands(found := get(bundle))
        notebook, store = laid_out(found, folder)
        screen.say(f"opening {notebook}, read-only; end JupyterLab with Ctrl-C")
        return open_lab(notebook, store=store, base=folder, browser=browser, port=port, ip=ip)


def import_(
    run_id: RunId,
    markdown: Annotated[Path, typer.Argument(metavar="MARKDOWN", help="The checklist as Markdown, ticked by hand.")],
    out: Out = OUT,
) -> None:
    """Read a checklist ticked elsewhere, as proposals.

    They are proposals for an open run, never answers.

    What it says is shown beside the items; nothing is answered until somebody answers it in the run.
    """
    from releasekit.document.ticked import read
    from releasekit.run.proposing import propose

    try:
        text = markdown.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"this cannot be read as text: {error}", markdown.name) from None
    found = run(run_id, out)
    plan = found.state.plan
    if plan is None:
        raise InputError(f"no plan is bound to run {found.run_id}", do="releasekit run PARAMETERS")
    said = read(text, plan)
    proposed = propose(
        found,
        {
            one.item: f"ticked in {markdown.name}, line {one.line}" + (f": {one.note}" if one.note else "")
            for one in said.ticked
        },
    )
    known = len(said.ticked) - len(proposed)
    also = f"; {known} say what the run knows" if known else ""
    screen.say(f"{len(proposed)} proposals for run {found.run_id}; nothing is ticked by them{also}")
    for line, words in said.unplaced:
        screen.say(f"  {markdown.name}:{line}: ticked, and no item of this release: {words}", style="yellow")


def _say_how_it_stands(found: "Bundle", *, error: bool = False) -> None:
    from releasekit.archive.verify import verify as look

    report = look(found)
    screen.say(f"bundle {found.name}: {report.said}", error=error, style="" if report.intact else "red")
