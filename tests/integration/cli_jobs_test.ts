import assert from "node:assert/strict";
import { type EmbeddedDatabase, startEmbedded } from "../../db/embedded/embedded.ts";
import { newDataFolder, openTestDatabase, serverUrl } from "../support/database.ts";
import { cli, freePort, killedCli, type Outcome } from "../support/process.ts";

/** Protects: an operator sees, retries and runs jobs from the command line. */

Deno.test("the CLI lists, counts and retries jobs, and runs them on PostgreSQL", async (t) => {
  const folder = await newDataFolder();
  const database = serverUrl ? await openTestDatabase() : undefined;
  const variables: Record<string, string> = { DATA_DIR: folder, ...database?.variables };
  const run = (...args: string[]) => cli(variables, ...args);
  let embedded: EmbeddedDatabase | undefined;
  try {
    json(await run("setup", "--admin-email", "root@example.com", "--json"));
    if (!database) embedded = await startEmbedded(folder); // so that commands needn't open it
    json(
      await run(
        "tenants",
        "create",
        "Acme",
        "acme",
        "--owner-email",
        "ada@acme.example",
        "--plan",
        "team",
        "--json",
      ),
    );
    json(await run("users", "create", "mei@acme.example", "--tenant-id", "acme", "--json"));
    json(
      await run("users", "create", "jo@acme.example", "--tenant-id", "acme", "--no-send-invite", "--json"),
    );

    await t.step("a new member's invitation waits in the queue unless --no-send-invite is set", async () => {
      const jobs = json(await run("jobs", "list", "--queue", "email", "--json"));
      const emails = jobs.filter(({ name }: Record<string, string>) => name!.startsWith("email.")).map((
        { name, state, tenant }: Record<string, string>,
      ) => [name, state, tenant]);
      assert.deepEqual(emails, [
        ["email.invitation", "ready", "acme"],
        ["email.welcome", "ready", "acme"],
      ]);
    });

    await t.step("queues shows the figures of each queue", async () => {
      const queues = json(await run("jobs", "queues", "--json"));
      assert.deepEqual(
        queues.map(({ queue, ready }: { queue: string; ready: number }) => `${queue} ${ready}`),
        [
          "email 4", // two emails, and two notifications that someone joined
          "webhooks 0",
          "billing 0",
          "analytics 0",
          "campaigns 0",
          "cleanup 0",
        ],
      );
    });

    await t.step("retry says which jobs can't be retried, and --all-failed may find no jobs", async () => {
      const [{ id }] = json(await run("jobs", "list", "--json"));
      const outcomes = [
        await run("jobs", "retry"),
        await run("jobs", "retry", id),
        await run("jobs", "retry", "x"),
      ];
      assert.deepEqual(outcomes.map(({ code }) => code), [2, 1, 1]);
      assert.match(outcomes[0]!.stderr, /--all-failed/);
      assert.match(outcomes[1]!.stderr, /Only a failed job can be retried/);
      assert.match(outcomes[2]!.stderr, /was not found/);
      assert.deepEqual(json(await run("jobs", "retry", "--all-failed", "--json")), { retried: 0 });
      assert.deepEqual(json(await run("jobs", "list", "--failed", "--json")), []);
    });

    await t.step("a separate worker rejects the KV engine", async () => {
      const { code, stderr } = await run("jobs", "work");
      assert.equal(code, 1);
      assert.match(stderr, /JOBS_ENGINE=postgres/);
    });

    if (database) {
      await t.step("with the postgres engine, the worker runs due jobs", async () => {
        const { code, stderr } = await cli(
          { ...variables, JOBS_ENGINE: "postgres" },
          "jobs",
          "work",
          "--drain",
        );
        assert.equal(code, 0, stderr);
        const states = json(await run("jobs", "list", "--queue", "email", "--json"))
          .map(({ state }: { state: string }) => state);
        assert.deepEqual([...new Set(states)], ["done"]);
      });

      await t.step("a separate worker serves its metrics at METRICS_PORT", async () => {
        json(await run("users", "create", "ida@acme.example", "--tenant-id", "acme", "--json"));
        const port = await freePort();
        const metrics = { JOBS_ENGINE: "postgres", METRICS_PORT: String(port) };
        const sent = /^saas_jobs_total\{queue="email",outcome="done"\} [1-9]/m;
        const end = Date.now() + 30_000;
        let text = "";
        const isTold = async () => {
          text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text(), () => "");
          return sent.test(text) || Date.now() > end;
        };
        await killedCli({ ...variables, ...metrics }, isTold, "jobs", "work");
        assert.match(text, sent);
      });
    }
  } finally {
    await embedded?.close();
    await Deno.remove(folder, { recursive: true });
    await database?.close();
  }
});

// deno-lint-ignore no-explicit-any -- tests read the fields they expect, and fail if a field is missing
function json({ code, stdout, stderr }: Outcome): any {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
