"""Shell text through tree-sitter's grammar: words, lines, lists and blocks, and what is wrong in it read around."""

import shlex
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import ParseError
from releasekit.syntax import shell
from releasekit.syntax.node import Limits
from releasekit.syntax.shell import Command, parse


def texts(command: Command) -> list[str]:
    return [word.text for word in command.words]


def only(text: str) -> Command:
    (command,) = parse(text, "f").commands
    return command


def commands(text: str) -> list[list[str]]:
    return [texts(command) for command in parse(text, "f").commands]


def lines(text: str) -> list[tuple[int, int, str]]:
    return [(line.number, line.end, line.text) for line in parse(text, "f").lines]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("plain", "plain"),
        ('"two words"', "two words"),
        ("'a \"b\" $C \\'", 'a "b" $C \\'),
        ('"say \\"hi\\" for \\$5 \\n"', 'say "hi" for $5 \\n'),
        ("a\\ b\\;c", "a b;c"),
        ("x\"y\"'z'", "xyz"),
        ("$'a\\tb\\x41\\u00e9\\''", "a\tbA\u00e9'"),
        ("--set=image.tag='1 2'", "--set=image.tag=1 2"),
        ("''", ""),
        ("ab\\\ncd", "abcd"),
        ('"ab\\\ncd"', "abcd"),
        ("http://x/y#z", "http://x/y#z"),
        ("größe=日本\U0001f600", "größe=日本\U0001f600"),
        ("{}", "{}"),
        ("stash@{0}", "stash@{0}"),
        ("-", "-"),
    ],
)
def test_a_word_loses_its_quotes_and_backslashes(written: str, text: str) -> None:
    word = only(f"echo {written} end\n").words[1]
    assert (word.text, word.raw, word.static, word.parts) == (text, written, True, ())


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("$A", "$A"),
        ('"$A/x"', "$A/x"),
        ("${A:-b c}", "${A:-b c}"),
        ("$(git describe)", "$(git describe)"),
        ('"`date`"', "`date`"),
        ("$((1 + 2))", "$((1 + 2))"),
        ("*.sql", "*.sql"),
        ("file?.txt", "file?.txt"),
        ("[ab].txt", "[ab].txt"),
        ("{a,b}.yml", "{a,b}.yml"),
        ("{1..3}", "{1..3}"),
        ("~/.kube", "~/.kube"),
        ("<(sort a)", "<(sort a)"),
        ('"$@"', "$@"),
        ("'it'\"$S\"", "it$S"),
        ("${{ secrets.TOKEN }}", "${{ secrets.TOKEN }}"),
        ("\"v${{ format('{0}', x) }}\"", "v${{ format('{0}', x) }}"),
        ("{{ .Values.image }}:{{ .Values.tag }}", "{{ .Values.image }}:{{ .Values.tag }}"),
        ("{{- .Values.image -}}", "{{- .Values.image -}}"),
        ("<%= name %>", "<%= name %>"),
        ("$[[ inputs.name ]]", "$[[ inputs.name ]]"),
        ("a$A{{ x }}", "a$A{{ x }}"),
        ("$$VAR", "$$VAR"),
        ("$(VAR)/x", "$(VAR)/x"),
    ],
)
def test_a_word_that_only_a_run_would_tell_is_not_static_and_kept_as_written(written: str, text: str) -> None:
    word = parse(f"echo {written} end\n", "f").commands[0].words[1]
    assert (word.text, word.raw, word.static) == (text, written, False)
    assert "".join(part.text for part in word.parts) == text


@pytest.mark.parametrize("written", ["'*'", '"?"', "\\*", "'{a,b}'", "'$A'", "\\$A", "'~'", "\\~", '"\\`x\\`"', "a~b"])
def test_a_quoted_pattern_or_variable_is_what_it_says(written: str) -> None:
    assert only(f"echo {written}\n").words[1].static


def test_the_parts_of_a_word_say_which_variables_it_has_and_whether_they_are_quoted() -> None:
    word = only("echo pre-$A\"-${B}\"'c'${D%x}\n").words[1]
    assert [(part.text, part.name, part.quoted, part.static) for part in word.parts] == [
        ("pre-", "", False, True),
        ("$A", "A", False, True),
        ("-", "", True, True),
        ("${B}", "B", True, True),
        ("c", "", True, True),
        ("${D%x}", "", False, False),
    ]


