"""Shows blocks in a cell as one output with a Markdown and an HTML twin, and shows them anew. Knows no run."""

from collections.abc import Mapping
from typing import Any

Bundle = dict[str, str]


class Panel:
    """A place in the notebook where a part of the walkthrough stands; each display of the same part is kept up to date.

    Outputs carry ``metadata.releasekit``, so that exporters know where they come from.
    """

    def __init__(self, part: str, of: str) -> None:
        self.part = part
        self._display_id = f"releasekit-{of}-{part}"
        self._shown: Bundle | None = None

    def show(self, bundle: Bundle, mark: Mapping[str, Any]) -> None:
        """Display the bundle in the cell that is running."""
        from IPython.display import display

        self._shown = bundle
        display(bundle, raw=True, metadata=self._metadata(mark), display_id=self._display_id)  # type: ignore[no-untyped-call]  # IPython types few functions

    def update(self, bundle: Bundle, mark: Mapping[str, Any]) -> None:
        """Show the bundle where the part was displayed before; nothing happens when it was not, or says the same."""
        from IPython.display import display

        if self._shown is None or self._shown == bundle:
            return
        self._shown = bundle
        display(bundle, raw=True, metadata=self._metadata(mark), display_id=self._display_id, update=True)  # type: ignore[no-untyped-call]  # IPython types few functions

    def _metadata(self, mark: Mapping[str, Any]) -> dict[str, Any]:
        return {"releasekit": {"part": self.part, **mark}}


def show_widget(widget: Any) -> None:
    """Display a widget (ipywidgets); where none can live nothing stands in its place, for its twin says the same."""
    from IPython.display import display

    made = widget._repr_mimebundle_()
    # anywidget gives data and metadata, ipywidgets the data alone
    bundle = {**(made[0] if isinstance(made, tuple) else made), "text/plain": ""}
    mark = {"releasekit": {"part": "widget"}}
    display(bundle, raw=True, metadata=mark)  # type: ignore[no-untyped-call]  # IPython types few functions
