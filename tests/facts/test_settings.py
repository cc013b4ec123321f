"""Which variables production must be given, which are confidential, and which only look like it."""

import pytest

from releasekit.facts.detectors import secrets_in_code, settings, settings_spring
from tests.facts.saying import facts, names, values


def required(texts: dict[str, str]) -> set[str]:
    return names(settings.detect, texts, "env_required")


def secrets(texts: dict[str, str]) -> set[str]:
    return names(settings.detect, texts, "secret")


PYDANTIC = """from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

class Settings(Base):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    database: str
    region: str = "eu"
    cache: str | None = None
    signer: SecretStr
    other: str = Field(..., alias="OTHER_NAME")
    fine: int = Field(default=3)
"""
PYTHON = """import os
import sys
from decouple import config

A = os.environ["PLAIN"]
B = os.getenv("WITH_DEFAULT", "x")
C = os.environ.get("OPTIONAL_INTEGRATION")
D = os.getenv("CHECKED")
if not D:
    raise RuntimeError("CHECKED is missing")
try:
    E = os.environ["CAUGHT"]
except KeyError:
    E = None
if os.getenv("USE_S3"):
    F = os.environ["S3_BUCKET"]
if not DEBUG:
    G = os.environ["ONLY_PRODUCTION"]
H = config("DECOUPLED")
I = config("DECOUPLED_DEFAULT", default=1, cast=int)
os.environ["SET_HERE"] = "1"
"""
HELPERS = """import os
from pathlib import Path

def must(name):
    value = os.environ.get(name)
    if value is None:
        raise SystemExit(name)
    return value

def envsecret(s, default=None):
    if path := os.getenv(s + "_FILE"):
        p = Path(path)
        if not p.is_file():
            raise RuntimeError(path)
        return p.read_text()
    return os.getenv(s, default)

HOST = must("MAIL_HOST")
TWILIO = envsecret("TWILIO_AUTH")
"""


def test_pydantic_fields_without_a_default_are_required_under_their_prefix() -> None:
    assert required({"app/config.py": PYDANTIC}) == {"SHOP_DATABASE", "SHOP_SIGNER", "OTHER_NAME"}
    assert secrets({"app/config.py": PYDANTIC}) == {"SHOP_SIGNER"}


def test_python_fails_without_some_variables_and_not_without_others() -> None:
    assert required({"app/config.py": PYTHON}) == {"PLAIN", "CHECKED", "ONLY_PRODUCTION", "DECOUPLED"}


def test_helpers_of_a_module_are_followed() -> None:
    assert required({"app/settings.py": HELPERS}) == {"MAIL_HOST"}
    assert secrets({"app/settings.py": HELPERS}) == {"TWILIO_AUTH"}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "src/env.ts",
            'const k = process.env.A_KEY;\nif (!k) {\n  throw new Error("A_KEY");\n}\nconst b = process.env.B || 1;\n',
            {"A_KEY"},
        ),
        (
            "src/env.ts",
            "const u = process.env.SITE_ADDRESS!;\nif (!process.env.SESSION) throw new Error();\n",
            {"SESSION"},  # a "!" is gone when the program runs
        ),
        (
            "src/env.ts",
            (
                "z.object({\n  A_URL: z.string().url(),\n  B_B: z\n    .string()\n"
                "    .default('x'),\n  C_C: z\n    .string(),\n})"
                ".parse(process.env)\n"
            ),
            {"A_URL", "C_C"},
        ),
        ("src/c.ts", "a = config.getOrThrow<string>('QUEUE_URL');\nb = config.get('CACHE_URL', 'x');\n", {"QUEUE_URL"}),
        (
            "main.go",
            (
                'd := os.Getenv("DSN_X")\nif d == "" {\n\tlog.Fatal("no")\n}\n'
                'p := os.Getenv("LISTEN")\nif p == "" {\n\tp = ":80"\n}\n'
            ),
            {"DSN_X"},
        ),
        (
            "main.go",
            (
                'type C struct {\n\tA string `env:"REQ_A,required"`\n\tB string `envconfig:"REQ_B" required:"true"`\n'
                '\tD string `env:"OPT_D"`\n}\n'
            ),
            {"REQ_A", "REQ_B"},
        ),
        ("main.go", 'mustMapEnv(&svc.addr, "SHIPPING_ADDR")\n', {"SHIPPING_ADDR"}),
        (
            "config/environments/production.rb",
            (
                'a = ENV.fetch("A_A")\nb = ENV.fetch("B_B", 1)\nc = ENV.fetch("C_C") { 2 }\n'
                'd = ENV["D_D"] || raise("x")\ne = ENV["E_E"]\n'
            ),
            {"A_A", "D_D"},
        ),
        (
            "src/main/resources/application.properties",
            "a=${DB_ADDRESS}\nb=${DB_USER:sa}\n# c=${COMMENTED}\n",
            {"DB_ADDRESS"},
        ),
        ("src/main/resources/application-dev.yml", "a: ${DEV_ONLY}\n", set()),
        (
            "src/main/java/A.java",
            'String a = Objects.requireNonNull(System.getenv("NEEDED"));\nString b = System.getenv("MAYBE");\n',
            {"NEEDED"},
        ),
        (
            "src/main/kotlin/A.kt",
            'val a = System.getenv("NEEDED") ?: throw X()\nval b = System.getenv("MAYBE") ?: "x"\n',
            {"NEEDED"},
        ),
        (
            "Program.cs",
            (
                'var a = Environment.GetEnvironmentVariable("NEEDED") ?? throw new X();\n'
                'var b = Environment.GetEnvironmentVariable("MAYBE") ?? "x";\n'
            ),
            {"NEEDED"},
        ),
        (
            "src/main.rs",
            'let a = env::var("NEEDED").expect("x");\nlet b = env::var("MAYBE").unwrap_or("x".into());\n',
            {"NEEDED"},
        ),
        (
            "config/runtime.exs",
            (
                'a =\n  System.get_env("NEEDED") ||\n    raise "x"\nb = System.get_env("MAYBE") || "x"\n'
                '# c = System.fetch_env!("COMMENTED")\n'
            ),
            {"NEEDED"},
        ),
        ("prisma/schema.prisma", 'datasource db {\n  url = env("DATABASE_URL")\n}\n', {"DATABASE_URL"}),
    ],
)
def test_each_language_has_its_way_to_fail(path: str, text: str, expected: set[str]) -> None:
    assert required({path: text}) == expected


