"""The kernel that a run's notebook gets: this interpreter's own, whatever kernelspecs lie around. Knows no notebook."""

import os
import sys
from collections.abc import Mapping
from math import inf
from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

from releasekit.kernels import provisioner
from releasekit.parameters.values import KEY_PASSWORD

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


class WarmKernelSpecs(OwnKernelSpecs):
    """The same interpreter for ``python3``, forked where that can be; what a notebook imports is there for the next."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The spec, with our provisioner."""
        spec = super().get_kernel_spec(kernel_name)
        if kernel_name == NAME:
            config = {"learn": True, "debugger": False}
            spec.metadata |= {
                "debugger": False,
                "kernel_provisioner": {"provisioner_name": provisioner.NAME, "config": config},
            }
        return spec


class OwnKernelManager(AsyncKernelManager):
    """A kernel manager that asks only the class above, and clients that do not wait where they need not."""

    @default("kernel_spec_manager")
    def _own_specs(self) -> KernelSpecManager:
        return WarmKernelSpecs(parent=self)

    @default("client_factory")
    def _own_clients(self) -> type[AsyncKernelClient]:
        return OwnKernelClient


class OwnKernelClient(AsyncKernelClient):
    """A client that is ready when the kernel has answered on both channels."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - jupyter_client's
        """As jupyter_client's, which then listens 0.2 s for what might still come.

        The last thing that a kernel publishes for a request is that it is idle. A request that was answered unheard,
        since the subscription did not stand yet, is made again. Raises RuntimeError.
        """
        until = monotonic() + (inf if timeout is None else timeout)
        while True:
            asked = self.kernel_info()
            reply = await self._reply(asked, until)
            if await self._was_idle(asked):
                self._handle_kernel_info_reply(reply)
                return

    wait_for_ready = _async_wait_for_ready

    async def _reply(self, asked: str, until: float) -> dict[str, Any]:
        while True:
            try:
                message: dict[str, Any] = await self.get_shell_msg(timeout=0.2)
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if monotonic() > until:
                    raise RuntimeError("Kernel did not respond in time") from None
            else:
                if message["parent_header"].get("msg_id") == asked:
                    return message

    async def _was_idle(self, asked: str) -> bool:
        try:
            while True:
                message = await self.get_iopub_msg(timeout=0.1)
                mine = message["parent_header"].get("msg_id") == asked
                if mine and message["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False


def environment(store: str, base: str, inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a run's kernel sees: the caller's environment, in which probes resolve ``env:NAME``, and ours.

    Bundles are not signed in kernels: none sees the passphrase of a key.

    ``store`` is the address of the run store, ``base`` the folder that relative paths of the parameters start from.
    """
    own = {"PYTHONSAFEPATH": "1", "RELEASEKIT_STORE": store, "RELEASEKIT_BASE": base}
    seen = os.environ if inherited is None else inherited
    return {**{name: value for name, value in seen.items() if name != KEY_PASSWORD}, **own}
