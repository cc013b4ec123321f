"""The exporters that nbconvert finds by their names: releasekit-html, -markdown and -pdf. Need no store."""

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from releasekit.record.export import to_html, to_markdown
from releasekit.record.pdf import printed
from releasekit.record.status import as_of


class _RecordExporter(Exporter):
    """Makes the text straight from the notebook, without templates."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **_: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The text, or the bytes of a PDF, and nbconvert's resources."""
        prepared, resources = self._ready(nb, resources)
        return self._text(prepared), resources

    def _ready(self, nb: NotebookNode, resources: dict[str, Any] | None) -> tuple[NotebookNode, dict[str, Any]]:
        # nbconvert copies the notebook twice and validates it for each preprocessor, those that are not enabled too
        if not any(getattr(preprocessor, "enabled", True) for preprocessor in self._preprocessors):
            return nb, self._init_resources(resources)  # type: ignore[no-untyped-call]  # nbconvert types few functions
        return super().from_notebook_node(nb, resources)

    def _text(self, nb: NotebookNode) -> str | bytes:
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


class RecordPDFExporter(_RecordExporter):
    """The page, printed by the Chromium of this machine: ``jupyter nbconvert --to releasekit-pdf release.ipynb``."""

    export_from_notebook = "Release record (PDF)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def _text(self, nb: NotebookNode) -> bytes:
        return printed(to_html(nb), as_of(nb))