def test_assignments_before_a_program_are_its_environment_and_no_words() -> None:
    command = only('A=1 B="x y" C= D=$E kubectl apply -f a.yml\n')
    assert texts(command) == ["kubectl", "apply", "-f", "a.yml"]
    assert [(one.name, one.value.text, one.value.static) for one in command.environment] == [
        ("A", "1", True),
        ("B", "x y", True),
        ("C", "", True),
        ("D", "$E", False),
    ]


@pytest.mark.parametrize(
    ("text", "words", "redirects"),
    [
        ("a b > out.txt\n", ["a", "b"], [(">", "out.txt")]),
        ("a 2>&1 >>log\n", ["a"], [("2>&", "1"), (">>", "log")]),
        ("a >&2 b\n", ["a", "b"], [(">&", "2")]),
        ("a > 'my file' b c\n", ["a", "b", "c"], [(">", "my file")]),
        ("> f a b\n", ["a", "b"], [(">", "f")]),
        ("> f\n", [], [(">", "f")]),
        ("a &> f\n", ["a"], [("&>", "f")]),
        ("a <<< 'x y'\n", ["a"], [("<<<", "x y")]),
        ("a < in 2>&-\n", ["a"], [("<", "in"), ("2>&-", "")]),
        ("kubectl apply -f - 2>&1\n", ["kubectl", "apply", "-f", "-"], [("2>&", "1")]),
        ("cat - > f\n", ["cat", "-"], [(">", "f")]),
    ],
)
def test_redirections_are_no_words_wherever_they_stand(
    text: str, words: list[str], redirects: list[tuple[str, str]]
) -> None:
    command = only(text)
    assert texts(command) == words
    assert [(one.operator, one.target.text) for one in command.redirects] == redirects
    assert command.raw == text.strip()


def test_a_redirection_behind_a_list_belongs_to_its_last_command() -> None:
    first, last = parse("a && b > f\n", "f").commands
    assert (first.redirects, first.raw) == ((), "a")
    assert ([one.target.text for one in last.redirects], last.raw) == (["f"], "b > f")


def test_the_redirection_of_a_block_is_that_of_none_of_its_commands() -> None:
    assert not any(command.redirects for command in parse("{ a; b; } > f\nwhile c; do d; done < g\n", "f").commands)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a\nb\n", [("a", ""), ("b", "")]),
        ("a && b || c; d\n", [("a", ""), ("b", "&&"), ("c", "||"), ("d", ";")]),
        ("a | b |& c\n", [("a", ""), ("b", "|"), ("c", "|&")]),
        ("a & b\n", [("a", ""), ("b", "&")]),
        ("a &\nb;\nc\n", [("a", ""), ("b", ""), ("c", "")]),
        ("a &&\n  b |\n  c\n", [("a", ""), ("b", "&&"), ("c", "|")]),
        ("a && (b; c) && d\n", [("a", ""), ("b", "&&"), ("c", ";"), ("d", "&&")]),
        ("a; if b; then c; fi; d\n", [("a", ""), ("b", ";"), ("c", ""), ("d", ";")]),
        ("a $(b | c; d) && e\n", [("a", ""), ("b", ""), ("c", "|"), ("d", ";"), ("e", "&&")]),
        ("case x in a|b) c;; d) e;; esac\n", [("c", ""), ("e", "")]),
        ("! a | b\n", [("a", ""), ("b", "|")]),
    ],
)
def test_a_command_says_how_it_is_joined_to_the_one_before(text: str, joined: list[tuple[str, str]]) -> None:
    assert [(command.words[0].text, command.operator) for command in parse(text, "f").commands] == joined


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("if a; then b; elif c; then d; else e; fi\n", "a:if+condition b:if c:if d:if e:if"),
        ("while a\ndo b\ndone\n", "a:while+condition b:while"),
        ("until a; do b; done\n", "a:while+condition b:while"),
        ("for x in $(a); do b; done\n", "a:for+substitution b:for"),
        ("for ((i=0; i<3; i++)); do b; done\n", "b:for"),
        ("select x in y; do b; done\n", "b:for"),
        ("case $(a) in x) b ;; *) c;; esac\n", "a:case+condition+substitution b:case c:case"),
        ("(a; b)\n", "a:subshell b:subshell"),
        ("{ a; b; }\n", "a: b:"),
        ("f() { a; }\nfunction g { b; }\n", "a:function f b:function g"),
        ("f() (\n  a\n)\n", "a:function f+subshell"),
        ("if [ $(a) ]; then (b); fi\n", "[:if+condition a:if+condition+substitution b:if+subshell"),
        ("a <(b) `c`\n", "a: b:substitution c:substitution"),
        ("A=$(b)\nexport C=$(d)\n", ": b:substitution export: d:substitution"),
        ("[ a ] && { b; c; }\n", "[: b:if c:if"),
        ("[ a ] && b $(c)\n", "[: b: c:if+substitution"),
    ],
)
def test_a_command_says_what_it_stands_in(text: str, within: str) -> None:
    found = [(texts(command)[:1] or [""], command.within) for command in parse(text, "f").commands]
    assert " ".join(f"{words[0]}:{'+'.join(blocks)}" for words, blocks in found) == within


