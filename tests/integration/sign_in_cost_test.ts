import assert from "node:assert/strict";
import { Authenticator } from "../support/authenticator.ts";
import { StatementLog } from "../support/statement_log.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a sign-in costs one hash of a password and at most four statements in the database, with all limits on. Statements are
 * counted on the wire, without `begin` and `commit`. A code from an app is a request of its own, which takes seven: it counts the
 * attempt, which outlives a refused code, locks the person, reads the app, uses up the code's step and the question, and starts the
 * session and the link into the workspace.
 */

const MOST = 4;
const MOST_FOR_CODE = 7;
const FORM = { "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Firefox/140.0 (Linux)" };

Deno.test("a sign-in costs one hash and at most four statements", async (t) => {
  await using log = new StatementLog();
  await using world = await World.open({}, { through: (address) => log.through(address) });
  const acme = await world.company("acme");
  await world.company("globex", "Globex", acme.owner);
  const { email } = acme.owner;
  const { owner: alone } = await world.company("initech");

  const byForm = (host: string, user = acme.owner) => async () => {
    const answer = await post(world, host, "/login", { email: user.email, password: PASSWORD });
    assert.equal(answer.status, 303);
    assert.match(String(answer.headers["set-cookie"]), /denizen_session=/);
  };
  const byApi = (host: string, tenant?: string) => async () => {
    const answer = await world.api("POST", "/auth/login", {
      host,
      body: { email, password: PASSWORD, tenant },
    });
    assert.equal(answer.status, 200);
    assert.ok(answer.json.access_token);
  };
  const ways = {
    "in a browser, on a workspace's host": byForm(world.host("acme")),
    "in a browser, on the apex": byForm(world.host()),
    "by API, for the account": byApi(world.host()),
    "by API, for one tenant": byApi(world.host(), "acme"),
    "by API, on a tenant's host": byApi(world.host("acme"), "acme"),
  };

  for (const [way, signIn] of Object.entries(ways)) {
    await t.step(way, async () => {
      const { hashes, statements } = await costOf(log, signIn);

      assert.equal(hashes, 1);
      assert.ok(statements.length <= MOST, statements.join("\n"));
    });
  }

  await t.step("in a browser, on the apex, into a person's only workspace", async () => {
    const { hashes, statements } = await costOf(log, byForm(world.host(), alone));

    assert.equal(hashes, 1);
    assert.ok(statements.length <= MOST, statements.join("\n"));
    assert.match(statements.at(-1)!, /one_time_tokens/);
  });

  const app = await addApp(world, alone.email);
  for (const host of [world.host(), world.host("initech")]) {
    await t.step(
      `with a second factor, on ${host === world.host() ? "the apex" : "a workspace's host"}`,
      async () => {
        let step = "";
        const password = await costOf(log, async () => {
          const answer = await post(world, host, "/login", { email: alone.email, password: PASSWORD });
          step = /denizen_second_step=([^;]+)/.exec(String(answer.headers["set-cookie"]))![1]!;
        });
        const code = app.nextCode();
        const second = await costOf(log, async () => {
          const answer = await post(world, host, "/login/mfa", { code }, `denizen_second_step=${step}`);
          assert.match(String(answer.headers["set-cookie"]), /denizen_session=/);
        }, { warm: false });

        assert.deepEqual([password.hashes, second.hashes], [1, 0]);
        assert.ok(password.statements.length <= MOST, password.statements.join("\n"));
        assert.ok(second.statements.length <= MOST_FOR_CODE, second.statements.join("\n"));
      },
    );
  }
});

function post(
  world: World,
  host: string,
  path: string,
  fields: Record<string, string>,
  cookie = "",
): ReturnType<World["raw"]> {
  const headers = { ...FORM, Origin: `http://${host}`, Cookie: cookie };
  return world.raw("POST", host, path, headers, new URLSearchParams(fields).toString());
}

/** Adds an authenticator app to the account. */
async function addApp(world: World, email: string): Promise<Authenticator> {
  const token = await world.accountToken(email);
  const { json } = await world.api("POST", "/me/factors", { token, body: { type: "totp" } });
  const app = new Authenticator(world, json.secret);
  await world.api("POST", `/me/factors/${json.id}/confirm`, { token, body: { code: app.code() } });
  return app;
}

/** What runs every few seconds, whoever signs in: a check of the connection, and the attempts and API calls of everyone. */
const IN_BACKGROUND =
  /^select 1$|insert into "control"\."sign_in_attempts"|stream\.add_api_(usage|requests|request_counts)/;

/** What a sign-in costs. The one before it fills the caches, and makes the browser known. */
async function costOf(log: StatementLog, signIn: () => Promise<void>, { warm = true } = {}) {
  if (warm) await signIn();
  let hashes = 0;
  const statements = await log.during(async () => hashes = await countHashes(signIn));
  return { hashes, statements: statements.filter((statement) => !IN_BACKGROUND.test(statement)) };
}

/** How many hashes of a password `work` computes. */
async function countHashes(work: () => Promise<void>): Promise<number> {
  const { subtle } = crypto;
  const { deriveBits } = subtle;
  let hashes = 0;
  subtle.deriveBits = (...input) => {
    hashes++;
    return deriveBits.apply(subtle, input);
  };
  try {
    await work();
  } finally {
    subtle.deriveBits = deriveBits;
  }
  return hashes;
}
