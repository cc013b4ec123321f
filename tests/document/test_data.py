import json
import re

from releasekit import document
from tests.checklist.samples import checklist
from tests.document.samples import READINESS, answered, plan


def test_the_record_is_json_and_says_what_it_is() -> None:
    record = document.data(answered(), READINESS)
    assert json.loads(json.dumps(record)) == record
    assert record["schema"] == "releasekit/record/1"
    assert (record["run"], record["service"], record["version"], record["status"]) == ("r-1", "shop", "2.4.0", "open")
    assert record["readiness"]["machine"] == "no-go"
    assert record["start_order"] == [["db"], ["prestart"], ["backend"]]


def test_items_are_in_the_checklists_order_with_what_is_known_of_each() -> None:
    record = document.data(answered(), READINESS)
    assert [item["id"] for item in record["items"]] == [item.id for item in checklist().items]
    tests = next(item for item in record["items"] if item["id"] == "testing.unit-tests")
    assert (tests["section"], tests["status"], tests["ticked"]) == ("Testing Verification", "failed", False)
    assert tests["person"]["by"] == "Bob"
    assert tests["evidence"][0]["verdict"] == "fail"
    assert tests["details"][0].keys() == {"text", "code", "expect", "source", "warns", "step", "waits", "typed"}


def test_markdown_and_json_agree_on_every_box() -> None:
    state = answered()
    ticked = sum(item["ticked"] for item in document.data(state)["items"])
    assert ticked == len(re.findall(r"^- \[x\] ", document.markdown(document.checklist(state)), re.MULTILINE)) == 3


def test_a_plan_alone_has_the_same_form_and_no_tick() -> None:
    alone = document.plan_data(plan())
    assert alone.keys() == document.data(answered(), READINESS).keys()
    assert (alone["status"], alone["readiness"]) == ("plan", None)
    assert not any(item["ticked"] for item in alone["items"])
    assert {fact["kind"] for fact in alone["facts"]} >= {"service", "depends_on", "migration_command"}
