"""Who is who, who may sign for what, and what voids a signature. Promise P15, against an oracle of the rules."""

import random
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from releasekit.checklist.model import Phase
from releasekit.errors import InputError, RefusedError
from releasekit.facts.change import Change, Commit
from releasekit.plan.model import Plan, seal
from releasekit.probes.evidence import Verdict
from releasekit.run.events import Actor
from releasekit.run.people import AUTHENTICATED, SELF_DECLARED, SIGNED, Everybody, actor, fold, meets
from releasekit.run.people import acting as whoever_acts
from releasekit.run.readiness import readiness
from releasekit.run.replay import replay
from releasekit.run.run import Run
from releasekit.run.signing import check_signature
from releasekit.run.signoff import Proof
from releasekit.run.sshkeys import sign as ssh_sign
from releasekit.run.state import RunState, Status
from releasekit.run.store import open_store
from tests.counts import count, proving
from tests.run.postgresql import Server
from tests.run.samples import (
    ALICE,
    BOB,
    BROKEN,
    CERTIFICATES,
    DEPLOYED,
    ITEMS,
    LEAD,
    UAT,
    UNIT,
    Clock,
    begin_in,
    found,
    plan,
)


def with_policy(team: dict[str, object] | None = None, commits: tuple[Commit, ...] = (), **signing: object) -> Plan:
    configuration = {"environment": "production", "team": team or {}, "signing": signing}
    bound = plan(parameters={"application": {"name": "shop"}, "configuration": configuration})
    return seal(replace(bound, change=Change(commits=commits)))


def commit(author: str, email: str = "") -> Commit:
    return Commit("c" * 40, author, email, "2026-11-20T10:00:00Z", "Change")


def acting(run: Run, name: str, grade: str = SELF_DECLARED) -> Run:
    return Run(run.store, run.run_id, Actor(name, grade), Clock())


# -- identity


def test_names_that_look_the_same_are_the_same() -> None:
    assert fold("  ALICE   Adams ") == fold("alice adams")
    assert fold("\uff21lice") == fold("Alice")
    assert fold("al\u200bice") == "alice"
    assert fold("Straße") == fold("STRASSE")
    assert fold("\u0430lice") != fold("alice"), "a Cyrillic letter is another name"


def test_aliases_addresses_and_keys_are_one_person_and_shared_ones_join() -> None:
    everybody = Everybody.known(
        [["Ada Lovelace", "ada@example.org", "SHA256:AbC"], ["ada", "Ada@Example.org"], ["Bob"]]
    )
    assert everybody.same("ADA", "SHA256:AbC")
    assert everybody.same("Ada L. <ada@example.org>", "ada lovelace")
    assert not everybody.same("SHA256:abc", "ada")
    assert not everybody.same("bob", "ada")
    assert everybody.same("Zoe", "zoe")
    assert not everybody.same("", "")


def test_an_environment_declares_and_a_database_or_a_hub_knows() -> None:
    assert actor({"RELEASEKIT_USER": " Ada  Lovelace\n"}) == Actor("Ada Lovelace", SELF_DECLARED)
    assert actor({"JUPYTERHUB_USER": "ada"}) == Actor("ada", SELF_DECLARED)
    assert actor({}, session_user="ada") == Actor("ada", AUTHENTICATED)
    assert actor({"RELEASEKIT_USER": "ada"}, session_user="ada") == Actor("ada", AUTHENTICATED)
    assert actor({"RELEASEKIT_USER": "ada"}, session_user="shared") == Actor("ada", SELF_DECLARED)
    assert actor({"JUPYTERHUB_USER": "ada"}, hub_user="ada") == Actor("ada", AUTHENTICATED)
    assert actor({"JUPYTERHUB_USER": "ada"}, hub_user="eve") == Actor("ada", SELF_DECLARED)
    assert actor({}, session_user="shared", hub_user="ada") == Actor("ada", AUTHENTICATED)
    assert actor({}).grade == SELF_DECLARED


