"""The command lines of the forges that run pipelines: GitHub's and GitLab's.

Sources: cli.github.com/manual (gh run watch, gh run list, gh workflow run, gh release create), docs.gitlab.com/cli
(glab ci status, glab ci trigger). The runs themselves are what the rehearsal types for the lines of a pipeline.
"""

from tests.checklist.ways.standins.grammar import Tool

gh = Tool("gh")
glab = Tool("glab")

gh.looks("run list", "-w= --workflow= -L= --limit= --json= -q= --jq= -b= --branch=", most=0, says="1\n")
gh.looks("run watch", "--exit-status --compact -i= --interval=", least=1, most=1)
gh.looks("workflow run", "-r= --ref= -f= --raw-field= -F= --field=", least=1, most=1)
gh.looks("release create", "--verify-tag --generate-notes -n= --notes= -t= --title= -d --draft", least=1)
glab.looks("ci status", "-b= --branch= -l --live -c --compact", most=0)
glab.looks("ci trigger", "-b= --branch= -p= --pipeline-id=", least=1, most=1)
