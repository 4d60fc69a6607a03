import { createProject } from "../../src/projects/projects.ts";
import { compareTimes } from "../support/timing.ts";
import { World } from "../support/world.ts";

/** Protects: guessing ids reveals nothing about other tenants (S03). Runs alone: it compares times. */

Deno.test("S03 another tenant's id takes as long as an unknown one", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const project = await createProject(globex.ctx, { name: "Of Globex", description: "", status: "active" });
  const token = await world.token(acme);
  const attempt = (path: string, id: () => string) => async () => {
    const started = performance.now();
    const { status, json } = await world.api("GET", `${path}/${id()}`, { token });
    const { request_id: _, instance: __, ...problem } = json;
    return { status, text: JSON.stringify(problem), time: performance.now() - started };
  };

  for (const [path, id] of [["/projects", project.id], ["/tenants", globex.tenant.id]] as const) {
    await t.step(path, () => compareTimes(attempt(path, () => id), attempt(path, () => crypto.randomUUID())));
  }
});
