import assert from "node:assert/strict";
import { openPostgresEngine } from "../../jobs/engines/postgres.ts";
import type { Dispatch } from "../../jobs/runner/dispatching.ts";
import { poolerUrl, serverUrl } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { until } from "../support/jobs.ts";
import { World } from "../support/world.ts";

/** Protects: jobs go on when the engine's connections are acknowledged but never answered. */

const DISPATCH: Dispatch = { id: "again", queue: "email", jobs: [] };

Deno.test({
  name: "postgres: an engine replaces connections that no longer answer, and dispatches on new ones",
  ignore: !serverUrl,
  async fn() {
    await using world = await World.open();
    await using proxy = await DatabaseProxy.open({ url: world.variables.DATABASE_URL! });
    const { url } = proxy.address as { url: string };
    const engine = await openPostgresEngine(url, poolerUrl ? "transaction" : "none", 300);
    const delivered: string[] = [];
    await engine.listen(({ id }) => void delivered.push(id));

    proxy.silenceConnections();
    await until(() => engine.dispatch([DISPATCH]).then(() => true, () => false));
    await until(() => delivered.length > 0);
    await engine.close();

    assert.equal(delivered[0], DISPATCH.id);
  },
});