def test_a_value_in_the_production_files_is_a_value_and_one_made_of_required_parts_is_none() -> None:
    code = {
        "app/config.py": (
            'import os\nA = os.environ["API_BASE"]\nB = os.environ["DATABASE_URL"]\nC = os.environ["LEVEL"]\n'
        )
    }
    compose = (
        "services:\n  web:\n    environment:\n      API_BASE: https://api.internal\n"
        "      DATABASE_URL: postgresql://app:${DB_PASSWORD:?set it}@db/app\n      - LEVEL=${LEVEL:-info}\n"
    )
    assert required(code | {"compose.yaml": compose}) == {"DATABASE_URL"}


def test_kubernetes_gives_values_too() -> None:
    code = {"main.go": 'mustGet("SHIPPING_ADDR")\nmustGet("OTHER_ADDR")\n'}
    manifest = "apiVersion: apps/v1\nenv:\n  - name: SHIPPING_ADDR\n    value: shipping:80\n"
    assert required(code | {"k8s/web.yaml": manifest}) == {"OTHER_ADDR"}


def test_a_committed_env_file_counts_unless_it_is_for_development_or_the_code_refuses_it() -> None:
    code = 'import os\nA = os.environ["NAME"]\nB = os.environ["SIGNING"]\nif B == "changethis":\n    raise ValueError\n'
    assert required({"app.py": code, ".env": "NAME=shop\nSIGNING=s3\n"}) == set()
    assert required({"app.py": code, ".env": "NAME=shop\nSIGNING=changethis\n"}) == {"SIGNING"}
    assert required({"app.py": code, ".env": "APP_ENV=development\nNAME=shop\nSIGNING=s3\n"}) == {"NAME", "SIGNING"}


def test_a_placeholder_in_the_template_asks_and_a_stale_entry_does_not() -> None:
    template = "SHOP_HOST=your-shop-host\nMAIL_HOST=your-mail-host\nMAIL_PORT=25\nUNREAD_TOKEN=changeme\nEMPTY=\n"
    names = ("SHOP_HOST", "MAIL_HOST", "MAIL_PORT", "EMPTY")
    code = "import os\n" + "".join(f'print(os.getenv("{name}"))\n' for name in names)
    # mail, like files and logins of others, is used by those who have it
    assert required({".env.example": template, "app.py": code}) == {"SHOP_HOST"}
    assert secrets({".env.example": template, "app.py": code}) == set()


