"""Whether a person can answer in the front end of this kernel. Knows no run and no widget."""

import os
from pathlib import Path
from typing import Any


def attended() -> bool:
    """True in JupyterLab and its like and in Voilà; False under Papermill, nbclient, nbconvert and outside Jupyter.

    Front ends with a person say so in each execute request (``allow_stdin``, Jupyter messaging protocol 5.0; JupyterLab
    names the cell besides); clients that only execute say the opposite. Voilà executes through nbclient, but tells each
    kernel that kernel's own id. Both are this kernel's own: a Papermill started from a cell or a terminal of JupyterLab
    inherits the environment, so that JPY_SESSION_NAME or a mere VOILA_KERNEL_ID would be no sign.
    """
    shell = _shell()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return False
    request = kernel.get_parent() or {}
    content, metadata = request.get("content") or {}, request.get("metadata") or {}
    return bool(content.get("allow_stdin") or metadata.get("cellId")) or _in_voila(kernel)


def _in_voila(kernel: Any) -> bool:
    told = os.environ.get("VOILA_KERNEL_ID", "")
    own = kernel.config.get("IPKernelApp", {}).get("connection_file", "")
    return bool(told) and Path(str(own)).stem == f"kernel-{told}"


def _shell() -> Any:
    from IPython.core.getipython import get_ipython

    return get_ipython()
