export default {
  async fetch(request, env) {
    const { results } = await env.DB.prepare("SELECT id, name, colour FROM flags").all();
    return Response.json(results);
  },
};
