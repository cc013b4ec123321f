"""What ways have in common in which a controller applies what stands in Git. Knows no controller."""

import shlex
from collections.abc import Iterator
from functools import cached_property

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.kubernetes import Kubernetes
from releasekit.facts.model import Fact


class GitOps(Kubernetes):
    """The release is a commit; nothing is applied by hand, since the controller would take it back."""

    checkout_back = False

    @cached_property
    def synced(self) -> tuple[Fact, ...]:
        """The controller's objects that apply this repository, each once."""
        own = [fact for fact in self.c.of("sync") if fact.way == self.way and not fact.name.startswith("-")]
        return tuple({fact.name: fact for fact in own}.values())

    def said(self, kind: str, fact: Fact | None = None) -> str:
        """What a controller's object says of itself, or the first of them; "" when none says it."""
        own = [one for one in self.c.of(kind) if fact is None or one.name == fact.name]
        return next((str(one.value) for one in own if not str(one.value).startswith("-")), "")

    def space(self, *services: str) -> tuple[str, ...]:
        own = super().space(*services)
        target = self.said("target_namespace")
        return own or (("-n", target) if target else ())

    def deploy(self) -> Iterator[Step]:
        source = self.synced[0].source if self.synced else ""
        title = self.d.title
        text = f"Merge or push {self.new} to the branch that {title} follows: {title} applies it."
        yield Step(Act.DEPLOY, text, "", "", source, way=self.way)

    def reverted(self) -> Iterator[Step]:
        """Back in Git: the old content as new commits on the branch that the controller follows."""
        release = self.c.release
        old, new = release.running_revision, release.candidate_revision
        text = f"Revert {self.new} in Git, on the branch that {self.d.title} follows, and push."
        if not old or not new:
            yield Step(Act.BACK_CHECKOUT, text, way=self.way)
            return
        commands = (
            ("git", "switch", self.blank(self.said("sync_branch"), "BRANCH")),
            ("git", "pull", "--ff-only"),
            ("git", "revert", "--no-edit", f"{old}..{new}"),
            ("git", "push"),
        )
        command = " && ".join(map(shlex.join, commands))
        fill, expect = self.filled(command), "a new commit for each reverted one"
        yield Step(Act.BACK_CHECKOUT, text, command, expect, way=self.way, fill=fill)