@pytest.mark.parametrize(
    ("text", "conditional"),
    [
        ("cd x && make\n", ""),
        ("a; b | c\n", ""),
        ("if a; then b; elif c; then d; fi\n", "b c d"),
        ("while a; do b; done\n", "b"),
        ("case $X in y) a;; esac\n", "a"),
        ("for x in 1 2; do a; done\n", ""),
        ("a || b && c\n", "b c"),
        ("[ -n x ] && a && b | c; d\n", "a b c"),
        ("[[ -n $X ]] && a\nb\n", "a"),
        ("test -f x && (a; b)\n", "a b"),
        ("((n > 1)) && a\n", "a"),
        ("a && test -f x && b\n", "b"),
    ],
)
def test_what_runs_only_after_a_test_or_a_failure_is_conditional(text: str, conditional: str) -> None:
    found = [command.words[0].text for command in parse(text, "f").commands if command.conditional]
    assert " ".join(found) == conditional


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[ -f x ]\n", ["[", "-f", "x", "]"]),
        ("[ ! -f x -a $A = -1 ]\n", ["[", "!", "-f", "x", "-a", "$A", "=", "-1", "]"]),
        ("[[ -f x && $a == b* ]]\n", ["[[", "-f", "x", "&&", "$a", "==", "b*", "]]"]),
        ("((i++))\n", ["((", "i++", "))"]),
        ('export A=1 B="x y" C\n', ["export", "A=1", "B=x y", "C"]),
        ("declare -x A\n", ["declare", "-x", "A"]),
        ("unset A B\n", ["unset", "A", "B"]),
        ("time -p make\n", ["time", "-p", "make"]),
    ],
)
def test_what_the_shell_does_itself_has_words_too(text: str, words: list[str]) -> None:
    assert texts(only(text)) == words


SCRIPT = """#!/bin/bash
# deploys
set -e
docker build \\
  --tag shop:$TAG \\
  .   # the image

if [ -f x ]; then
  helm upgrade shop ./chart &&
    # then wait
    kubectl rollout status deploy/shop | tee log
fi
cat <<EOF | kubectl apply -f -
kind: Secret # no comment
name: $NAME \\ x
EOF
echo "one
two" ; done_it
"""


def test_lines_are_as_a_person_would_type_them() -> None:
    assert lines(SCRIPT) == [
        (3, 3, "set -e"),
        (4, 6, "docker build --tag shop:$TAG ."),
        (8, 8, "if [ -f x ]; then"),
        (9, 11, "helm upgrade shop ./chart && kubectl rollout status deploy/shop | tee log"),
        (13, 16, "cat <<EOF | kubectl apply -f -\nkind: Secret # no comment\nname: $NAME \\ x\nEOF"),
        (17, 18, 'echo "one\ntwo" ; done_it'),
    ]
    assert [len(line.commands) for line in parse(SCRIPT, "f").lines] == [1, 1, 1, 3, 2, 2]


