/** What isolation costs by itself: Hono, and the SELECT of `bare_server.ts` in each tenant's own transaction, in turn. */
import { desc, sql } from "drizzle-orm";
import { Hono } from "hono";
import { connect } from "../../db/connection/connect.ts";
import { prepareQuery } from "../../db/connection/prepared.ts";
import { readTenant } from "../../db/connection/with_tenant.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";

const [url, port, ...names] = Deno.args as [string, string, ...string[]];
const db = connect({ url });
const schemas = names.map(parseSchemaName);
const list = prepareQuery((handle) =>
  handle.select().from(projects).orderBy(desc(projects.createdAt), desc(projects.id)).limit(
    sql.placeholder("limit"),
  )
);
let turn = 0;

const app = new Hono();
app.get("/", async (c) => {
  const schema = schemas[turn++ % schemas.length]!;
  const [rows] = await readTenant(db, schema, (tx) => [list(tx, { limit: 11 })]);
  return c.json({ data: rows.slice(0, 10), next_cursor: null });
});
Deno.serve({ port: Number(port), hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
