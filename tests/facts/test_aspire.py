"""What a .NET Aspire AppHost starts, read from its C#."""

from releasekit.facts.analysis import analyse
from releasekit.facts.detectors import aspire
from releasekit.tree import of_texts
from tests.facts import saying

PROJECT = (
    '<Project Sdk="Aspire.AppHost.Sdk/13.0.0"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>'
)
PROGRAM = """\
var builder = DistributedApplication.CreateBuilder(args);
var cache = builder.AddRedis("cache").WithDataVolume().WithRedisCommander();
var server = builder.AddPostgres("db-server").WithImage("example/postgres", "16.2").WithPgAdmin();
var shopDb = server.AddDatabase("shopdb");
var bus = builder.AddRabbitMQ("bus");
var key = builder.AddParameter("api-key", secret: true);
var mail = builder.AddConnectionString("mail");

var migrations = builder.AddProject<Projects.Shop_Migrations>("migrations").WithReference(shopDb).WaitFor(shopDb);

var api = builder.AddProject<Projects.Shop_Api>("api")
    .WithReference(cache)
    .WithReference(shopDb)
    .WaitForCompletion(migrations)
    .WithEnvironment("KEY", key)
    .WithReplicas(2)
    .WithHttpHealthCheck("/ready");

if (builder.ExecutionContext.IsRunMode)
{
    builder.AddMailPit("mailpit");
}

var web = builder.AddNpmApp("web", "../web")
    .WithEnvironment("API", api.GetEndpoint("http"))
    .WithHttpEndpoint(targetPort: 3000);
api.WithEnvironment("CALLBACK", web.GetEndpoint("http"));

builder.AddYarp("gateway").WithRoutes(api);
builder.AddContainer("docs", "example/docs");
builder.AddBrowser("storybook").ExcludeFromManifest();
builder.Build().Run();
"""
ROUTES = """\
internal static class Extensions
{
    public static IResourceBuilder<YarpResource> WithRoutes(
        this IResourceBuilder<YarpResource> builder, IResourceBuilder<ProjectResource> target)
    {
        return builder.WithConfiguration(yarp =>
        {
            var cluster = yarp.AddCluster(target);
            yarp.AddRoute("/{*any}", cluster);
        });
    }
}
"""
WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>'
HOST = {
    "src/Shop.AppHost/Shop.AppHost.csproj": PROJECT,
    "src/Shop.AppHost/Program.cs": PROGRAM,
    "src/Shop.AppHost/Extensions.cs": ROUTES,
    "src/Shop.AppHost/appsettings.json": '{\n  // comments are allowed here\n  "Logging": {}\n}\n',
    "src/Api/Shop.Api.csproj": WEB,
    "src/Migrations/Shop.Migrations.csproj": WEB,
}


def test_resources_are_services_and_helpers_of_development_are_not() -> None:
    assert saying.pairs(aspire.detect, HOST, "service") == [
        ("cache", "datastore"),
        ("db-server", "datastore"),
        ("bus", "broker"),
        ("migrations", "job"),
        ("api", "app"),
        ("web", "app"),
        ("gateway", "proxy"),
        ("docs", "app"),
    ]
    assert saying.pairs(aspire.detect, HOST, "datastore") == [
        ("cache", "redis"),
        ("db-server", "postgres"),
        ("bus", "rabbitmq"),
    ]


def test_references_waits_addresses_and_routes_are_needs_of_the_server_not_its_data_base() -> None:
    needs = {(fact.service, fact.name, fact.value) for fact in saying.facts(aspire.detect, HOST, "depends_on")}
    assert needs == {
        ("migrations", "db-server", "service_started"),
        ("migrations", "db-server", "service_healthy"),
        ("api", "cache", "service_started"),
        ("api", "db-server", "service_started"),
        ("api", "migrations", "service_completed_successfully"),
        ("web", "api", "service_started"),
        ("gateway", "api", "service_started"),
    }


def test_an_address_that_leads_back_is_no_need_and_no_cycle() -> None:
    found = analyse(of_texts(HOST))
    assert found.start_order == (("cache", "db-server", "bus", "docs"), ("migrations",), ("api",), ("web", "gateway"))
    assert not [one for one in found.findings if one.rule in {"cycle", "not-analysed"}]


