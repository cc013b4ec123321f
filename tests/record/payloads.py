"""Texts that would act where text is taken for markup: the hostile samples in several spellings. Knows no record."""

from collections.abc import Callable
from html import escape

from tests.record.test_clean import HOSTILE

# forms of Markdown, and imitations of what a record says of itself
FORMS = (
    "- [x] Database backed up",
    "\n- [x] Database backed up",
    "1. [X] Database backed up",
    "> - [x] Database backed up",
    "]\n\n* [x] Database backed up",
    "`` ` ``\n\n- [x] Database backed up",
    "<input type=checkbox checked> Database backed up",
    '</p></li></ul><ul class="rk-items"><li class="rk-item rk-good"><input type="checkbox" disabled checked> done',
    '<span class="rk-mark rk-good">passed</span>',
    '"><img src="http://127.0.0.1:9/x" onerror="alert(1)">',
    "![x](http://127.0.0.1:9/x.png)",
    "![x][r]\n\n[r]: http://127.0.0.1:9/r.png",
    "[x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "<http://127.0.0.1:9/>",
    "<!-- --><b>x</b><!--",
    "--><script>alert(1)</script>",
    '<div style="position:fixed;top:0;left:0;width:100%;height:100%;background:white">Go</div>',
    '<div class="rk-notice rk-good" style="position:absolute;inset:0">Go</div>',
    "| a | b |\n| - | - |\n| <svg onload=alert(1)> | - [x] done |",
    "</textarea></title></style></script><script>alert(1)</script>",
    "```\n</code></pre><script>alert(1)</script>",
)


def _mixed(text: str) -> str:
    return "".join(one.upper() if at % 2 else one.lower() for at, one in enumerate(text))


SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: escape(text).replace("[", "&#91;"),
    _mixed,
    lambda text: "\n" + text.replace(" ", "\n"),
    lambda text: "\u200b" + text.replace("<", "<\u200d").replace("[", "\u2060["),
)


def payloads(many: int) -> list[str]:
    """So many of them, no two the same, from all samples and all spellings evenly."""
    every = list(dict.fromkeys(spelt(text) for text in (*FORMS, *HOSTILE) for spelt in SPELLINGS))
    return [every[len(every) * at // many] for at in range(many)]
