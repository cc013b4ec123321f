"""Jobs that a program or its own configuration starts on a schedule. Platforms and CI have others.

What repeats after a delay alone (every thirty seconds) is a loop of the program and no scheduled job.
"""

import re
from collections.abc import Iterator

from releasekit.facts.code import kept, line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects import timetables
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_CRON = r"(?:[\d*,/?LW#-]+|[A-Z]{3}(?:[-,][A-Z]{3})*)(?:\s+(?:[\d*,/?LW#-]+|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*)){4,6}"
_SHORT = r"@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)"
_WHEN = rf"[\"'`](?P<when>{_CRON}|{_SHORT})[\"'`]"
# (endings, hint, a call or an annotation with its schedule and, where it says one, the job's name)
_CALLS: tuple[tuple[tuple[str, ...], str, Expression], ...] = (
    (
        (".java", ".kt", ".scala"),
        "@Scheduled",
        Expression(
            r"(?P<method>@Scheduled)\(\s*(?:[^()\"]{0,200}?\bcron\s*=\s*)?"
            rf"(?:\"\$\{{[\w.-]{{1,100}}:(?P<given>{_CRON})\}}\"|{_WHEN})[^\n]*"
        ),
    ),
    ((".ts", ".js", ".mjs"), "@Cron", Expression(rf"(?P<method>@Cron)\(\s*{_WHEN}[^\n]*")),
    (
        (".ts", ".js", ".mjs", ".cjs"),
        "schedule",
        Expression(
            r"\b(?:cron|schedule|scheduler|nodeCron|nodeSchedule)\w{0,20}\.(?:schedule|scheduleJob)\(\s*"
            r"(?:[\"'](?P<name>[\w :.-]{1,80})[\"']\s*,\s*)?"
            rf"{_WHEN}(?:\s*,\s*(?:async\s*)?(?P<does>[\w.]{{1,80}})\b(?!\s*(?:=>|\()))?"
        ),
    ),
    (
        (".ts", ".js", ".mjs", ".cjs"),
        "CronJob",
        Expression(
            rf"\bnew (?:\w+\.)?CronJob\(\s*{_WHEN}(?:\s*,\s*(?:async\s*)?(?P<does>[\w.]{{1,80}})\b(?!\s*(?:=>|\()))?"
        ),
    ),
    (
        (".go",),
        "cron",
        Expression(rf"\.(?:AddFunc|AddJob|Cron)\(\s*{_WHEN}(?:\s*,\s*(?:&?(?P<does>[\w.]{{1,80}})))?"),
    ),
    (
        (".rb",),
        "cron",
        Expression(
            rf"(?:^|[{{,])\s*:?[\"']?(?P<name>\w{{1,80}})[\"']?\s*(?::|=>)\s*\{{[^{{}}]{{0,300}}?\bcron[\"']?\s*(?::|=>)\s*{_WHEN}",
            re.MULTILINE,
        ),
    ),
    (
        (".php",),
        "schedule",
        Expression(
            rf"(?:\$schedule->|Schedule::)(?:command|job|call)\(\s*(?:new\s+)?[\"']?(?P<name>[\w:\\-]{{1,80}})[^;]{{0,300}}?->cron\({_WHEN}"
        ),
    ),
    (
        (".php",),
        "schedule",
        Expression(
            r"(?:\$schedule->|Schedule::)(?:command|job)\(\s*(?:new\s+)?[\"']?(?P<name>[\w:\\-]{1,80})(?:(?!->cron)[^;]){0,200}?"
            r"->(?P<when>(?:hourly|daily|weekly|monthly|quarterly|yearly|twiceDaily|every\w{1,30})(?:At|On)?\([^()]{0,60}\))"
        ),
    ),
    (
        (".ex", ".exs"),
        "cron",
        Expression(rf"\{{\s*{_WHEN}\s*,\s*(?P<does>[A-Z][\w.]{{1,80}})"),
    ),
    (
        (".cs",),
        "AddOrUpdate",
        Expression(
            r"\bAddOrUpdate(?:<[\w.]{1,80}>)?\(\s*\"(?P<name>[\w .:-]{1,80})\"[^;]{0,300}?"
            rf"(?:{_WHEN}|\bCron\.(?P<rule>\w{{1,30}}(?:\([^()]{{0,40}}\))?))"
        ),
    ),
    ((".rs",), "Job::new", Expression(rf"\bJob::new\w{{0,12}}\(\s*{_WHEN}")),
)
# sidekiq-cron, sidekiq-scheduler, resque-scheduler, solid_queue, good_job: a mapping of jobs by name
_RUBY_FILES = Expression(
    r"(?:.*/)?config/(?:[\w-]*(?:schedule|recurring|cron|sidekiq)[\w-]*)\.ya?ml"
    r"|(?:.*/)?config/(?:schedules?|cron)/[\w-]+\.ya?ml"
)
_WHENEVER = Expression(
    r"^[ \t]*every[ (]+(?P<when>[^\n]{1,120}?)\)?\s+do(?:\s*\|\w+\|)?[ \t]*\n"
    r"(?P<body>(?:[^\n]{0,300}\n){1,12}?)[ \t]*end\b",
    re.MULTILINE,
)
_RUNS = Expression(r"^\s*(?:runner|rake|command|script)\s*\(?\s*[\"']([^\"'\n]{1,120})", re.MULTILINE)
_CLOCKWORK = Expression(
    r"^\s*every\(?\s*(?P<every>[\w.]{1,40})\s*,\s*[\"'](?P<name>[^\"'\n]{1,80})[\"'](?:[^\n]*?at:\s*[\"'](?P<at>[^\"']{1,20}))?",
    re.MULTILINE,
)
_CRONTAB = Expression(r"(?:.*/)?(?:crontab|[\w.-]+\.(?:cron|crontab)|crontab\.[\w-]+|cron\.d/[\w.-]+|cron/[\w-]+)")
_CRON_LINE = Expression(
    rf"^(?P<when>(?:[\d*][\d*,/-]*)(?:\s+[\d*][\w*,/-]*){{4}}|{_SHORT})\s+(?:(?:root|app|www-data|nobody)\s+)?(?P<what>[/\w$.{{(][^\n]{{1,300}})$",
    re.MULTILINE,
)
_GUIDE = Expression(r"(?:docs?/)?(?:README|INSTALL\w*|DEPLOY\w*|PRODUCTION)\.md", re.IGNORECASE)
_BLOCK = Expression(r"^[ \t]*```[^\n]*\n(?:(?![ \t]*```)[^\n]*\n){1,60}[ \t]*```", re.MULTILINE)
_GUIDED = Expression(
    r"^[ \t]*(?:(?P<name>[A-Za-z][\w./-]{1,80})[ \t]+)?"
    r"(?P<when>[\d*][\d*,/-]*(?:[ \t]+[\d*][\d*,/-]*){4})[ \t]+(?P<what>\S[^\n]{1,300})$",
    re.MULTILINE,
)
# the method below an annotation
_METHOD = Expression(r"(?<![@\w.])(\w{2,80})\s{0,4}\(")
_PYTHON = Expression(
    r"beat_schedule|BEAT_SCHEDULE|crontab\(|CRONJOBS|scheduled_job|add_job|CronTrigger|add_periodic_task"
)