def test_commands_have_the_lines_of_the_file_that_they_come_from() -> None:
    read = parse(SCRIPT, "f", line=101)
    assert [(command.program, command.line, command.end) for command in read.commands] == [
        ("set", 103, 103),
        ("docker", 104, 106),
        ("[", 108, 108),
        ("helm", 109, 109),
        ("kubectl", 111, 111),
        ("tee", 111, 111),
        ("cat", 113, 116),
        ("kubectl", 113, 113),
        ("echo", 117, 118),
        ("done_it", 118, 118),
    ]
    assert read.lines[1].number == 104


def test_a_document_belongs_to_its_command_and_is_not_read_as_commands() -> None:
    cat, apply = parse("cat <<-'EOF' > out | sh -s\n\tdrop $TABLE\n\tEOF\n", "f").commands[:2]
    document, out = cat.redirects
    assert (document.operator, document.target.text, document.target.static) == ("<<-", "drop $TABLE\n", True)
    assert (out.target.text, texts(apply)) == ("out", ["sh", "-s"])
    assert cat.raw == "cat <<-'EOF' > out\n\tdrop $TABLE\n\tEOF"


@pytest.mark.parametrize(("opened", "static"), [("EOF", False), ("'EOF'", True), ('"EOF"', True), ("\\EOF", True)])
def test_a_document_with_variables_is_static_when_its_delimiter_is_quoted(opened: str, static: bool) -> None:
    (document,) = only(f"kubectl apply -f - <<{opened}\nname: $NAME\nEOF\n").redirects
    assert (document.target.text, document.target.static) == ("name: $NAME\n", static)


def test_an_empty_document_is_empty() -> None:
    (document,) = only("cat <<EOF\nEOF\n").redirects
    assert document.target.text == ""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a - <<A && b c", [["a", "-"], ["b", "c"]]),
        ("a <<A > o | b", [["a"], ["b"]]),
        ("a <<-'A' 2>&1 | b", [["a"], ["b"]]),
        ("a <<A -x || b", [["a", "-x"], ["b"]]),
        ("a <<A ; b", [["a"], ["b"]]),
        ("a <<A & b", [["a"], ["b"]]),
    ],
)
def test_what_follows_the_beginning_of_a_document_is_read(line: str, found: list[list[str]]) -> None:
    read = parse(f"{line}\n1 ) $X\nA\nz\n", "f")
    assert [texts(command) for command in read.commands] == [*found, ["z"]]
    first = read.commands[0]
    assert [one.target.text for one in first.redirects if one.operator.startswith("<<")] == ["1 ) $X\n"]
    assert (first.end, first.raw.partition("\n")[2], read.lines[0].end, read.lines[1].number) == (3, "1 ) $X\nA", 3, 4)


def test_a_command_may_have_several_documents() -> None:
    first, last = parse("x <<A <<'B' y\n1\nA\n2\nB\nz\n", "f").commands
    assert (texts(first), first.end, first.raw) == (["x", "y"], 5, "x <<A <<'B' y\n1\nA\n2\nB")
    assert [(one.operator, one.target.text) for one in first.redirects] == [("<<", "1\n"), ("<<", "2\n")]
    assert last.line == 6


def test_a_command_is_printed_without_its_neighbours_and_with_single_blanks_for_continued_lines() -> None:
    text = "a \\\n   --b   c \\\n\t'x \\\n y' && d\n"
    assert [command.raw for command in parse(text, "f").commands] == ["a --b   c 'x \\\n y'", "d"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# only\n\n   # notes\n", []),
        ("a # b; c\n", [["a"]]),
        ("a b#c '#d'\n", [["a", "b#c", "#d"]]),
        ("a && # why\n  b\n", [["a"], ["b"]]),
        ("# ends in a backslash \\\na\n", [["a"]]),
        ("", []),
        ("\n \t\n", []),
        ("\ufeff# a mark\nb\n", [["b"]]),
        ("\ufeffb\n", [["b"]]),
    ],
)
def test_comments_and_blanks_are_left_out(text: str, found: list[list[str]]) -> None:
    assert commands(text) == found


def test_carriage_returns_before_newlines_are_left_out_and_lines_stay_right() -> None:
    text = SCRIPT.replace("\n", "\r\n")
    assert parse(text, "f") == parse(SCRIPT, "f")
    assert [command.line for command in parse("a\r\n\r\nb \\\r\n c\r\nd\r\n", "f").commands] == [1, 3, 5]