@pytest.mark.parametrize(
    "guide",
    [
        (
            "As a minimum, set the following fields:\n\n* `SITE_ROOT` - the address\n"
            "* `FROM` - the sender\n\nThen start it.\n* `LATER` x\n"
        ),
        (
            "| Variable | Required | About |\n|---|---|---|\n| `SITE_ROOT` | yes | x |\n"
            "| `FROM` | Yes | y |\n| `LATER` | no | z |\n"
        ),
        "- `SITE_ROOT` (required): the address\n- `FROM` **(required)**\n- `LATER`: optional\n",
    ],
)
def test_the_guide_names_what_is_required(guide: str) -> None:
    template = "SITE_ROOT=http://localhost\nFROM=a\nLATER=b\n"
    found = facts(settings.detect, {"README.md": guide, ".env.example": template}, "env_required")
    assert [(fact.name, fact.source) for fact in found] == [("SITE_ROOT", ".env.example:1"), ("FROM", ".env.example:2")]


def test_what_a_deployment_file_derives_need_not_be_given_although_the_guide_names_it() -> None:
    texts = {
        "README.md": "You must set:\n\n- `FRONTEND_HOST`\n- `DOMAIN`\n",
        "compose.yaml": "services:\n  a:\n    environment:\n      FRONTEND_HOST: https://${DOMAIN:?}\n",
    }
    assert required(texts) == {"DOMAIN"}


def test_names_of_secrets_and_names_that_only_look_like_them() -> None:
    code = "\n".join(
        f'x = os.getenv("{name}")'
        for name in (
            "JWT_SECRET",
            "STRIPE_KEY",
            "DB_PASSWORD",
            "RECAPTCHA_SITE_KEY",
            "TOKEN_EXPIRE_MINUTES",
            "PUBLIC_KEY",
        )
    )
    assert secrets({"app.py": f"import os\n{code}\n"}) == {"JWT_SECRET", "STRIPE_KEY", "DB_PASSWORD"}


def test_an_address_with_a_password_in_it_is_a_secret_and_its_value_goes_nowhere() -> None:
    texts = {
        ".env": "REPORTS_DB_URL=postgres://app:hunter2@db/reports\n",
        "compose.yaml": "environment:\n  ADMIN_PASSWORD: hunter2\n",
    }
    found = facts(settings.detect, texts, "secret")
    assert {fact.name for fact in found} == {"REPORTS_DB_URL", "ADMIN_PASSWORD"}
    assert "hunter2" not in repr(found)


def test_secrets_that_only_a_pipeline_uses_are_no_secrets_of_the_service() -> None:
    workflow = (
        "on: push\njobs:\n  a:\n    steps:\n      - env:\n"
        "          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n        run: npm publish\n"
    )
    assert not facts(settings.detect, {".github/workflows/release.yml": workflow})


def test_tests_and_development_settings_ask_for_nothing() -> None:
    text = 'import os\nA = os.environ["ONLY_HERE"]\n'
    assert (
        values(settings.detect, {"tests/conftest.py": text, "config/settings/local.py": text, "examples/a.py": text})
        == []
    )


def test_rails_needs_the_key_to_its_credentials_only_where_it_says_so() -> None:
    texts = {
        "config/credentials.yml.enc": "abc==\n",
        "config/environments/production.rb": "# config.require_master_key = true\n",
    }
    assert (required(texts), secrets(texts)) == (set(), {"RAILS_MASTER_KEY"})
    texts["config/environments/production.rb"] = "config.require_master_key = true\n"
    assert required(texts) == {"RAILS_MASTER_KEY"}


def test_what_a_build_puts_into_pages_is_not_asked_of_the_operator() -> None:
    assert required({"src/a.ts": "const a = process.env.NEXT_PUBLIC_API!;\n"}) == set()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/a.ts", "const a = parseBoolean(\n  process.env.NEW_TOKEN,\n  false,\n);\n"),
        ("src/a.ts", "const a = process.env.SECURE_TOKEN === 'true';\n"),
        ("src/a.ts", "const a = Number(process.env.PASSWORD_TRIES_TOKEN);\n"),
        ("src/env.ts", "createEnv({\n  LOGIN_TOKEN: z.coerce.number().optional(),\n});\n"),
        ("main.go", 'x := getEnvBool("SECURE_TOKEN", false)\n'),
        ("app.rb", 'ENV["SESSION_TOKEN"].to_i\n'),
        ("app.py", "import os\nA = os.getenv('USE_SECURE_TOKEN', 'False')\n"),
    ],
)
def test_switches_and_numbers_are_no_secrets_whatever_their_name(path: str, text: str) -> None:
    assert secrets({path: text}) == set()


