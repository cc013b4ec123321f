"""Terraform (developer.hashicorp.com/terraform/cli/commands): what the configuration says is what is there."""

from releasekit.checklist.ways.stack import Stack


class Terraform(Stack):
    """A plan is looked at before it is applied."""

    way = "terraform"

    def _at(self) -> tuple[str, ...]:
        return (f"-chdir={self.folder}",) if self.folder else ()

    def words(self) -> tuple[str, ...]:
        return ("terraform", *self._at(), "apply")

    def preview(self) -> tuple[str, ...]:
        # the plan takes the variables that the pipeline gives to apply, which are not known here
        return () if self.lines else ("terraform", *self._at(), "plan")