def test_text_that_is_not_ascii_shifts_nothing() -> None:
    text = "echo 'größer 日本 \U0001f600' über \U0001f600\necho $Aé ${B}é > ö && zwei\n"
    first, second, third = parse(text, "f").commands
    assert texts(first) == ["echo", "größer 日本 \U0001f600", "über", "\U0001f600"]
    assert [part.text for part in second.words[1].parts] == ["$A", "é"]
    assert (second.redirects[0].target.text, texts(third)) == ("ö", ["zwei"])
    assert first.raw == text.partition("\n")[0]


def test_templates_markers_break_nothing_and_come_back_as_written() -> None:
    text = textwrap.dedent("""\
        docker login -u ${{ github.actor }} -p "${{ secrets.A || 'x' }}"
        ${{ inputs.command }} --flag
        NAME={{ .Release.Name }} run <%= @x ? "a" : 'b' %>
        {% if prod %}
        if [ "${{ a }}" = b ]; then deploy-${{ env.X }} ; fi
    """)
    read = parse(text, "f")
    assert not read.problems
    assert [line.text for line in read.lines] == text.splitlines()
    assert [texts(command) for command in read.commands] == [
        ["docker", "login", "-u", "${{ github.actor }}", "-p", "${{ secrets.A || 'x' }}"],
        ["${{ inputs.command }}", "--flag"],
        ["run", "<%= @x ? \"a\" : 'b' %>"],
        ["{% if prod %}"],
        ["[", "${{ a }}", "=", "b", "]"],
        ["deploy-${{ env.X }}"],
    ]
    assert read.commands[2].environment[0].value.text == "{{ .Release.Name }}"
    assert read.commands[1].program == ""


@pytest.mark.parametrize("text", ["echo {{ a\nb }}\n", "echo '{{' \nrm '}}'\n"])
def test_braces_that_do_not_close_on_their_line_hide_no_commands(text: str) -> None:
    assert len(parse(text, "f").commands) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1 B=2\necho x\n", [[], ["echo", "x"]]),
        ("A=1 B=2 # why\necho x\n", [[], ["echo", "x"]]),
        ("./run.sh\n\\ls -l\n", [["./run.sh"], ["ls", "-l"]]),
        ("a |\n\n  b\n", [["a"], ["b"]]),
    ],
)
def test_a_line_ends_where_it_ends(text: str, found: list[list[str]]) -> None:
    assert commands(text) == found


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("/usr/bin/docker ps", "docker"),
        ("sudo -u app -E /opt/bin/migrate up", "migrate"),
        ("env -u X A=1 B=2 node server.js", "node"),
        ("exec gunicorn app", "gunicorn"),
        ('exec "$@"', ""),
        ("time -p make", "make"),
        ("nohup nice -n 5 java -jar a.jar", "java"),
        ("timeout -k 5 30 curl x", "curl"),
        ("gosu app:app rails s", "rails"),
        ("bundle exec rake db:migrate", "rake"),
        ("sudo bundle exec rake", "rake"),
        ("poetry run pytest -q", "pytest"),
        ("uv run --with x pytest", "pytest"),
        ("npx --yes prisma migrate deploy", "prisma"),
        ("command -v docker", "command"),
        ("command docker", "docker"),
        ("sudo", "sudo"),
        ("uv sync", "uv"),
        ("$DOCKER build", ""),
        ("A=1", ""),
    ],
)
def test_the_program_is_the_one_that_does_the_work(text: str, program: str) -> None:
    assert only(text).program == program


