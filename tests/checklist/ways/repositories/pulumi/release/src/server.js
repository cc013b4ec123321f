const fastify = require("fastify")();

fastify.get("/healthz", async () => ({ status: "ok" }));
fastify.get("/ropes/:id", async (request) => ({ id: request.params.id, kind: "standard" }));

fastify.listen({ port: process.env.PORT || 3000, host: "0.0.0.0" });
