"""The widget that stands between a person's hand and the check boxes. Knows no run: it hands intents on."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets

from releasekit.errors import ReleasekitError
from releasekit.views.failure import in_words

HERE = Path(__file__).parent


class Guard(anywidget.AnyWidget):
    """One of a walkthrough: catches clicks and keys in the parts that carry its class, and shows that somebody records.

    ``beat`` is counted up by a thread; ``size`` is the number of events that are shown, ``trouble`` why nothing can be
    recorded. ``items`` are the ids of the rows, ``sections`` the number of each row's section, ``folded`` those that
    are closed at first.
    """

    _esm = HERE / "guard.js"
    _css = HERE / "guard.css"
    view = traitlets.Unicode().tag(sync=True)
    beat = traitlets.Int(0).tag(sync=True)
    size = traitlets.Int(0).tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)
    who = traitlets.Unicode("").tag(sync=True)
    items = traitlets.List(traitlets.Unicode()).tag(sync=True)
    sections = traitlets.List(traitlets.Int()).tag(sync=True)
    folded = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, who: str, asked: Callable[[Mapping[str, Any]], str]) -> None:
        super().__init__(view=uuid4().hex[:10], who=who)
        self._asked = asked
        self.on_msg(self._received)

    @property
    def mark(self) -> str:
        """The class of the parts that this guard watches over."""
        return f"rk-view-{self.view}"

    def _received(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Every intent is answered: what was saved, or why it was not."""
        try:
            self.send({"re": content.get("id"), "ok": True, "said": self._asked(content)})
        except ReleasekitError as error:
            self.send({"re": content.get("id"), "ok": False, "said": in_words(error)})
        except Exception as error:
            self.send({"re": content.get("id"), "ok": False, "said": f"this failed: {error}"})
            raise
