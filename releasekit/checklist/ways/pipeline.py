"""The pipeline's own lines, where no known way does it: the way back is the same lines for the version before."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class Pipeline(Commands):
    """Nothing is known but what the pipeline types."""

    way = "pipeline"
    checkout_back = True

    def previous(self) -> Iterator[Step]:
        """The lines that are told the version; what needs none would bring the new one again."""
        names = {*self.known(back=True).values()}
        for fact, command, fill in self.written(back=True):
            if any(name in command for name in names):
                text = f"Deploy {self.old}, as the pipeline does."
                yield Step(Act.BACK_DEPLOY, text, command, "exit status 0", fact.source, way=self.way, fill=fill)