def detect(files: Files) -> Iterator[Fact]:
    """One ``cronjob`` fact a job, its value the schedule as written."""
    for endings, hint, pattern in _CALLS:
        for path in own(files, *endings):
            text = files.text(path)
            if hint in text:
                for match in pattern.finditer(text):
                    yield _called(files, path, text, match)
    for path in own(files, ".py"):
        if _PYTHON.search(files.text(path)):
            module = files.python(path)
            for name, when, line in timetables.jobs(module) if module else ():
                yield _fact(files, name, when, path, line)
    yield from _configured(files)


def _called(files: Files, path: str, text: str, match: re.Match[str]) -> Fact:
    groups = match.groupdict()
    when = groups.get("when") or groups.get("given") or groups.get("rule") or ""
    method = _METHOD.search(text, match.end(), match.end() + 600) if groups.get("method") else None
    name = (
        method[1] if method else groups.get("name") or groups.get("does") or path.rpartition("/")[2].partition(".")[0]
    )
    start = next(match.start(key) for key in ("when", "given", "rule") if groups.get(key))
    return _fact(files, name, when, path, line_at(text, start))


def _fact(files: Files, name: str, when: str, path: str, line: int, how: str = "a schedule of the program") -> Fact:
    return Fact("cronjob", name, " ".join(when.split()), f"{path}:{line}", how=how, scope=owner(files, path))


