var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();

app.MapGet("/health", () => "ok");
app.MapGet("/posters/{id}", (int id) => new { id });

app.Run();
