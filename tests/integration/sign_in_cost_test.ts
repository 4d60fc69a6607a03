import assert from "node:assert/strict";
import { StatementLog } from "../support/statement_log.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a sign-in costs one hash of a password and at most four statements in the database, with all limits on. Statements are
 * counted on the wire, without `begin` and `commit`.
 */

const MOST = 4;
const FORM = { "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Firefox/140.0 (Linux)" };

Deno.test("a sign-in costs one hash and at most four statements", async (t) => {
  await using log = new StatementLog();
  await using world = await World.open({}, { through: (address) => log.through(address) });
  const acme = await world.company("acme");
  await world.company("globex", "Globex", acme.owner);
  const { email } = acme.owner;
  const { owner: alone } = await world.company("initech");

  const byForm = (host: string, user = acme.owner) => async () => {
    const body = new URLSearchParams({ email: user.email, password: PASSWORD }).toString();
    const answer = await world.raw("POST", host, "/login", { ...FORM, Origin: `http://${host}` }, body);
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

  await t.step("the link into a person's only workspace is one more statement", async () => {
    const { hashes, statements } = await costOf(log, byForm(world.host(), alone));

    assert.equal(hashes, 1);
    assert.ok(statements.length <= MOST + 1, statements.join("\n"));
    assert.match(statements.at(-1)!, /one_time_tokens/);
  });
});

/** What runs every few seconds, whoever signs in: a check of the connection, and the attempts and API calls of everyone. */
const IN_BACKGROUND =
  /^select 1$|insert into "control"\."sign_in_attempts"|stream\.add_api_(usage|requests|request_counts)/;

/** What a sign-in costs. The one before it fills the caches, and makes the browser known. */
async function costOf(log: StatementLog, signIn: () => Promise<void>) {
  await signIn();
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
