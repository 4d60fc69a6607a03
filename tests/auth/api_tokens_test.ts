import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { SystemContext } from "../../src/context.ts";
import {
  type ApiTokens,
  refreshTokensOf,
  signInToApi,
  signOutOfApi,
} from "../../src/identity/api_sign_in.ts";
import { SIGNING_KEYS } from "../../src/identity/signing_keys.ts";
import { DAY, MINUTE } from "../../src/platform/clock.ts";
import { serverUrl } from "../support/database.ts";
import { withConnection } from "../support/split_logins.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: API tokens expire on time and can't be forged (S16, S17). */

const MAX_POLLS = 2_000;

Deno.test("signing in returns an access token for 15 minutes and a refresh token", async () => {
  await using world = await World.open();
  const { owner, tenant } = await world.company("acme");

  const { status, json } = await world.api("POST", "/auth/login", {
    body: { email: owner.email, password: PASSWORD, tenant: "acme" },
  });

  const { sub, tid, exp, iat, iss } = decodeJwt(json.access_token);
  assert.equal(status, 200);
  assert.deepEqual([json.token_type, json.expires_in], ["Bearer", 900]);
  assert.deepEqual([sub, tid, iss, exp! - iat!], [owner.id, tenant.id, `http://${world.host()}`, 900]);
  assert.deepEqual(decodeProtectedHeader(json.access_token).alg, "EdDSA");
  assert.equal(Buffer.from(json.refresh_token, "base64url").length, 32);
});

Deno.test("an access token expires after 15 minutes, and a refresh token gets a new one", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const { json: first } = await world.api("POST", "/auth/login", {
    body: { email: owner.email, password: PASSWORD },
  });

  world.clock.advance(14 * MINUTE);
  const inTime = await world.api("GET", "/me", { token: first.access_token });
  world.clock.advance(2 * MINUTE);
  const late = await world.api("GET", "/me", { token: first.access_token });
  const { json: second } = await world.api("POST", "/auth/refresh", {
    body: { refresh_token: first.refresh_token },
  });
  const renewed = await world.api("GET", "/me", { token: second.access_token });

  assert.deepEqual([inTime.status, late.status, renewed.status], [200, 401, 200]);
});

Deno.test("S16 a refresh token used twice revokes its whole family at once", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const { json: first } = await world.api("POST", "/auth/login", {
    body: { email: owner.email, password: PASSWORD },
  });
  const { json: second } = await world.api("POST", "/auth/refresh", {
    body: { refresh_token: first.refresh_token },
  });

  const again = await world.api("POST", "/auth/refresh", { body: { refresh_token: first.refresh_token } });
  const successor = await world.api("POST", "/auth/refresh", {
    body: { refresh_token: second.refresh_token },
  });
  const access = await world.api("GET", "/me", { token: second.access_token });

  assert.deepEqual([again.status, successor.status, access.status], [401, 401, 401]);
});

Deno.test("S16 when a refresh token is used ten times at once, at most one succeeds", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const { json } = await world.api("POST", "/auth/login", {
    body: { email: owner.email, password: PASSWORD },
  });

  const body = { refresh_token: json.refresh_token };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => world.api("POST", "/auth/refresh", { body })),
  );

  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 401).length, 9);
});

for (const end of ["signing out", "a second use of a token"]) {
  Deno.test(`S16 a refresh in progress doesn't survive ${end}`, async () => {
    await using world = await World.open();
    const { owner } = await world.company("acme");
    const credentials = { email: owner.email, password: PASSWORD };
    const first = await signInToApi(world.system, credentials) as ApiTokens;
    const { refreshToken } = await refreshTokensOf(world.system, first.refreshToken);
    let ending: Promise<unknown> = Promise.resolve();
    const slow: SystemContext = {
      ...world.system,
      tx: (work) =>
        world.system.tx(async (tx) => {
          const issued = await work(tx);
          ending = end === "signing out"
            ? signOutOfApi(world.system, refreshToken)
            : refreshTokensOf(world.system, first.refreshToken).catch(() => {});
          await settledOrBlocked(world, ending);
          return issued;
        }),
    };

    const inFlight = await refreshTokensOf(slow, refreshToken);
    await ending;

    const me = await world.api("GET", "/me", { token: inFlight.accessToken });
    assert.equal(me.status, 401);
    await assert.rejects(() => refreshTokensOf(world.system, inFlight.refreshToken), /Sign in again/);
  });
}

