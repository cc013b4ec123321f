"""PHP projects: language, framework and version from composer.json. Knows neither settings nor migrations."""

from collections.abc import Iterator

from releasekit.facts.code import folder, kept
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version

FRAMEWORKS = {
    "laravel/framework": "laravel",
    "laravel/lumen-framework": "lumen",
    "symfony/framework-bundle": "symfony",
    "symfony/symfony": "symfony",
    "slim/slim": "slim",
    "cakephp/cakephp": "cakephp",
    "codeigniter4/framework": "codeigniter",
    "yiisoft/yii2": "yii",
    "laminas/laminas-mvc": "laminas",
    "mezzio/mezzio": "mezzio",
    "drupal/core-recommended": "drupal",
    "drupal/core": "drupal",
    "nette/application": "nette",
    "phalcon/cphalcon": "phalcon",
    "roots/wordpress": "wordpress",
}


def detect(files: Files) -> Iterator[Fact]:
    """Language, framework and version of each folder whose composer.json requires something."""
    for path in kept(files.tree.named("composer.json")):
        root = files.json(path)
        required = root.at("require")
        scope = folder(path)
        yield from version(path, root.at("version").line, root.at("version").text)
        if not required:
            continue
        line = required.line_of("php")
        how = "" if required.at("php") else "a composer.json file"
        yield Fact("language", "php", "php", f"{path}:{line}", how=how, scope=scope)
        seen: set[str] = set()
        for package, at in required.keys.items():
            value = FRAMEWORKS.get(package)
            if value and value not in seen:
                seen.add(value)
                how = "" if value in package else f"the package {package}"
                yield Fact("framework", value, value, f"{path}:{at}", how=how, scope=scope)
