"""What has happened when the pipeline stops half way, and whether it can be started again, as far as its lines tell."""

from collections.abc import Iterator

from releasekit.checklist.context import Context, about
from releasekit.checklist.model import Detail
from releasekit.checklist.pipelines import Run
from releasekit.facts.model import Fact

_SHOWN = 4


def halfway(c: Context) -> Iterator[Detail]:
    """From which line on production has changed, what a second run does, and which lines may not run twice."""
    run = c.run
    if run is None or run.several:
        return
    own = [line for line in run.lines if line.rule != "called"]
    changing = next((line for line in own if _changes(line)), None)
    if changing is not None:
        text = "If it stops before this line, nothing has changed in production: mend it, and start it again."
        yield about(changing, text, code=str(changing.value))
    migrating, deploying = run.of("migrate"), run.of("deploy")
    old = c.release.old or "the version before"
    if migrating and deploying and run.lines.index(migrating[0]) < run.lines.index(deploying[0]):
        text = f"If it stops between this line and the deploy, the schema can be new, and {old} serves on it."
        yield about(migrating[0], text, code=str(migrating[0].value), warns=True)
    if deploying:
        text = f"If it stops in this line or later, {old} and {c.release.new} can both run: see first what runs."
        yield about(deploying[-1], f"{text}{_undone(deploying)}", code=str(deploying[-1].value), warns=True)
    yield from _again(run)


def _changes(line: Fact) -> bool:
    """Whether a line can change production: it migrates or deploys, prepares more than a look, or is not understood."""
    looks = any(word in str(line.value).split() for word in ("init", "plan", "preview", "diff"))
    return line.name in {"migrate", "deploy", "other"} or (line.name == "provision" and not looks)


def _undone(deploying: tuple[Fact, ...]) -> str:
    """What a tool undoes by itself when it fails (helm.sh/docs/helm/helm_upgrade: --atomic)."""
    if any("helm" in str(line.value) and "--atomic" in str(line.value) for line in deploying):
        return " Helm goes back by itself when it fails (--atomic)."
    return ""


def _again(run: Run) -> Iterator[Detail]:
    for fact in run.alone:
        if fact.value == "cancels":
            text = f"A second run cancels the first where it stands (concurrency group {fact.name})."
            yield about(fact, text, warns=True)
        else:
            yield about(fact, f"A second run waits until the first has ended (group {fact.name}).")
    unknown = [line for line in run.of("other") if line.rule != "called"]
    for line in unknown[:_SHOWN]:
        yield about(
            line, "Started again, this line runs twice; whether that is safe is not known:", code=str(line.value)
        )
    if unknown[_SHOWN:]:
        yield Detail(f"So do {len(unknown) - _SHOWN} more lines that are not understood.")
    if not unknown and not run.of("migrate"):
        yield Detail("Each of its lines can run twice: it can be started again.")
    elif not unknown:
        yield Detail("It can be started again; its migration tool has to leave out what it has done already.")