Deno.test("signing out revokes the access tokens, too, and a refresh token expires after 30 days", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const login = async () =>
    (await world.api("POST", "/auth/login", { body: { email: owner.email, password: PASSWORD } })).json;
  const [one, other] = [await login(), await login()];

  const signedOut = await world.api("POST", "/auth/logout", { body: { refresh_token: one.refresh_token } });
  const after = await world.api("GET", "/me", { token: one.access_token });
  const untouched = await world.api("GET", "/me", { token: other.access_token });
  world.clock.advance(31 * DAY);
  const stale = await world.api("POST", "/auth/refresh", { body: { refresh_token: other.refresh_token } });

  assert.deepEqual([signedOut.status, after.status, untouched.status, stale.status], [204, 401, 200, 401]);
});

Deno.test("refreshing every day ends 90 days after the sign-in", async () => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  let { json } = await world.api("POST", "/auth/login", { body: { email: owner.email, password: PASSWORD } });
  const refresh = async () => {
    const answer = await world.api("POST", "/auth/refresh", { body: { refresh_token: json.refresh_token } });
    json = answer.json;
    return answer.status;
  };

  const statuses: number[] = [];
  for (let month = 0; month < 3; month++) {
    world.clock.advance(29 * DAY);
    statuses.push(await refresh());
  }
  world.clock.advance(4 * DAY);

  assert.deepEqual(statuses, [200, 200, 200]);
  assert.equal(await refresh(), 401);
});

Deno.test("S17 a forged token gets 401, however it is forged", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const good = await world.token(company);
  const [header, payload, signature] = good.split(".") as [string, string, string];
  const { services } = world;
  const { id, privateKey, publicKeys } = services.use(SIGNING_KEYS).current;
  const [publicKey] = publicKeys.keys;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = decodeJwt(good);
  const hs256 = `${encode({ alg: "HS256", typ: "at+jwt", kid: id })}.${payload}`;
  const sign = (changes: object, type = "at+jwt", kid = id) =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: "EdDSA", typ: type, kid }).sign(
      privateKey,
    );

  const forged: Record<string, string> = {
    "alg none": `${encode({ alg: "none", typ: "at+jwt" })}.${payload}.`,
    "alg None with the old signature": `${encode({ alg: "None", typ: "at+jwt" })}.${payload}.${signature}`,
    "HS256 with the public key as its secret": `${hs256}.${
      createHmac("sha256", JSON.stringify(publicKey)).update(hs256).digest("base64url")
    }`,
    "HS256 with the key's x as its secret": `${hs256}.${
      createHmac("sha256", Buffer.from(publicKey!.x!, "base64url")).update(hs256).digest("base64url")
    }`,
    "another payload": `${header}.${
      encode({ ...claims, tid: "0198c0de-0000-7000-8000-000000000000" })
    }.${signature}`,
    "another audience": await sign({ aud: "https://elsewhere.example" }),
    "another issuer": await sign({ iss: "https://elsewhere.example" }),
    "expired": await sign({ exp: claims.iat! - 1 }),
    "another type": await sign({}, "JWT"),
    "a key that is a path": await sign({}, "at+jwt", "../../../../dev/null"),
    "no tenant": await sign({ tid: undefined }),
    "no scope": await sign({ scope: undefined }),
    "for one tenant and the account": await sign({ scope: "account" }),
    "for two scopes": await sign({ scope: "account tenant" }),
    "not a token": "nonsense",
  };
  for (const [name, token] of Object.entries(forged)) {
    await t.step(name, async () => assert.equal((await world.api("GET", "/me", { token })).status, 401));
  }
  await t.step(
    "the real one gets 200",
    async () => assert.equal((await world.api("GET", "/me", { token: good })).status, 200),
  );
});

Deno.test("anyone can verify a token with the keys at /.well-known/jwks.json, which contain no private part", async () => {
  await using world = await World.open();

  const { text } = await world.raw("GET", world.host(), "/.well-known/jwks.json");

  assert.deepEqual(Object.keys(JSON.parse(text).keys[0]).sort(), ["alg", "crv", "kid", "kty", "use", "x"]);
});

/**
 * Waits until `work` has ended or waits for a lock, at most for 2,000 polls. The embedded database needs no wait, because it
 * runs nothing between the queries of a transaction.
 */
async function settledOrBlocked({ variables }: World, work: Promise<unknown>): Promise<void> {
  let settled = false;
  work.finally(() => settled = true).catch(() => {});
  if (!variables.DATABASE_URL) return;
  const database = new URL(variables.DATABASE_URL).pathname.slice(1);
  await withConnection(serverUrl!, async (sql) => {
    for (let poll = 0; poll < MAX_POLLS && !settled; poll++) {
      const blocked = await sql`select from pg_stat_activity
        where datname = ${database} and wait_event_type = 'Lock'`;
      if (blocked.length > 0) return;
    }
  });
}
