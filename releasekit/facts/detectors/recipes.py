"""What recipes of Capistrano and Deployer, and files of Elastic Beanstalk, run inside a deploy."""

from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.syntax.expression import Expression

_CAPISTRANO = Expression(r"""^\s*require\s+["'](?P<name>capistrano/rails(?:/migrations)?)["']""")
_DEPLOYER = Expression(r"""["'/](?P<name>recipe/(?:laravel|symfony)\.php)|^\s*-?\s*(?P<yaml>recipe/laravel\.php)""")
_COMMAND = Expression(r"""^\s+command:\s*["']?(?P<command>[^"'#]*migrat[^"'#]*?)["']?\s*$""")


def detect(files: Files) -> Iterator[Fact]:
    """``hook`` facts: the deploy itself migrates."""
    for path in files.tree.named("Capfile"):
        for number, line in files.lines(path) if not aside(path) else ():
            if match := _CAPISTRANO.match(line):
                how = f"{match['name']} runs deploy:migrate in each deploy"
                name = "capistrano/rails/migrations"
                yield Fact("hook", name, "rails db:migrate", f"{path}:{number}", how=how, way="capistrano")
    for path in files.tree.named("deploy.php", "deploy.yml", "deploy.yaml"):
        for number, line in files.lines(path) if not aside(path) else ():
            match = _DEPLOYER.search(line)
            if match and "laravel" in match[0]:
                how = f"{match['name'] or match['yaml']} runs it in each deploy"
                value = "php artisan migrate --force"
                yield Fact("hook", "artisan:migrate", value, f"{path}:{number}", how=how, way="deployer")
    for path in files.tree.ending(".config"):
        if "/.ebextensions/" not in f"/{path}" or aside(path):
            continue
        for number, line in files.lines(path):
            if match := _COMMAND.match(line):
                command = match["command"].strip()
                yield Fact("hook", "container_commands", command, f"{path}:{number}", way="beanstalk")
