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
        return tuple({fact.name: fact for fact in self.c.of("sync") if fact.way == self.way}.values())

    def where(self, fact: Fact) -> str:
        """The namespace of a controller's object; "" when no file says it."""
        return next((str(one.value) for one in self.c.of("sync_namespace") if one.name == fact.name), "")

    def deploy(self) -> Iterator[Step]:
        source = self.synced[0].source if self.synced else ""
        title = self.d.title
        text = f"Merge or push {self.new} to the branch that {title} follows: {title} applies it."
        yield Step(Act.DEPLOY, text, "", "", source, way=self.way)

    def reverted(self) -> Iterator[Step]:
        """Back in Git: the old content as a new commit."""
        release = self.c.release
        old = release.running_tag or release.running_sha[:12]
        new = release.candidate_tag or release.candidate_sha[:12]
        if old and new:
            command = f"{shlex.join(('git', 'revert', '--no-edit', f'{old}..{new}'))} && git push"
            text = f"Revert {self.new} in Git, on the branch that {self.d.title} follows."
            yield Step(Act.BACK_CHECKOUT, text, command, "one new commit for each that is reverted", way=self.way)
        else:
            text = f"Revert {self.new} in Git, on the branch that {self.d.title} follows, and push."
            yield Step(Act.BACK_CHECKOUT, text, way=self.way)
