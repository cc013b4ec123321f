"""The board as one HTML page: whole without script and network; a small script of its own sorts and filters."""

from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from urllib.parse import quote

from releasekit.document.board import VERDICTS, Board, Cell, Row, cell_text, counted, waves
from releasekit.document.escape import html_text
from releasekit.document.html import anchor, css

_TONES = ("bad", "bad", "unknown", "quiet", "good")  # of the ranks
_CELLS = {"fail": ("bad", 0), "unknown": ("unknown", 1), "open": ("quiet", 2), "ok": ("good", 3), "none": ("quiet", 4)}
_SIGNS = {"good": "✓", "bad": "✗", "unknown": "?", "quiet": "·"}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Release board</title>
<style>
{css}</style>
</head>
<body>
<main class="releasekit rk-page rk-board">
<h1>Release board</h1>
{body}
</main>
<script>{script}</script>
</body>
</html>
"""


def board_page(board: Board) -> str:
    """The whole page. Only the script that it brings may run, known by its hash; nothing is fetched."""
    script = _file("board.js")
    known = b64encode(sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{known}';"
        " base-uri 'none'; form-action 'none'"
    )
    body = "\n".join((_head(board), _FORM, _table(board)))
    return _PAGE.format(policy=policy, css=css() + _file("board.css"), body=body, script=script)


def board_html(board: Board) -> str:
    """The table as a fragment without script: to stand in a notebook's output, together with `css`."""
    return f'<div class="releasekit">{_head(board)}{_table(board)}</div>'


_FORM = (
    '<form id="rk-filter" hidden><label>Show <input name="words" type="search" placeholder="words"></label>'
    '<label>with verdict <select name="verdict"><option value="">any</option>'
    + "".join(f"<option>{word}</option>" for word in VERDICTS)
    + '</select></label><output id="rk-counted"></output></form>'
)


@lru_cache(maxsize=2)
def _file(name: str) -> str:
    return resources.files("releasekit.document").joinpath(name).read_text(encoding="utf-8")


def _head(board: Board) -> str:
    marks = "".join(
        f"<li>{_mark(word, tone)} {count}</li>"
        for (word, count), tone in zip(board.counts.items(), _TONES, strict=True)
        if count
    )
    said = [f'<ul class="rk-progress" aria-label="{html_text(counted(board))}">{marks}</ul>']
    order = waves(board)
    if len(order) > 1:
        text = " → ".join(", ".join(wave) for wave in order)
        said.append(f"<p>Providers before consumers: {html_text(text)}</p>")
    said += [f"<p>{_sign('unknown')}These need each other: {html_text(', '.join(cycle))}</p>" for cycle in board.cycles]
    said += [f'<p class="rk-quiet">{html_text(note)}</p>' for note in board.notes]
    said.append(f'<p class="rk-quiet">{len(board.rows)} services, as of {html_text(board.at)}</p>')
    return "\n".join(said)


def _table(board: Board) -> str:
    titles = board.titles
    heads = ("Service", "Version", "To", "Verdict", "Blocked by evidence", "Waiting for people", *titles)
    head = "".join(f'<th scope="col">{html_text(title)}</th>' for title in heads)
    rows = "\n".join(_row(row, titles) for row in board.rows)
    table = f'<table id="rk-board"><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
    return f'<div class="rk-wide">{table}</div>'


def _row(row: Row, titles: Sequence[str]) -> str:
    by_title = {cell.title: cell for cell in row.sections}
    name = _linked(html_text(row.service), row.record, "")
    cells = [
        f"<td>{name}</td><td>{html_text(row.version)}</td><td>{html_text(row.environment)}</td>",
        f'<td data-sort="{row.rank}">{_mark(row.verdict, _TONES[row.rank])}{_why(row)}</td>',
        f'<td data-sort="{len(row.blocked)}">{len(row.blocked)}</td>',
        f'<td data-sort="{len(row.waiting)}">{len(row.waiting)}</td>',
        *(_cell(row, by_title.get(title)) for title in titles),
    ]
    return f'<tr data-verdict="{row.verdict}">{"".join(cells)}</tr>'


def _why(row: Row) -> str:
    if row.problem:
        return f'<p class="rk-why">{html_text(row.problem)}</p>'
    if not row.blocked:
        return ""
    lines = "".join(f"<li>{html_text(sentence)}</li>" for sentence in row.blocked)
    return f'<details class="rk-why"><summary>why</summary><ul>{lines}</ul></details>'


def _cell(row: Row, cell: Cell | None) -> str:
    if cell is None:
        return '<td data-sort="5"></td>'
    tone, order = _CELLS[cell.verdict]
    text = cell_text(cell) if cell.verdict == "none" else _mark(cell_text(cell), tone)
    shown = _linked(text, row.record, anchor(cell.title))
    title = f' title="{html_text(cell.why)}"' if cell.why else ""
    return f'<td data-sort="{order}"{title}>{shown}</td>'


def _linked(inner: str, record: str, fragment: str) -> str:
    if not record:
        return inner
    address = quote(record) + (f"#{fragment}" if fragment else "")  # a plus sign means a space to S3
    return f'<a href="{html_text(address)}">{inner}</a>'


def _mark(word: str, tone: str) -> str:
    return f'<span class="rk-mark rk-{tone}">{_SIGNS[tone]} {html_text(word)}</span>'


def _sign(tone: str) -> str:
    return f'<span class="rk-sign rk-{tone}" aria-hidden="true">{_SIGNS[tone]}</span> '
