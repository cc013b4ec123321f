"""Variables that JavaScript takes apart, renames, or checks in a class of settings."""

from releasekit.facts.files import Files
from releasekit.facts.settings import node as reads_node
from releasekit.facts.settings.model import Read
from releasekit.tree import of_texts


def reads(texts: dict[str, str]) -> list[Read]:
    return list(reads_node.reads(Files(of_texts(texts))))


def required(texts: dict[str, str]) -> set[str]:
    return {read.name for read in reads(texts) if read.required}


def test_an_environment_taken_apart_is_read_and_a_check_makes_it_required() -> None:
    text = (
        "const { API_TOKEN, REGION = 'eu', DB_HOST: host } = process.env;\n"
        "if (!API_TOKEN) {\n  throw new Error('no token');\n}\nconst { length } = other;\n"
    )
    found = {read.name: (read.line, read.required, read.default) for read in reads({"src/a.js": text})}
    assert found == {"API_TOKEN": (1, True, None), "REGION": (1, False, "eu"), "DB_HOST": (1, False, None)}


def test_another_name_for_the_environment_is_followed_into_modules_that_import_it() -> None:
    texts = {
        "src/environment.ts": "export default wrapped(process.env);\n",
        "src/a.ts": 'import settings from "@/environment";\nconst a = settings.MAIL_TOKEN ?? "x";\n',
        "src/b.ts": "const env = process.env;\nconst b = env.OTHER_TOKEN;\nconst c = config.NO_READ;\n",
    }
    assert {(read.name, read.default) for read in reads(texts)} == {("MAIL_TOKEN", "x"), ("OTHER_TOKEN", None)}


def test_a_class_that_validates_demands_what_has_no_value_and_is_not_optional() -> None:
    text = """import { IsNotEmpty, IsOptional, IsString, IsBoolean, Length, validateSync } from "class-validator";
export class Settings {
  /** the key */
  @IsString()
  @Length(64, 64, {
    message: `must be long`,
  })
  public SIGNING_KEY = environment.SIGNING_KEY ?? "";

  @IsNotEmpty()
  STORE_URL!: string;

  @IsOptional()
  @IsString()
  PROXY: string;

  @IsString()
  REGION: string = "eu";

  @IsBoolean()
  LOUD: boolean;

  @IsNotEmpty()
  public BUCKET = environment.BUCKET ?? "files";

  PLAIN = environment.PLAIN;
}
"""
    assert required({"src/settings.ts": text}) == {"SIGNING_KEY", "STORE_URL"}
