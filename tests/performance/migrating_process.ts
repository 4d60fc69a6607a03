/** A migration in a separate process, which migration_bench.ts kills midway. */
import { connect } from "../../db/connection/connect.ts";
import { migrateFleet } from "../../db/migration/fleet.ts";
import { withMark } from "./bench_migrations.ts";

const [url, ...columns] = Deno.args as [string, ...string[]];
const db = connect({ url });
await migrateFleet(db, { migrations: await withMark(columns) });
await db.close();
