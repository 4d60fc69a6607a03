import assert from "node:assert/strict";
import { openPostgresEngine } from "../../jobs/engines/postgres.ts";
import type { Hand } from "../../jobs/runner/ledger.ts";
import { poolerUrl, serverUrl } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { until } from "../support/jobs.ts";
import { World } from "../support/world.ts";

/** Protects: jobs go on when the connections that bring them are acknowledged and never answered. */

const HAND: Hand = { id: "again", queue: "email", jobs: [] };

Deno.test({
  name: "postgres: an engine whose connections fall silent gives them up and hands over on fresh ones",
  ignore: !serverUrl,
  async fn() {
    await using world = await World.open();
    await using proxy = await DatabaseProxy.open({ url: world.variables.DATABASE_URL! });
    const { url } = proxy.address as { url: string };
    const engine = await openPostgresEngine(url, poolerUrl ? "transaction" : "none", 300);
    const taken: string[] = [];
    await engine.listen(({ id }) => void taken.push(id));

    proxy.silenceConnections();
    await until(() => engine.hand([HAND]).then(() => true, () => false));
    await until(() => taken.length > 0);
    await engine.close();

    assert.equal(taken[0], HAND.id);
  },
});
