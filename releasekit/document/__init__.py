"""RunState or Plan to blocks to Markdown, HTML and JSON: the only place that turns text into markup."""

from releasekit.document.analysis import change, facts, findings
from releasekit.document.blocks import Block
from releasekit.document.data import data, plan_data
from releasekit.document.html import css, html, page
from releasekit.document.items import checklist, evidence
from releasekit.document.markdown import markdown
from releasekit.document.release import card, interrupted, of_plan, result, signoff, whole

__all__ = [
    "Block",
    "card",
    "change",
    "checklist",
    "css",
    "data",
    "evidence",
    "facts",
    "findings",
    "html",
    "interrupted",
    "markdown",
    "of_plan",
    "page",
    "plan_data",
    "result",
    "signoff",
    "whole",
]
