"""Dokku (dokku.com/docs/deployment/methods, .../processes): a platform on one host, spoken to by SSH or a push."""

import shlex
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class Dokku(Commands):
    """A push is built on the host, an image is taken as it is; both run the release phase before they serve."""

    way = "dokku"
    checkout = True
    runs_new_first = False
    blanks = MappingProxyType({
        "HOST": "the host that Dokku runs on, from `git remote -v`",
        "APP": "the app, from `ssh dokku@HOST apps:list`",
        "IMAGE": "the image of that version, by its digest",
        "OLD_COMMIT": "the commit that ran before",
    })  # fmt: skip

    def words(self, verb: str, *arguments: str) -> tuple[str, ...]:
        """A command of Dokku about the app, over SSH."""
        known = [words for _, words in self.lines if words[:1] == ["ssh"] and len(words) > 3]
        target = next((word for words in known for word in words if word.startswith("dokku@")), "dokku@HOST")
        app = next((words[words.index(target) + 2] for words in known if target in words), "APP")
        return ("ssh", target, verb, app, *arguments)

    @property
    def by_image(self) -> bool:
        """Whether the pipeline gives Dokku an image, which is not built on the host."""
        return any("git:from-image" in words for _, words in self.lines)

    def stop(self) -> Iterator[Step]:
        yield self.step(Act.STOP, "Stop the app.", *self.words("ps:stop"), expect="Stopping")

    def run(self, command: Sequence[str], service: str, source: str) -> Step | None:
        text = f"Migrate, in a container of {self.new}."
        words = self.words("run", *command)
        return self.step(Act.MIGRATE, text, *words, expect="exit status 0", source=source)

    def deploy(self) -> Iterator[Step]:
        ref = self.c.release.candidate_tag or self.c.release.candidate_sha or "HEAD"
        text = f"Deploy {self.new}."
        yield from self.written_or(
            Act.DEPLOY, text, "git", "push", "dokku", f"{ref}^{{commit}}:refs/heads/main", expect="Application deployed"
        )

    def scale(self) -> Iterator[Step]:
        yield self.step(Act.SCALE, "Start the app again.", *self.words("ps:start"), expect="Application deployed")

    def status(self) -> Iterator[Step]:
        yield self.step(Act.CHECK, "See the app's processes.", *self.words("ps:report"), expect="Running: true")

    def previous(self) -> Iterator[Step]:
        if self.by_image:
            words = self.words("git:from-image", "IMAGE")
            yield self.step(Act.BACK_DEPLOY, f"Deploy the image of {self.old}.", *words, expect="Application deployed")
            return
        ref = self.c.release.running_tag or self.c.release.running_sha or "OLD_COMMIT"
        words = ("git", "push", "--force", "dokku", f"{ref}^{{commit}}:refs/heads/main")
        yield self.step(
            Act.BACK_DEPLOY, f"Push {self.old}; Dokku builds it again.", *words, expect="Application deployed"
        )

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(self.words("logs", "--num", "300")),)