def _configured(files: Files) -> Iterator[Fact]:
    for path in kept(files.tree.ending(".yml", ".yaml")):
        if _RUBY_FILES.fullmatch(path):
            for document in files.yaml(path):
                yield from _jobs(files, path, document)
    for path in kept(files.tree.named("cron.yaml", "cron.yml")):
        for document in files.yaml(path):
            yield from _listed(files, path, document.at("cron"), "url")
    for path in kept(files.tree.named("vercel.json")):
        yield from _listed(files, path, files.json(path).at("crons"), "path")
    for path in kept(files.tree.named("schedule.rb", "clock.rb")):
        yield from _ruby(files, path)
    yield from _in_guides(files)
    for path in kept(files.tree.paths):
        if "cron" in path and _CRONTAB.fullmatch(path) and files.tree.sizes[path] < 1 << 16:
            text = files.text(path)
            for match in _CRON_LINE.finditer(text):
                yield _fact(files, _program(match["what"]), match["when"], path, line_at(text, match.start()))


def _in_guides(files: Files) -> Iterator[Fact]:
    """Lines of a crontab in a guide's code blocks that run a file of this repository, with a name before, or none."""
    for path in kept(files.tree.ending(".md")):
        text = files.text(path) if _GUIDE.fullmatch(path) else ""
        for block in _BLOCK.finditer(text):
            for match in _GUIDED.finditer(text, block.start(), block.end()):
                if any("/" in word and word.lstrip("./") in files.tree for word in match["what"].split()):
                    name, how = match["name"] or _program(match["what"]), "a crontab line of the guide"
                    yield _fact(files, name, match["when"], path, line_at(text, match.start("when")), how)


def _listed(files: Files, path: str, jobs: Node, key: str) -> Iterator[Fact]:
    """App Engine's and Vercel's lists: an address of the program and when it is called."""
    for job in jobs:
        where, when = job.at(key), job.at("schedule")
        if where.text and when.text:
            yield _fact(files, where.text, when.text, path, where.line)


def _jobs(files: Files, path: str, node: Node, depth: int = 3) -> Iterator[Fact]:
    """Jobs by name at any of the places where Ruby's schedulers look: the top, an environment, ``:scheduler:``."""
    for name, job in node.items():
        plain = name.lstrip(":")
        if plain in {"development", "test", "ci"} or not job.is_map:
            continue
        when = next((job.at(key) for key in ("cron", "schedule", ":cron", ":schedule", "every") if job.at(key)), None)
        if when is not None and when.is_list:
            when = when.at(0)
        does = any(
            job.at(key) for key in ("class", "job", "command", "job_class", ":class", "klass", "custom_job_class")
        )
        if when is not None and when.is_scalar and does:
            how = "a job in the file of a scheduler"
            yield _fact(files, plain, when.text, path, node.line_of(name), how)
        elif depth:
            yield from _jobs(files, path, job, depth - 1)


def _ruby(files: Files, path: str) -> Iterator[Fact]:
    """whenever's ``every 1.day, at: "4:30 am" do runner "X"`` and clockwork's ``every(1.day, "name")``."""
    text = files.text(path)
    for match in _WHENEVER.finditer(text):
        for job in _RUNS.finditer(match["body"]):
            line = line_at(text, match.start("when"))
            yield _fact(files, job[1], match["when"].strip("\"' "), path, line)
    for match in _CLOCKWORK.finditer(text):
        when = match["every"] + (f" at {match['at']}" if match["at"] else "")
        yield _fact(files, match["name"], when, path, line_at(text, match.start("every")))


def _program(command: str) -> str:
    """The name of what a crontab's command runs: the last path before its options, without interpreter and folder."""
    words = [word for word in command.split() if not word.startswith(("-", ">", "&", "|", "2>")) and "=" not in word]
    named = [word for word in words[:6] if "/" in word or "." in word] or words[:1] or [command]
    return named[-1].rpartition("/")[2] or named[-1]
