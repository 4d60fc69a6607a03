/** A migration in a process of its own, to be killed in the middle: see migration_bench.ts. */
import { connect } from "../../db/connection/connect.ts";
import { migrateFleet } from "../../db/migration/fleet.ts";
import { withMark } from "./bench_migrations.ts";

const [url, ...columns] = Deno.args as [string, ...string[]];
const db = connect({ url });
await migrateFleet(db, { migrations: await withMark(columns) });
await db.close();
