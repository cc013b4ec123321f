"""HTML of a cell cannot run, load or cover anything in a record; what is ours passes as it is."""

import re

import pytest

from releasekit.record.clean import cleaned, is_plain, own

OURS = (
    '<section class="rk-card" id="card"><h2>storefront &lt;2.4.0&gt;</h2>'
    '<ul><li><input type="checkbox" checked disabled> ticked<br>by a person</li></ul>'
    "<details open><summary>lines</summary><table><tr>"
    '<th scope="row">a</th><td colspan="2">b</td></tr></table></details>'
    '<p><a href="#card">up</a> <a href="https://example.org/a?b=c&amp;d=e">there</a></p>'
    '<svg viewBox="0 0 8 8" role="img" aria-label="up">'
    '<polyline points="0,8 8,0" fill="none" stroke="currentColor"/></svg>'
    "</section>"
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<b></b>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="http://127.0.0.1/x">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<div style="position:fixed;inset:0">cover</div>',
    "<style>*{display:none}</style>",
    "<!-- <b> -->",
    "<form action='http://127.0.0.1/'><button>send</button></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<object data='http://127.0.0.1/x'></object>",
    "<link rel=stylesheet href=http://127.0.0.1/x.css>",
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1/">',
    "<base href='http://127.0.0.1/'>",
    '<button data-commandlinker-command="terminal:open">go</button>',
    '<p onclick="alert(1)">x</p>',
    "<details><summary>swallows what follows</summary>",
    "</section><section>",
    "<textarea><p>",
    "<td background=http://127.0.0.1/x>",
    '<p title="a>b<c">x</p>',
    "<div/>x",
    "a < b",
]


def test_what_document_writes_is_recognised_and_kept_to_the_letter() -> None:
    assert is_plain(OURS)
    assert own(OURS) == OURS


@pytest.mark.parametrize("html", HOSTILE)
def test_what_could_act_is_not_taken_for_ours_even_among_ours(html: str) -> None:
    assert not is_plain(html)
    assert not is_plain(OURS + html)


@pytest.mark.parametrize("html", HOSTILE)
def test_what_is_left_of_it_can_neither_run_nor_load(html: str) -> None:
    left = cleaned(html)
    for word in (
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<style",
        "<form",
        "<input",
        "javascript:",
        "style=",
        " on",
        "<!--",
    ):
        assert word not in left.lower()


def test_a_table_of_pandas_keeps_its_cells_and_loses_its_style_sheet() -> None:
    left = cleaned(
        "<div><style scoped>.dataframe th{}</style><table border='1' class='dataframe'><thead><tr><th></th><th>ms</th>"
        "</tr></thead><tbody><tr><th>0</th><td>1.5 &lt; 2</td></tr></tbody></table></div>"
    )
    assert "<td>1.5 &lt; 2</td>" in left
    assert "dataframe" not in left


def test_a_table_of_many_rows_is_cleaned_whole() -> None:
    row = "<tr onclick='alert(1)'><th>0</th><td style='color:red'>1.5 &lt; 2</td></tr>"
    left = cleaned(f"<table>{row * 20_000}</table>")
    assert left.count("<td>1.5 &lt; 2</td>") == 20_000
    assert "onclick" not in left
    assert "style" not in left


@pytest.mark.parametrize(
    "html", ["</div></section></main><p>out", "<div><p>never closed", "<table><div>x</table></table>"]
)
def test_what_it_opens_it_closes_and_it_closes_nothing_else(html: str) -> None:
    left = cleaned(html)
    for tag in ("div", "p", "table", "section", "main"):
        assert len(re.findall(rf"<{tag}[ >]", left)) == left.count(f"</{tag}>"), left


def test_a_link_leads_out_and_nowhere_else() -> None:
    assert 'href="https://example.org/a?b=c&amp;d"' in cleaned("<a href='https://example.org/a?b=c&amp;d'>x</a>")
    for address in ("//127.0.0.1/x", "/etc/passwd", "file:///etc/passwd", "data:text/html,x", "vbscript:x"):
        assert "href" not in cleaned(f"<a href='{address}'>x</a>")


def test_a_forged_tick_of_another_cell_loses_its_box() -> None:
    assert cleaned('<input type="checkbox" checked> Database backed up') == " Database backed up"


def test_half_a_megabyte_of_ours_is_read_by_a_pattern_that_does_not_backtrack() -> None:
    assert is_plain(OURS * 1000)
    assert not is_plain(OURS * 1000 + "<p " + 'class="a" ' * 20_000)
