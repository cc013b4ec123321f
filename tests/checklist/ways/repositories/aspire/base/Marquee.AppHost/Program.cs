var builder = DistributedApplication.CreateBuilder(args);

var posters = builder.AddPostgres("postgres").WithDataVolume().AddDatabase("posters");

builder.AddProject<Projects.Marquee_Web>("web")
    .WithReference(posters)
    .WaitFor(posters)
    .WithHttpHealthCheck("/health");

builder.Build().Run();
