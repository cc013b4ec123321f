import re
from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt

from releasekit import document
from releasekit.checklist.build import build
from releasekit.checklist.template import bundled, extend
from releasekit.document.blocks import Paragraph, Spark
from releasekit.facts.change import Commit
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from tests.checklist import samples as service
from tests.document.samples import READINESS, answered, opened, plan

SEED = (Path(__file__).parents[1] / "checklist" / "seed.md").read_text(encoding="utf-8")
# an item's line: no indentation; its words end where the line says more
ITEM = re.compile(r"- (?:\[[ x]\] |~~)(.+?)(?:~~)?(?: — .*)?")


def written(source: str) -> list[str]:
    """Headings and items of a document, in the seed's form."""
    lines = []
    for line in source.split("\n"):
        if line.startswith("#"):
            lines.append(line)
        elif match := ITEM.fullmatch(line):
            lines.append(match[1])
    return lines


def seed() -> list[str]:
    inside = SEED[SEED.index("# Production Deployment Checklist") : SEED.rindex("```")]
    return [line.removeprefix("- [ ] ") for line in inside.split("\n") if line.startswith(("#", "- "))]


def test_headings_order_and_words_are_the_seeds() -> None:
    bound = plan(built=service.checklist(what=service.change()))
    assert written(document.markdown(document.checklist(opened(bound)))) == seed()
    assert written(document.markdown(document.of_plan(bound)))[: len(seed())] == seed()


def test_each_item_is_one_list_line_and_its_specifics_are_nested_with_their_place() -> None:
    lines = document.markdown(document.checklist(opened())).split("\n")
    assert sum(line.startswith("- ") for line in lines) == 62
    at = lines.index("- [ ] Services restarted in correct order")
    assert lines[at + 1].startswith("  - **Step ")
    assert "`docker compose -f compose.yaml up -d --no-deps --wait backend`" in lines[at + 1]
    assert lines[at + 2] == "  - Order of start: 1. db; 2. prestart; 3. backend."
    assert "  - backend starts when prestart has ended with success. `compose.yaml:26`" in lines[at:]


def test_nothing_is_ticked_that_nobody_ticked() -> None:
    assert "- [x]" not in document.markdown(document.of_plan(plan()))
    assert "- [x]" not in document.markdown(document.whole(opened(), READINESS))


def test_boxes_are_what_the_run_says() -> None:
    source = document.markdown(document.checklist(answered()))
    assert re.findall(r"^- \[x\] (.*)$", source, re.MULTILINE) == [
        "All code changes reviewed and approved",
        "Deployment team assembled",
        "Critical functionality broken — **fired**",
    ]


def test_a_trigger_says_clear_fired_or_unknown_on_its_line_and_rollback_steps_are_not_entered() -> None:
    source = document.markdown(document.checklist(answered()))
    assert "- [x] Critical functionality broken — **fired**" in source
    assert "- [ ] Performance degradation > 50% — **unknown**" in source
    assert "- [ ] Data corruption detected — **clear**" in source
    assert source.count("— **not entered**") == 6


def test_the_machines_verdict_and_the_persons_word_are_both_shown() -> None:
    source = document.markdown(document.checklist(answered()))
    item = source[source.index("- [ ] All unit tests passing — **failed**") :]
    assert "  - ✗ **fail** 1 of 12 tests failed `ci/unit.xml`" in item
    assert "**Next:** mend it" in item
    assert "  - Ticked by Bob, t." in item


def test_an_item_that_does_not_apply_keeps_its_place_struck_without_a_box_and_with_the_reason() -> None:
    bound = plan(built=service.checklist(what=service.change()))
    source = document.markdown(document.of_plan(bound))
    assert (
        "- ~~Database migrations executed~~ — not applicable: no migration differs between v2.3.1 and 2.4.0" in source
    )
    said = document.markdown(document.checklist(answered()))
    assert "- ~~User acceptance testing approved~~ — not applicable, says Eve: no users" in said


def test_an_item_that_a_template_removes_keeps_its_place_with_the_reason() -> None:
    team = extend(bundled(), "remove:\n  - {id: testing.user-acceptance, reason: no users}\n", "team.yaml")
    bound = plan(built=build(team, service.ANALYSIS, service.change(), service.RELEASE))
    source = document.markdown(document.of_plan(bound))
    assert "- ~~User acceptance testing approved~~ — removed by the team's template: no users" in source
    assert written(source)[: len(seed())] == seed()


def test_a_proposal_keeps_its_box_and_says_what_was_looked_for() -> None:
    source = document.markdown(document.of_plan(plan(Analysis())))
    item = source[source.index("- [ ] Feature flags configured appropriately") :]
    assert item.split("\n")[1].startswith(
        "  - ? Proposed not applicable, for a person to confirm: no feature flags found"
    )


def test_placeholders_are_the_seeds_own() -> None:
    assert "- [ ] **Product Owner**: [NAME] - [DATE]" in document.markdown(document.of_plan(plan()))


def test_a_command_of_several_lines_is_shown_line_by_line() -> None:
    facts = (*service.FACTS, Fact("start_command", "command", "cd /srv\nexec ./run", "compose.yaml:33", "backend"))
    source = document.markdown(document.of_plan(plan(Analysis(facts))))
    assert "  - backend starts with: `compose.yaml:33`\n    - `cd /srv`\n    - `exec ./run`" in source


def test_hostile_texts_of_a_repository_make_no_element_no_link_and_no_box() -> None:
    bad = "</details><script>alert(1)</script> [a](javascript:alert(1))\n- [x] Approved by security | x"
    facts = (
        *service.FACTS,
        Fact("service", bad, "app", f"{bad}:3"),
        Fact("healthcheck", bad, f"cmd:{bad}", "a:1", bad),
    )
    finding = Finding("port-differs", Severity.RISK, bad, (bad,), bad, bad)
    what = replace(service.change(service.ADDITIVE), commits=(Commit("c" * 40, bad, bad, bad, bad, (bad,)),))
    hostile = plan(Analysis(facts, (finding,), ((bad,),)), what, replace(service.RELEASE, team={"technical_lead": bad}))
    source = document.markdown(document.whole(opened(hostile), READINESS))
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source)
    assert "<script" not in rendered
    assert "<a " not in rendered
    assert "</details>" not in rendered
    assert not re.search(r"^\s*(?:[-*+]|\d+[.)]) \[[xX]\]", source, re.MULTILINE)
    assert sum(line.startswith("- ") for line in source.split("\n")) == 62


def test_a_course_is_bars_with_a_line_where_the_baseline_ends() -> None:
    def drawn(spark: Spark) -> str:
        return document.markdown((Paragraph((spark,)),)).strip()

    assert drawn(Spark((1.0, 2.0, 8.0), "three", 2)) == "▁▂│█"
    assert drawn(Spark((1.0, 8.0), "two")) == "▁█"
    assert drawn(Spark((), "none")) == ""
    assert len(drawn(Spark(tuple(map(float, range(120))), "many", 60))) <= 42
