"""The kernel that a run's notebook gets: this interpreter's own, whatever kernelspecs lie around. Knows no notebook."""

import os
import sys
from collections.abc import Mapping

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

NAME = "python3"


class OwnKernelSpecs(KernelSpecManager):
    """Answers ``python3`` with this interpreter: no notebook and no file in a data folder can name another.

    The other kernelspecs stay listed, so that JupyterLab can still offer them.
    """

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """This interpreter's ipykernel for ``python3``; else what is installed."""
        if kernel_name != NAME:
            return super().get_kernel_spec(kernel_name)
        # -P: nothing is imported from the folder that the kernel starts in
        argv = [sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=argv, display_name="Python 3 (ipykernel)", language="python", metadata={"debugger": True}
        )


class OwnKernelManager(AsyncKernelManager):
    """A kernel manager that asks only the class above."""

    @default("kernel_spec_manager")
    def _own_specs(self) -> KernelSpecManager:
        return OwnKernelSpecs(parent=self)


def environment(store: str, base: str, inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a run's kernel sees: the caller's environment, in which probes resolve ``env:NAME``, and ours.

    ``store`` is the address of the run store, ``base`` the folder that relative paths of the parameters start from.
    """
    own = {"PYTHONSAFEPATH": "1", "RELEASEKIT_STORE": store, "RELEASEKIT_BASE": base}
    return {**(os.environ if inherited is None else inherited), **own}