def test_a_hub_that_does_not_answer_vouches_for_nobody(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/hub/api/user").respond_with_json({"kind": "user", "name": "ada"})
    hub = {"JUPYTERHUB_API_URL": httpserver.url_for("/hub/api"), "JUPYTERHUB_API_TOKEN": "t", "JUPYTERHUB_USER": "ada"}
    assert whoever_acts(hub, "") == Actor("ada", AUTHENTICATED)
    assert whoever_acts(hub, "") == Actor("ada", SELF_DECLARED)


def test_grades_have_an_order() -> None:
    assert meets(SIGNED, AUTHENTICATED)
    assert meets(AUTHENTICATED, AUTHENTICATED)
    assert not meets(SELF_DECLARED, AUTHENTICATED)
    assert not meets("royal", AUTHENTICATED)


def test_the_databases_user_is_the_authenticated_person(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.new_database()
    postgresql.sql("DROP ROLE IF EXISTS carol")
    postgresql.sql("CREATE ROLE carol LOGIN SUPERUSER")
    store = open_store(postgresql.url(name, "carol"), tmp_path)
    assert actor({}, store.session_user) == Actor("carol", AUTHENTICATED)


# -- who may sign


def test_the_person_whom_the_parameter_file_names_signs_and_nobody_else(tmp_path: Path) -> None:
    team = {"technical_lead": "Ada Lovelace <ada@example.org>"}
    run = begin_in(tmp_path, bound=with_policy(team, people={"Ada Lovelace": ["adal"]}))
    with pytest.raises(RefusedError, match=r"Technical Lead is Ada Lovelace <ada@example.org>, and you are bob"):
        acting(run, "bob").sign("technical_lead")
    with pytest.raises(RefusedError, match="the Technical Lead is Ada"):
        acting(run, "bob").refuse("technical_lead", "no")
    acting(run, "ADAL").sign("technical_lead")
    assert run.refresh().items[LEAD].by == "ADAL"
    acting(run, "anybody").sign("release_manager")


def test_nobody_signs_for_two_roles_unless_the_policy_says_so(tmp_path: Path) -> None:
    run = begin_in(tmp_path / "a", bound=with_policy(people={"ada": ["Ada L"]}))
    acting(run, "ada").sign("technical_lead")
    with pytest.raises(RefusedError, match="signed as technical lead: nobody signs for two roles"):
        acting(run, "ADA L").sign("release_manager")
    with pytest.raises(RefusedError, match="ada signed already"):
        acting(run, "Ada").sign("technical_lead")
    lenient = begin_in(tmp_path / "b", bound=with_policy(several_roles=True))
    for role in ("technical_lead", "release_manager"):
        acting(lenient, "ada").sign(role)


def test_a_role_needs_the_grade_that_the_policy_asks_for(tmp_path: Path) -> None:
    run = begin_in(tmp_path, bound=with_policy(grades={"technical_lead": AUTHENTICATED}))
    with pytest.raises(RefusedError, match="the Technical Lead must be authenticated; ada is self-declared"):
        acting(run, "ada").sign("technical_lead")
    acting(run, "ada", AUTHENTICATED).sign("technical_lead")
    acting(run, "bob").sign("release_manager")
    assert [one.grade for one in run.refresh().signoffs] == [AUTHENTICATED, SELF_DECLARED]


def test_who_is_not_known_by_a_name_cannot_sign(tmp_path: Path) -> None:
    run = begin_in(tmp_path, bound=with_policy())
    with pytest.raises(RefusedError, match="nobody knows who you are"):
        acting(run, "unknown").sign("technical_lead")


def test_somebody_who_wrote_none_of_the_commits_must_be_among_those_who_sign(tmp_path: Path) -> None:
    commits = (commit("Ada", "ada@example.org"), commit("Bob", "bob@example.org"))
    run = begin_in(tmp_path, bound=with_policy(commits=commits, people={"bob": ["robert"]}))
    acting(run, "ada").sign("technical_lead")
    acting(run, "robert").sign("release_manager")
    sentence = "all who signed wrote some of the commits (ada, robert): somebody who wrote none must sign"
    assert sentence in readiness(run.refresh(), Clock()()).waiting
    acting(run, "carol").sign("release_manager")
    assert sentence not in readiness(run.refresh(), Clock()()).waiting


def test_a_strict_policy_lets_no_author_sign_and_none_where_authors_are_not_known(tmp_path: Path) -> None:
    run = begin_in(tmp_path / "a", bound=with_policy(commits=(commit("Ada"),), authors="none"))
    with pytest.raises(RefusedError, match="ada wrote commits of this release"):
        acting(run, "ada").sign("technical_lead")
    acting(run, "bob").sign("technical_lead")
    shallow = Change(unknown="the clone is shallow", mend="git fetch --unshallow")
    unknown = begin_in(tmp_path / "b", bound=seal(replace(with_policy(authors="none"), change=shallow)))
    with pytest.raises(RefusedError, match=r"the clone is shallow\)\n  git fetch --unshallow"):
        acting(unknown, "bob").sign("technical_lead")
    lenient = begin_in(tmp_path / "c", bound=seal(replace(with_policy(), change=shallow)))
    acting(lenient, "ada").sign("technical_lead")
    acting(lenient, "bob").sign("release_manager")
    assert any("the clone is shallow" in remark for remark in readiness(lenient.refresh(), Clock()()).remarks)


def test_closing_is_signed_when_it_is_time(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(RefusedError, match="the run is in phase prepare: closing is signed in phase close"):
        run.sign("technical_lead", "close")
    with pytest.raises(InputError, match="'maybe' is no scope"):
        run.sign("technical_lead", "maybe")


def test_a_waiver_is_not_approved_by_who_waives(tmp_path: Path) -> None:
    run = begin_in(tmp_path, bound=with_policy(people={"alice": ["Al"]}))
    with pytest.raises(RefusedError, match="cannot approve their own waiver"):
        run.waive(UNIT, "later", approver="AL")
    run.waive(UNIT, "later", approver="carol")


# -- what voids a signature


def signed(folder: Path) -> Run:
    run = begin_in(folder, bound=with_policy())
    run.add_evidence(found(verdict=Verdict.WARN, sentence="no commit named"))
    run.tick(UAT, note="approved")
    acting(run, "lead").sign("technical_lead")
    run.refresh()
    return run


def lead(run: Run) -> tuple[str, Status]:
    state = run.refresh()
    return state.signoffs[0].void, state.items[LEAD].status


def _parameters(run: Run) -> None:
    changed = with_policy(team={"product_owner": "eve"})
    run.bind(changed)


def _candidate(run: Run) -> None:
    bound = with_policy()
    run.bind(seal(replace(bound, candidate=replace(bound.candidate, sha="d" * 40))))


def _checklist(run: Run) -> None:
    section = replace(with_policy().checklist.sections[0], items=(*ITEMS[:-1], replace(ITEMS[-1], text="Other")))
    bound = with_policy()
    run.bind(seal(replace(bound, checklist=replace(bound.checklist, sections=(section,)))))


VOIDS: list[tuple[Callable[[Run], None], str]] = [
    (_parameters, "the parameters changed"),
    (_candidate, "the candidate changed"),
    (_checklist, "the checklist changed"),
    (
        lambda run: run.add_evidence(found(verdict=Verdict.FAIL)),
        "“All unit tests passing”: it was warned and is failed",
    ),
    (lambda run: run.untick(UAT), "“User acceptance testing approved”: it was green and is not green"),
    (lambda run: run.waive(CERTIFICATES, "later"), "“SSL certificates valid”: it was waived"),
    (
        lambda run: run.exclude([UAT], "none"),
        "“User acceptance testing approved”: whether it applies was answered anew",
    ),
]


@pytest.mark.parametrize(("change", "why"), VOIDS, ids=[why for _, why in VOIDS])
def test_a_change_of_what_was_signed_voids_the_signature_for_good(
    change: Callable[[Run], None], why: str, tmp_path: Path
) -> None:
    run = signed(tmp_path)
    assert lead(run) == ("", Status.DONE)
    change(run)
    assert lead(run) == (why, Status.OPEN)
    run.bind(with_policy())
    run.add_evidence(found())
    assert lead(run) == (why, Status.OPEN)
    acting(run, "lead").sign("technical_lead")
    assert run.refresh().items[LEAD].status is Status.DONE


STAYS: list[tuple[str, Callable[[Run], None]]] = [
    ("the same verdict again", lambda run: run.add_evidence(found(verdict=Verdict.WARN, sentence="no commit named"))),
    ("a better verdict", lambda run: run.add_evidence(found())),
    ("a note", lambda run: run.note(UAT, "see the minutes")),
    ("another signature", lambda run: acting(run, "manager").sign("release_manager")),
    ("an item of a later phase", lambda run: run.tick(DEPLOYED)),
    ("a trigger, which is judged after go", lambda run: run.tick(BROKEN)),
    ("an item done that was open", lambda run: run.tick(CERTIFICATES)),
    ("the next phase", lambda run: run.enter(Phase.DEPLOY, override="drill")),
    ("the same plan bound again", lambda run: run.bind(with_policy())),
    ("an assignment", lambda run: run.assign(UAT)),
]


@pytest.mark.parametrize(("name", "change"), STAYS, ids=[name for name, _ in STAYS])
def test_what_was_not_signed_does_not_void_it(name: str, change: Callable[[Run], None], tmp_path: Path) -> None:
    run = signed(tmp_path)
    change(run)
    assert lead(run) == ("", Status.DONE)


def test_a_waiver_that_ends_voids_what_relied_on_it(tmp_path: Path) -> None:
    clock = Clock()
    run = begin_in(tmp_path, clock, bound=with_policy())
    run.waive(UNIT, "flaky", until="2026-11-24")
    run.sign("technical_lead")
    assert run.state.items[LEAD].status is Status.DONE
    clock.move(days=2)
    assert run.state.items[LEAD].status is Status.OPEN
    assert run.state.signoffs[0].void == "“All unit tests passing”: its waiver ended 2026-11-24"


def test_a_closed_run_stays_what_it_was_at_its_end_whenever_it_is_looked_at(tmp_path: Path) -> None:
    for name, days, status in (("within", 0, Status.WAIVED), ("after", 9, Status.FAILED)):
        clock = Clock()
        run = begin_in(tmp_path / name, clock)
        run.add_evidence(found(verdict=Verdict.FAIL))
        run.waive(UNIT, "flaky", until="2026-11-24")
        run.sign("technical_lead")
        clock.move(days=days)
        run.close("abandoned")
        at_its_end = run.state
        assert at_its_end.items[UNIT].status is status, name
        assert bool(at_its_end.signoffs[0].void) is (status is Status.FAILED), name
        assert at_its_end.items[LEAD].ticked is (status is Status.WAIVED), name
        clock.move(days=400)
        assert other_reader(run) == replay(run.store.events(run.run_id)) == run.state == at_its_end


def other_reader(run: Run) -> RunState:
    return Run(run.store, run.run_id, BOB, Clock()).state


def test_a_signature_names_the_log_that_it_was_given_over(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    before = run.state
    run.sign("technical_lead")
    one = run.state.signoffs[0]
    assert (one.by, one.scope, one.size, one.head, one.at) == (
        "alice",
        "go",
        before.size,
        before.head,
        "2026-11-23T05:00:17.123Z",
    )


# -- keys


@pytest.fixture
def keys(require: Callable[[str], Path], tmp_path: Path) -> tuple[Path, Path]:
    """Ada's key and the file that allows it; Eve's key lies beside it and is not allowed."""
    program = str(require("ssh-keygen"))
    for name in ("ada", "eve"):
        command = [program, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(tmp_path / name)]
        subprocess.run(command, check=True, capture_output=True)
    allowed = tmp_path / "allowed_signers"
    allowed.write_text(f"ada@example.org {(tmp_path / 'ada.pub').read_text()}")
    return tmp_path, allowed


def test_a_key_makes_a_signature_of_the_highest_grade(keys: tuple[Path, Path], tmp_path: Path) -> None:
    folder, allowed = keys
    bound = with_policy(
        {"technical_lead": "Ada"}, people={"Ada": ["ada@example.org"]}, grades={"technical_lead": SIGNED}
    )
    run = begin_in(tmp_path / "out", bound=bound)
    statement = run.statement("technical_lead")
    run.note(UAT, "something that does not matter happened in between")
    run.sign("technical_lead", proof=Proof(statement, ssh_sign(statement, folder / "ada"), allowed))
    one = run.state.signoffs[0]
    assert (one.by, one.grade, one.size) == ("ada@example.org", SIGNED, 2)
    kept = run.store.events(run.run_id)[-1].data["signature"]
    assert kept["fingerprint"].startswith("SHA256:")
    assert kept["statement"] == statement.decode()
    assert "BEGIN SSH SIGNATURE" in kept["text"]


def test_a_signature_that_does_not_fit_is_refused(keys: tuple[Path, Path], tmp_path: Path) -> None:
    folder, allowed = keys
    run = begin_in(tmp_path / "out", bound=with_policy())
    statement = run.statement("technical_lead")
    signature = ssh_sign(statement, folder / "ada")

    def refused(
        why: str, statement: bytes = statement, signature: str = signature, role: str = "technical_lead"
    ) -> None:
        with pytest.raises(RefusedError, match=why):
            run.sign(role, proof=Proof(statement, signature, allowed))

    refused("no key that is allowed", signature=ssh_sign(statement, folder / "eve"))
    refused("does not fit what is signed", statement=statement + b" ")
    refused("no key that is allowed", signature="rubbish")
    refused("for another run, role or scope", role="release_manager")
    noise = b'{"size":1}'
    refused("for another run, role or scope", statement=noise, signature=ssh_sign(noise, folder / "ada"))
    refused("no statement", statement=b"[]", signature=ssh_sign(b"[]", folder / "ada"))
    forged = statement.replace(run.state.head.encode(), b"0" * 64)
    refused("a log that this run does not have", statement=forged, signature=ssh_sign(forged, folder / "ada"))
    run.tick(UAT)
    refused("what was signed has changed since")
    with pytest.raises(InputError, match="allowed signers is not there"):
        run.sign("technical_lead", proof=Proof(statement, signature, tmp_path / "nothing"))
    with pytest.raises(InputError, match="could not sign"):
        ssh_sign(statement, tmp_path / "nothing")
    assert run.refresh().signoffs == ()


# -- the oracle


def _spellings(chance: random.Random, name: str) -> str:
    return chance.choice([name, name.upper(), name.title(), f" {name} ", name.replace("a", "\uff41")])


def test_random_people_roles_aliases_and_keys_agree_with_an_oracle(tmp_path: Path) -> None:
    chance = random.Random(None if proving() else 15)
    roles = ["technical_lead", "release_manager"]
    for _ in range(count("people.cases")):
        persons = [[f"p{n}", f"alias{n}", f"m{n}@x.example", f"SHA256:Key{n}"] for n in range(4)]
        authors = chance.sample(range(4), chance.randrange(3))
        team = {role: chance.choice(persons)[0] for role in roles if chance.random() < 0.4}
        rules = {
            "several_roles": chance.random() < 0.3,
            "authors": chance.choice(["one", "none", "any"]),
            "grades": {role: chance.choice([SELF_DECLARED, AUTHENTICATED, SIGNED]) for role in roles},
            "people": {names[0]: names[1:] for names in persons},
        }
        commits = tuple(commit(_spellings(chance, chance.choice(persons[n][:2])), persons[n][2]) for n in authors)
        run = begin_in(tmp_path, bound=with_policy(team, commits, **rules))
        given: list[tuple[int, str]] = []
        for _attempt in range(4):
            who, role = chance.randrange(4), chance.choice(roles)
            grade = chance.choice([SELF_DECLARED, AUTHENTICATED, SIGNED])
            name = chance.choice(persons[who])
            name = name if name.startswith("SHA256") else _spellings(chance, name)
            # the rule, as a person reads it
            named = role not in team or team[role] == persons[who][0]
            known = [SELF_DECLARED, AUTHENTICATED, SIGNED].index(grade) >= [SELF_DECLARED, AUTHENTICATED, SIGNED].index(
                rules["grades"][role]  # type: ignore[index] - the table above
            )
            alone = rules["several_roles"] or all(other == role for person, other in given if person == who)
            anew = (who, role) not in given
            outside = rules["authors"] != "none" or who not in authors
            try:
                acting(run, name, grade).sign(role)
                allowed = True
            except RefusedError:
                allowed = False
            assert allowed is bool(named and known and alone and anew and outside), (
                name,
                role,
                grade,
                team,
                rules,
                given,
            )
            if allowed:
                given = [(person, other) for person, other in given if other != role] + [(who, role)]
        waits = "all who signed wrote some of the commits"
        everybody_wrote = bool(given) and all(person in authors for person, _ in given)
        complete = {role for _, role in given} == set(roles)
        said = any(waits in sentence for sentence in readiness(run.refresh(), Clock()()).waiting)
        assert said is (rules["authors"] == "one" and complete and everybody_wrote)
        run.close("abandoned")


def test_a_state_without_a_plan_has_no_roles(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(InputError, match="none: no plan is bound yet"):
        check_signature(replace(run.state, plan=None), BOB, "technical_lead", "go")
    assert ALICE.grade == SELF_DECLARED