def test_lists_of_tokens_and_keys_of_an_encryption_are_secrets() -> None:
    text = "const a = load(process.env.INIT_TOKENS, Kind.ADMIN);\nconst b = process.env.DATA_ENCRYPTION_PRIMARY_KEY;\n"
    assert secrets({"src/a.ts": text}) == {"INIT_TOKENS", "DATA_ENCRYPTION_PRIMARY_KEY"}


def test_a_schema_s_default_by_another_name_is_a_default() -> None:
    text = 'createEnv({\n  STAGE: z.enum(["a", "b"]).prefault("a"),\n  OTHER: z.string(),\n});\n'
    assert required({"src/env.ts": text}) == {"OTHER"}


def test_variables_in_rails_own_yaml_files() -> None:
    text = "amazon:\n  secret_access_key: <%= ENV['S3_SECRET_ACCESS_KEY'] %>\n  bucket: <%= ENV['S3_BUCKET'] %>\n"
    assert secrets({"config/storage.yml": text, "notes/storage.yml": text.replace("S3", "X")}) == {
        "S3_SECRET_ACCESS_KEY"
    }


def test_a_start_script_s_helper_for_secrets_from_files() -> None:
    text = "file_env 'DB_URL'\nfile_env 'DB_PASSWORD'\n: \"${LICENCE:?must be given}\"\n"
    texts = {"docker/entrypoint.sh": text}
    assert (secrets(texts), required(texts)) == ({"DB_PASSWORD"}, {"LICENCE"})


def test_viper_s_keys_are_variables() -> None:
    text = (
        'viper.SetDefault("jwt-secret", "x1")\nviper.SetEnvPrefix("SHOP")\nviper.AutomaticEnv()\n'
        'viper.BindEnv("mail.password")\n'
    )
    assert secrets({"cmd/main.go": text}) == {"SHOP_JWT_SECRET", "SHOP_MAIL_PASSWORD"}


def test_a_program_that_walks_the_environment_has_a_table() -> None:
    texts = {
        "config/parser.go": 'for _, v := range os.Environ() {}\nswitch k {\n\tcase "ADMIN_PASSWORD":\n}\n',
        "other/table.go": 'var m = map[string]int{\n\t"OTHER_PASSWORD": {},\n}\n',
    }
    assert secrets(texts) == {"ADMIN_PASSWORD"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The app requires an environment variable called `KEY_BASE` to run.", {"KEY_BASE"}),
        ("`KEY_BASE` must be set.", {"KEY_BASE"}),
        ("Before that you must set `KEY_BASE` in `.env`.", {"KEY_BASE"}),
        ("If you use S3, `KEY_BASE` must be set.", set()),
        ("You can set `KEY_BASE`.", set()),
    ],
)
def test_a_sentence_of_the_guide_demands_a_variable(sentence: str, expected: set[str]) -> None:
    assert required({"docs/hosting/docker.md": sentence + "\n", "app.rb": 'ENV["KEY_BASE"]\n'}) == expected


def test_a_template_says_in_its_comments_what_is_required() -> None:
    template = "# Required. Make one with openssl.\nKEY_ONE=\n\n# Required for mail\nKEY_TWO=\nKEY_THREE= # required\n"
    code = "".join(f"process.env.KEY_{name};\n" for name in ("ONE", "TWO", "THREE"))
    assert required({".env.example": template, "src/a.js": code}) == {"KEY_ONE", "KEY_THREE"}


def test_rails_does_not_start_without_a_key_base() -> None:
    texts = {"config/application.rb": "module Shop\n  class Application < Rails::Application\n"}
    assert required(texts) == {"SECRET_KEY_BASE"}
    assert "SECRET_KEY_BASE" not in required(texts | {"config/credentials.yml.enc": "x"})
    assert required(texts | {"config/initializers/secret.rb": "Rails.app.secret_key_base = Saved.key\n"}) == set()
    assert (
        required(texts | {"compose.yaml": "services:\n  a:\n    environment:\n      SECRET_KEY_BASE: a1b2\n"}) == set()
    )


PROD = """spring:
  datasource:
    password: s3cr3t
  liquibase:
    contexts: none
app:
  base-url: http://my-server-url-to-change
  token-validity: 3600
  client-secret: ${CLIENT_SECRET}
"""
JAVA = """@Value("${app.jwt.base64-secret}")
private String key;
@Value("${app.base-url}")
private String url;
@Value("${app.title:Shop}")
private String title;
"""


