"""The exporters that nbconvert finds by their names, releasekit-html and releasekit-markdown. Need no store."""

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from releasekit.record.export import to_html, to_markdown


class _RecordExporter(Exporter):
    """Makes the text straight from the notebook, without templates."""

    def from_notebook_node(  # type: ignore[override]  # nbconvert types the base class as if it made notebooks
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """The text and nbconvert's resources."""
        prepared, resources = self._ready(nb, resources)
        return self._text(prepared), resources

    def _ready(self, nb: NotebookNode, resources: dict[str, Any] | None) -> tuple[NotebookNode, dict[str, Any]]:
        # nbconvert copies the notebook twice and validates it for each preprocessor, those that are not enabled too
        if not any(getattr(preprocessor, "enabled", True) for preprocessor in self._preprocessors):
            return nb, self._init_resources(resources)  # type: ignore[no-untyped-call]  # nbconvert types few functions
        return super().from_notebook_node(nb, resources)

    def _text(self, nb: NotebookNode) -> str:
        raise NotImplementedError


class RecordHTMLExporter(_RecordExporter):
    """A page that needs neither script nor network: ``jupyter nbconvert --to releasekit-html release.ipynb``."""

    export_from_notebook = "Release record (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def _text(self, nb: NotebookNode) -> str:
        return to_html(nb)


class RecordMarkdownExporter(_RecordExporter):
    """Markdown, from outputs' text/markdown: ``jupyter nbconvert --to releasekit-markdown release.ipynb``."""

    export_from_notebook = "Release record (Markdown)"
    output_mimetype = "text/markdown"

    def _file_extension_default(self) -> str:
        return ".md"

    def _text(self, nb: NotebookNode) -> str:
        return to_markdown(nb)
