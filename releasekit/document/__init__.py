"""RunState or Plan to blocks to Markdown, HTML and JSON: the only place that turns text into markup."""
