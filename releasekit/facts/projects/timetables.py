"""Schedules in Python code, from its syntax tree: Celery's beat, django-crontab, APScheduler. Imports nothing."""

import ast
from collections.abc import Iterator

Job = tuple[str, str, int]  # name, schedule, line


def jobs(module: ast.Module) -> Iterator[Job]:
    """The jobs of one module; intervals of APScheduler are loops of the program and left out."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target).lower()
            yield from _assigned(target, node.value)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(".scheduled_job"):
                    yield from _scheduled(decorator, node.name)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            yield from _added(node, node.func.attr)


def _assigned(target: str, value: ast.expr) -> Iterator[Job]:
    if target.endswith("beat_schedule") and isinstance(value, ast.Dict):
        yield from _beat(value)
    elif target == "cronjobs" and isinstance(value, ast.List | ast.Tuple):
        for job in value.elts:
            texts = [_text(part) for part in job.elts] if isinstance(job, ast.Tuple | ast.List) else []
            if len(texts) > 1 and texts[0] and texts[1]:
                yield texts[1], texts[0], job.lineno


def _added(call: ast.Call, method: str) -> Iterator[Job]:
    if method == "add_job" and len(call.args) > 1:
        yield from _scheduled(call, _text(_keyword(call, "id")) or ast.unparse(call.args[0]).rpartition(".")[2])
    elif method == "add_periodic_task" and len(call.args) > 1:
        when = _crontab(call.args[0])
        if when:
            yield _text(_keyword(call, "name")) or ast.unparse(call.args[1]).partition(".s(")[0], when, call.lineno


def _beat(table: ast.Dict) -> Iterator[Job]:
    for key, job in zip(table.keys, table.values, strict=True):
        fields = {_text(k): v for k, v in zip(job.keys, job.values, strict=True)} if isinstance(job, ast.Dict) else {}
        when = fields.get("schedule")
        if key is not None and when is not None:
            yield _text(key) or ast.unparse(key), _crontab(when) or ast.unparse(when), key.lineno


def _scheduled(call: ast.Call, name: str) -> Iterator[Job]:
    """APScheduler: ``"cron", hour=3`` or ``CronTrigger(...)``."""
    for argument in (*call.args, _keyword(call, "trigger")):
        if _text(argument) == "cron":
            yield name, _fields(call, "day", "month"), call.lineno
        elif isinstance(argument, ast.Call) and "CronTrigger" in ast.unparse(argument.func):
            first = _text(argument.args[0]) if argument.args else ""
            yield name, first or _fields(argument, "day", "month"), call.lineno


def _crontab(node: ast.expr) -> str:
    """Celery's ``crontab(hour=7, minute=30)`` as a cron line; "" for anything else."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "crontab":
        return _fields(node, "day_of_month", "month_of_year")
    return ""


def _fields(call: ast.Call, day: str, month: str) -> str:
    """The five fields of a cron line; those that are not given stand for any value."""
    positional = dict(enumerate(call.args)) if ast.unparse(call.func).endswith("crontab") else {}
    found = [
        positional.get(index, _keyword(call, name))
        for index, name in enumerate(("minute", "hour", day, month, "day_of_week"))
    ]
    return " ".join("*" if node is None else str(getattr(node, "value", ast.unparse(node))) for node in found)


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