def test_assignments_are_what_the_script_sets_for_what_follows() -> None:
    text = "A=1\nexport B='x' C=$A\nlocal D=2\nE=3 cmd\n(F=4)\nG=$(H=5; x)\nI+=6\nJ=(a b)\nk[0]=7\n"
    read = parse(text, "f")
    found = [(one.name, one.value.text, one.line, one.appends) for one in read.assignments]
    assert found == [
        ("A", "1", 1, False),
        ("B", "x", 2, False),
        ("C", "$A", 2, False),
        ("D", "2", 3, False),
        ("G", "$(H=5; x)", 6, False),
        ("I", "6", 7, True),
        ("J", "(a b)", 8, False),
        ("k[0]", "7", 9, False),
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('A=1\nB=$A-x\nC="${B} y"\n', {"A": "1", "B": "1-x", "C": "1-x y"}),
        ("A=1\nA=1\n", {"A": "1"}),
        ("A=1\nif x; then A=2; fi\nB=$A\n", {}),
        ("A=$(date)\nB=$A\n", {}),
        ("A=1\nA+=2\n", {}),
        ("A=1\nread -r A\n", {}),
        ("A=1\nfor A in x y; do z; done\n", {}),
        ("A=1\nunset A\n", {}),
        ("A='$B'\n", {"A": "$B"}),
    ],
)
def test_a_variable_has_a_value_when_it_is_the_same_wherever_it_is_set(text: str, values: dict[str, str]) -> None:
    found = parse(text, "f").values()
    assert {name: value for name, value in found.items() if name in values or not values} == values


def test_a_command_with_its_variables_put_in_is_split_where_they_are_not_quoted() -> None:
    read = parse("DC='docker compose  -f p.yml'\nN='x y'\n$DC up \"$N\" '$N' pre${N}post $OTHER\n", "f")
    command = shell.expand(read.commands[-1], read.values())
    assert texts(command) == [
        *("docker", "compose", "-f", "p.yml", "up"),
        *("x y", "$N", "prex", "ypost", "$OTHER"),
    ]
    assert [word.static for word in command.words] == [True] * 9 + [False]
    assert (command.program, command.raw) == ("docker", read.commands[-1].raw)


def test_an_empty_variable_that_is_not_quoted_leaves_no_word() -> None:
    command = parse('a $E "$E" b\n', "f").commands[0]
    assert texts(shell.expand(command, {"E": ""})) == ["a", "", "b"]


def test_variables_that_double_end_at_a_budget() -> None:
    text = "A0=xxxxxxxxxxxxxxxx\n" + "".join(f"A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 60)) + "echo $A59 $A3\n"
    read = parse(text, "f")
    values = read.values()
    assert max(map(len, values.values())) <= 1 << 16
    assert shell.expand(read.commands[-1], values).words[-1].text == "x" * 128
    assert shell.expand(read.commands[-1], {"A3": "y" * (1 << 17)}) == read.commands[-1]


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ('a\necho "unbalanced\nfoo bar\nb\n', [(2, 'echo "unbalanced')], [["a"], ["foo", "bar"], ["b"]]),
        ("a\necho it's\nb c\n", [(2, "echo it's")], [["a"], ["b", "c"]]),
        ("echo a; ) b\nc d\n", [(1, "echo a; ) b")], [["c", "d"]]),
        ("a\nif x; then\n  b\nc\n", [(2, "if x; then")], [["a"], ["b"], ["c"]]),
        ("for x in y; do\n  a )\n  b\ndone\nc\n", [(1, "for x in y; do"), (2, "a )")], [["b"], ["c"]]),
        ("a\nb && \\\n  )\nc\n", [(2, "b && )")], [["a"], ["c"]]),
        ("x ) <<A\n1\nA\nz\n", [(1, "x ) <<A\n1\nA")], [["z"]]),
        ("a )\nif b; then\n  c\nelse d\nfi\ndone\n", [(1, "a )")], [["b"], ["c"], ["d"]]),
        ("a &&\n", [(1, "a &&")], []),
        ("if (x) { y\n}\na\n", [(1, "if (x) { y")], [["a"]]),
    ],
)
def test_a_line_that_is_not_understood_is_given_as_it_is_and_the_others_are_read(
    text: str, wrong: list[tuple[int, str]], right: list[list[str]]
) -> None:
    read = parse(text, "d/f")
    lost = [command for command in read.commands if not command.understood]
    assert [(command.line, command.raw) for command in lost] == wrong
    assert [texts(command) for command in read.commands if command.understood] == right
    assert [problem.where for problem in read.problems] == [f"d/f:{number}" for number, _ in wrong]
    assert all(command.words == () and command.program == "" for command in lost)


