/** The baseline of an API read: only Hono, the driver, and the same SELECT on the same table. */
import { Hono } from "hono";
import postgres from "postgres";

const [url, table, port] = Deno.args as [string, string, string];
const sql = postgres(url, { max: 8 });
const text = `select id, name, description, status, owner_id, version, created_at, updated_at from ${table}
  order by created_at desc, id desc limit $1`;

const app = new Hono();
app.get(
  "/",
  async (c) =>
    c.json({ data: (await sql.unsafe(text, [11], { prepare: true })).slice(0, 10), next_cursor: null }),
);
Deno.serve({ port: Number(port), hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