def test_images_checks_replicas_ports_and_volumes_are_read_where_the_host_says_them() -> None:
    said = {
        (fact.kind, fact.service, fact.value)
        for fact in saying.facts(
            aspire.detect, HOST, "image", "image_unpinned", "healthcheck", "replicas", "port", "volume"
        )
    }
    assert said == {
        ("image", "db-server", "example/postgres:16.2"),
        ("image", "docs", "example/docs"),
        ("image_unpinned", "docs", "example/docs"),
        ("healthcheck", "api", "http:/ready"),
        ("replicas", "api", 2),
        ("port", "web", 3000),
        ("volume", "cache", "/data"),
    }


def test_parameters_and_connection_strings_must_be_given() -> None:
    assert saying.names(aspire.detect, HOST, "env_required") == {"api-key", "ConnectionStrings__mail"}
    assert saying.names(aspire.detect, HOST, "secret") == {"api-key"}
    given = {**HOST, "src/Shop.AppHost/appsettings.json": '{"Parameters": {"api-key": "for development"}}'}
    assert saying.names(aspire.detect, given, "env_required") == {"ConnectionStrings__mail"}


def test_code_belongs_to_the_service_of_its_project() -> None:
    found = analyse(of_texts(HOST))
    assert {(fact.service, fact.path) for fact in found.of("framework") if fact.value == "aspnet"} == {
        ("api", "src/Api/Shop.Api.csproj"),
        ("migrations", "src/Migrations/Shop.Migrations.csproj"),
    }


def test_a_host_in_a_folder_of_tests_deploys_nothing() -> None:
    moved = {path.replace("src/Shop.AppHost", "tests/Shop.AppHost"): text for path, text in HOST.items()}
    assert not saying.facts(aspire.detect, moved)


def test_a_host_of_one_file_with_a_switch_that_is_off() -> None:
    alone = {
        "apphost.cs": (
            "#:sdk Aspire.AppHost.Sdk@13.0.0\n"
            "var builder = DistributedApplication.CreateBuilder(args);\n"
            "bool search = false;\n"
            'if (search) { builder.AddElasticsearch("search"); }\n'
            'else { builder.AddMySql("db"); }\n'
        )
    }
    assert saying.pairs(aspire.detect, alone, "service") == [("db", "datastore")]


def test_what_calls_itself_is_followed_only_so_far() -> None:
    text = (
        "var builder = DistributedApplication.CreateBuilder(args);\n"
        'var a = builder.AddRedis("a"); a.Again(a);\n'
        "static class E { public static R Again(this R one, R two) { one.Again(two); two.Again(one); return one; } }\n"
    )
    host = {"h/h.csproj": PROJECT, "h/Program.cs": text}
    assert saying.pairs(aspire.detect, host, "service") == [("a", "datastore")]


def test_apps_of_other_languages_and_paths_that_are_put_together() -> None:
    text = (
        "var builder = DistributedApplication.CreateBuilder(args);\n"
        'builder.AddPythonUvicornApp("inference", Path.Combine("..", "Inference"), port: 62394);\n'
        'builder.AddSomethingUnknown("x");\n'
    )
    host = {"src/h/h.csproj": PROJECT, "src/h/Program.cs": text}
    assert saying.pairs(aspire.detect, host, "service") == [("inference", "app")]
    assert saying.pairs(aspire.detect, host, "build") == [("src/Inference/Dockerfile", "src/Inference")]


def test_what_is_nested_without_end_is_said_not_to_be_read() -> None:
    start = "var builder = DistributedApplication.CreateBuilder(args);\n"
    for text in (
        "var a = " + "(" * 3000 + 'builder.AddRedis("a")' + ")" * 3000 + ";\n",
        "builder" + ".With()" * 3000 + ";\n",
        "{" * 3000 + 'builder.AddRedis("a");' + "}" * 3000,
    ):
        host = {"h/h.csproj": PROJECT, "h/Program.cs": start + text}
        assert [one.rule for one in saying.findings(aspire.detect, host)] == ["not-analysed"]
    whole = {"h/h.csproj": PROJECT, "h/Program.cs": start + 'builder.AddRedis("a")' + ".With()" * 40 + ";\n"}
    assert not saying.findings(aspire.detect, whole)
    assert saying.pairs(aspire.detect, whole, "service") == [("a", "datastore")]