def test_a_script_longer_than_what_is_read_at_once_is_read_as_if_it_were() -> None:
    part = "f() {\n  a | b\n}\n\ncat <<EOF\n  x\nEOF\nif c; then\n  d\nfi\n\n"
    read = parse(part * 400, "f", limits=Limits())
    assert not read.problems
    once = parse(part, "f").commands
    assert [command.within for command in read.commands] == [command.within for command in once] * 400
    assert [command.line for command in read.commands[::5]] == [11 * n + 2 for n in range(400)]


def test_a_block_longer_than_what_is_read_at_once_is_read_by_its_lines() -> None:
    read = parse("main() {\n" + "  docker compose up -d\n" * 1500 + "}\nmain\n", "f")
    assert [command.raw for command in read.commands if not command.understood] == ["main() {"]
    assert sum(command.program == "docker" for command in read.commands) == 1500
    assert read.commands[-1].line == 1503


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("(" * 10_000 + "a" + ")" * 10_000, None),
        ("$(" * 4000 + "a" + ")" * 4000, "nested deeper than 64 levels"),
        ("if a; then " * 1000 + "b; " + "fi; " * 1000, "nested deeper than 64 levels"),
        ("{ " * 3000 + "a; " + "} " * 3000, None),
        ("a" * (2 << 20), "larger than 262144 bytes"),
        ("é" * (1 << 18), "larger than 262144 bytes"),
        ("a;" * 31_000, None),
        ("a\n" * 31_000, "more than 30000 commands"),
    ],
)
def test_a_text_over_its_budgets_is_refused_or_read_and_nothing_breaks(text: str, what: str | None) -> None:
    if what is None:
        assert all(command.raw for command in parse(text, "d/f").commands)
        return
    with pytest.raises(ParseError, match=what) as refusal:
        parse(text, "d/f")
    assert refusal.value.problems[0].where.startswith("d/f")


@pytest.mark.parametrize(
    "unit",
    [
        "a |\n",
        "a | ",
        "cat <<E ",
        "<<E\n",
        "[[ \nf()\n",
        "((\nf()\n",
        "@(a",
        ")|",
        'a\n"',
        "{{",
        "a \\\n",
        "\t\\a\n",
        "`a ",
    ],
)
def test_a_text_made_to_take_long_ends(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    try:
        read = parse(text, "f")
    except ParseError:
        return
    assert len(read.problems) <= 50


def test_the_grammar_is_loaded_when_the_first_text_is_read() -> None:
    code = "import sys; from releasekit.syntax import shell; sys.exit('tree_sitter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# no line of these begins with a sign of its own for the shell
NAME = st.text("abcXYZ019_./:=%@+-é日", min_size=1, max_size=8).filter(lambda text: text[0] not in "=:%@+-0123456789")
VALUE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).filter(
    lambda text: not any(mark in text for mark in ("{{", "{%", "<%", "$[["))
)


@given(st.lists(st.tuples(NAME.filter(lambda name: "=" not in name), st.lists(VALUE, max_size=4)), max_size=5))
def test_what_is_quoted_by_the_standard_library_comes_back(rows: list[tuple[str, list[str]]]) -> None:
    text = "".join(shlex.join(["run", name, *values]) + "\n" for name, values in rows)
    read = parse(text, "f")
    assert [texts(command) for command in read.commands] == [["run", name, *values] for name, values in rows]
    assert all(word.static for command in read.commands for word in command.words)
    assert [command.line for command in read.commands] == list(range(1, len(rows) + 1))


PIECES = ["a", "b c", '"', "'", "`", "$(", ")", "(", "{ ", "}", "[[ ", "]]", "|", "&&", ";", "<<E", "E\n", "> f", "A=1"]
PIECES += [
    "if ",
    "then ",
    "fi",
    "for x in ",
    "do ",
    "done",
    "case x in ",
    "esac",
    "\\\n",
    "\n",
    "# x",
    "{{ y }}",
    "é",
    " ",
]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)))
def test_any_text_is_read_and_each_command_stands_on_one_line(text: str) -> None:
    read = parse(text, "f")
    assert [command for line in read.lines for command in line.commands] == list(read.commands)
    numbers = [line.number for line in read.lines]
    assert numbers == sorted(set(numbers))
    assert all(1 <= command.line <= command.end <= text.count("\n") + 1 for command in read.commands)
    assert {command.line for command in read.commands if not command.understood} >= {
        int(problem.where.rpartition(":")[2]) for problem in read.problems
    }