def test_properties_of_spring_by_their_own_names() -> None:
    place = "src/main/resources"
    texts = {
        f"{place}/application-prod.yml": PROD,
        f"{place}/application-tls.properties": "server.ssl.key-store-password=password\n",
        f"{place}/application-dev.yml": "app:\n  other-secret: abcdef\n",
        "src/main/java/a/B.java": JAVA,
    }
    assert names(settings_spring.detect, texts, "secret") == {
        "spring.datasource.password",
        "server.ssl.key-store-password",
        "app.jwt.base64-secret",
    }
    assert names(settings_spring.detect, texts, "env_required") == {"app.base-url", "app.jwt.base64-secret"}
    texts["compose.yaml"] = "services:\n  a:\n    environment:\n      - APP_JWT_BASE64_SECRET=abc\n"
    assert names(settings_spring.detect, texts, "env_required") == {"app.base-url"}


def test_confidential_values_that_stand_in_the_repository() -> None:
    texts = {
        "Api/appsettings.json": (
            '{"ConnectionStrings": {"Main": "Host=db;Password=abc"},\n"Client": {"Token": "abcdef-1",\n'
            '"TokenLifetime": "10"}}'
        ),
        "Api/appsettings.Development.json": '{"Api": {"Secret": "abcdefgh"}}',
        "Api/Start.cs": 'options.ClientSecret = "secret";\noptions.ApiKey = key;\n',
        "shop/settings.py": 'SECRET_KEY = "django-insecure-x"\nAPI_TOKEN = os.environ["API_TOKEN"]\n',
    }
    assert names(secrets_in_code.detect, texts, "secret") == {
        "ConnectionStrings:Main",
        "Client:Token",
        "ClientSecret",
        "SECRET_KEY",
    }


def test_a_confidential_name_that_code_hands_around_as_a_text_is_read_by_it() -> None:
    code = 'const all = [oauth("gitlab", "GITLAB_CLIENT_SECRET")];\nconst get = (name) => process.env[name];\n'
    template = "GITLAB_CLIENT_SECRET=\nSTALE_CLIENT_SECRET=\n"
    assert secrets({".env.sample": template, "src/auth.ts": code}) == {"GITLAB_CLIENT_SECRET"}


def test_what_json_says_of_a_variable_is_not_its_value() -> None:
    texts = {
        "app.json": '{"env": {\n  "API_BASE": {\n    "required": true\n  }\n}}',
        "src/a.js": "const url = process.env.API_BASE;\nif (!url) {\n  throw new Error('no');\n}\n",
    }
    assert required(texts) == {"API_BASE"}


def test_a_demand_for_the_sake_of_something_optional_is_none() -> None:
    texts = {
        ".env.example": "# To enable scaling you must give an address\nSCALED_URL=\n# You must give this\nPLAIN_URL=\n",
        "src/a.js": "connect(process.env.SCALED_URL, process.env.PLAIN_URL)\n",
    }
    assert required(texts) == {"PLAIN_URL"}


def test_a_template_that_shows_credentials_in_an_address_names_a_secret() -> None:
    texts = {
        ".env.sample": "DATABASE_URL=postgres://user:pass@db/shop\nREDIS_URL=redis://redis\n",
        "src/a.js": "connect(process.env.DATABASE_URL, process.env.REDIS_URL)\n",
    }
    assert secrets(texts) == {"DATABASE_URL"}


RAILS = {"config/application.rb": "class Shop < Rails::Application\nend\n", "Gemfile": 'gem "rails"\n'}


def test_credentials_that_are_read_and_not_in_the_repository_need_their_key() -> None:
    code = "token = Rails.application.credentials.mail.token\nbase = Rails.application.secret_key_base\n"
    assert secrets({**RAILS, "lib/mail.rb": code}) == {"RAILS_MASTER_KEY", "SECRET_KEY_BASE"}
    assert "RAILS_MASTER_KEY" not in secrets({**RAILS, "lib/mail.rb": "# Rails.application.credentials\n"})


def test_a_reading_of_the_key_base_is_no_value_for_it() -> None:
    code = "secret_key_base = Rails.application.secret_key_base\n"
    assert "SECRET_KEY_BASE" in required({**RAILS, "config/initializers/cookies.rb": code})


def test_a_guide_s_block_of_variables_leaves_some_to_the_operator() -> None:
    block = "```\nMAIL_PASSWORD   [random key]\nWORKERS   10\nRACK_ENV   production\nAPI_URL=<your address>\n```\n"
    assert required({"README.md": f"* Environment:\n\n{block}"}) == {"MAIL_PASSWORD", "API_URL"}
    assert secrets({"README.md": f"* Environment:\n\n{block}"}) == {"MAIL_PASSWORD"}
    assert not required({"README.md": f"Optional environment:\n\n{block}"})
    assert not required({"README.md": f"It prints:\n\n{block}"})
