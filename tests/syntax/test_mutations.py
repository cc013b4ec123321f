"""Promise P13: no text hangs or breaks a reader; it is read, or refused in one typed error that says where."""

from collections.abc import Callable
from pathlib import Path

import pytest

from releasekit.errors import ParseError
from releasekit.syntax import dockerfile, dotenv, gotemplate, hcl, json, markdown, script, shell, toml, xml, yaml
from tests.counts import count
from tests.syntax.mutations import mutated

STOREFRONT = Path(__file__).parents[2] / "releasekit" / "demo" / "storefront" / "repository"


def sample(path: str) -> str:
    return (STOREFRONT / path).read_text(encoding="utf-8")


TEMPLATE = """{{- $name := include "shop.fullname" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ printf "%s-web" $name | quote }}
spec:
  {{- if and .Values.enabled (not .Values.paused) }}
  replicas: {{ .Values.replicas | default 2 }}
  {{- else if eq .Values.kind "x" }}
  replicas: 0
  {{- end }}
  {{- range $key, $value := .Values.env }}
  - {name: {{ $key }}, value: {{ $value | toYaml | nindent 4 }}}
  {{- end }}
{{- /* the end */ -}}
"""
TERRAFORM = """variable "name" { type = string }
resource "google_sql_database_instance" "db" {
  name = "${var.name}-db"
  settings { tier = "db-f1-micro"
    ip_configuration { ipv4_enabled = false } }
  labels = { a = "b", "c" = [1, 2.5, true, null] }
  count = var.enabled ? 1 : 0
  startup = <<-EOT
    echo "${var.name}"
  EOT
}
"""
MIGRATION = """class Change < ActiveRecord::Migration[7.1]
  def change
    add_column :orders, :note, :text, null: false
    execute <<~SQL
      UPDATE orders SET note = ''
    SQL
  end
end
"""
KNEX = """exports.up = async (knex) => {
  await knex.schema.alterTable('orders', (t) => { t.dropColumn('note'); });
  await knex.raw(`ALTER TABLE orders ADD COLUMN n int`);
};
"""
SHELL = """#!/bin/sh
TAG=$(git describe) NAME='shop'
if [ -n "${{ inputs.tag }}" ] && helm upgrade "$NAME" ./chart \\
    --set image.tag="$TAG" > log 2>&1; then # deploy
  kubectl apply -f - <<-EOF | tee -a log
\t\tname: {{ .Values.name }}
\tEOF
fi
for file in *.sql; do (psql -f "$file" || exit 1) & done
"""
XML = """<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <version>1.0</version><a b="c">x &amp; y</a>
</project>
"""
JSON = (
    '{"name": "shop", "version": "1.0.0", "scripts": {"test": "jest"}, "list": [1, -2.5e3, true, null, "\\u00e9\\n"]}\n'
)

READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "YAML 1.2": (lambda text: yaml.parse(text, "f"), sample("compose.yaml")),
    "YAML 1.1": (lambda text: yaml.parse(text, "f", yaml.Dialect.YAML_1_1), sample("deploy/k8s/web.yaml")),
    "JSON": (lambda text: json.parse(text, "f"), JSON),
    "JSON with comments": (lambda text: json.parse(text, "f", comments=True), "// x\n" + JSON),
    "TOML": (lambda text: toml.parse(text, "f"), sample("pyproject.toml")),
    "XML": (lambda text: xml.parse(text, "f"), XML),
    "HCL": (lambda text: hcl.parse(text, "f"), TERRAFORM),
    "Dockerfile": (lambda text: dockerfile.parse(text, "f"), sample("Dockerfile")),
    "dotenv": (lambda text: dotenv.parse(text, "f"), sample(".env.example")),
    "Go template": (lambda text: gotemplate.parse(text, "f"), TEMPLATE),
    "Markdown": (markdown.sections, sample("CHANGELOG.md")),
    "Ruby": (lambda text: script.parse(text, "ruby"), MIGRATION),
    "shell": (lambda text: shell.parse(text, "f"), SHELL),
    "JavaScript": (lambda text: script.parse(text, "javascript"), KNEX),
}


def refused(read: Callable[[str], object], text: str) -> ParseError | None:
    try:
        read(text)
    except ParseError as error:
        return error
    return None


@pytest.mark.parametrize("format_", READERS)
def test_a_sample_is_read_and_damaged_ones_are_read_or_refused_with_their_place(format_: str) -> None:
    read, text = READERS[format_]
    read(text)
    for seed in range(count("syntax.mutations")):
        refusal = refused(read, mutated(text, seed))
        assert refusal is None or all(problem.where.startswith("f") for problem in refusal.problems), seed
