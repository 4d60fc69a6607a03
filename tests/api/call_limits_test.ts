import assert from "node:assert/strict";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import {
  CALLS_OF_TENANT,
  countCall,
  FREE_CALLS_OF_TENANT,
  RUNNING_CALLS,
} from "../../src/api_access/call_limits.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { planOf, PLANS } from "../../src/billing/plans.ts";
import { after, SECOND } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";
import type { Counter } from "../../src/rate_limits/counter.ts";
import { look, RATE_LIMITER, take } from "../../src/rate_limits/limiter.ts";
import { ManualClock } from "../support/clock.ts";
import { redisUrl, SilentServer } from "../support/redis.ts";
import type { ApiAnswer } from "../support/http.ts";
import { type Company, World } from "../support/world.ts";

/**
 * Protects: a tenant sends as many API requests a minute as its plan allows, a key as many as it was given, and each answer says what
 * is left. While Redis doesn't answer, the API does.
 */

const LIMIT_TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded";

Deno.test("each answer says what is left of the plan's requests, whatever its status", async () => {
  await using world = await World.open();
  for (const plan of PLANS) {
    const acme = await world.company(plan, plan, undefined, plan);
    const token = await world.token(acme);
    const quota = planOf(plan).apiRequestsAMinute;

    const answers = [
      await world.api("GET", "/projects", { token }),
      await world.api("POST", "/projects", { token, body: {} }),
      await world.api("GET", "/projects/1", { token }),
    ];

    assert.deepEqual(answers.map(({ status }) => status), [200, 422, 404]);
    assert.deepEqual(
      answers.map(limits),
      [1, 2, 3].map((used) => [
        `"plan";q=${quota};w=60`,
        `"plan";r=${quota - used};t=60`,
      ]),
    );
  }
});

Deno.test("calls without credentials, and a person's own, have no limit of a plan", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(await world.company("globex"), acme.owner.email, "member");
  const token = await world.accountToken(acme.owner.email);

  const answers = [
    await world.api("GET", "/projects"),
    await world.api("GET", "/me", { token }),
  ];

  assert.deepEqual(answers.map(limits), [[undefined, undefined], [undefined, undefined]]);
});

Deno.test("304 is free five times as often as the plan's requests, and counts from then on", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const token = await world.token(acme);
  const get = (etag = '"other"') =>
    world.api("GET", "/projects", { token, headers: { "If-None-Match": etag } });
  const { headers: { etag } } = await get();
  const limit = 5 * planOf("starter").apiRequestsAMinute;
  for (let free = 1; free < limit; free++) {
    await take({ services: world.services }, FREE_CALLS_OF_TENANT, acme.tenant.id, { limit });
  }

  const lastFree = await get(etag);
  const counted = [await get(etag), await get(etag)];

  assert.deepEqual([lastFree, ...counted].map(({ status }) => status), [304, 304, 304]);
  assert.deepEqual([lastFree, ...counted, await get()].map((answer) => limits(answer)[1]), [
    '"plan";r=59;t=60',
    '"plan";r=58;t=60',
    '"plan";r=57;t=60',
    '"plan";r=56;t=60',
  ]);
});

Deno.test("429 once the plan's requests are used up, until the named moment, for all tokens and keys of the tenant", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const globex = await world.company("globex", "Globex", undefined, "starter");
  const [token, other] = [await world.token(acme), await world.token(globex)];
  const key = await keyOf(acme);
  const call = () => world.api("GET", "/projects", { token });

  const passed: number[] = [];
  for (let count = 0; count < 60; count++) {
    if (count === 30) world.clock.advance(20 * SECOND);
    passed.push((await call()).status);
  }
  const refused = await call();
  const byKey = await world.api("GET", "/me", { headers: { "X-API-Key": key } });
  const elsewhere = await world.api("GET", "/projects", { token: other });
  const wait = Number(refused.headers["retry-after"]);
  world.clock.advance((wait - 1) * SECOND);
  const early = await call();
  world.clock.advance(SECOND);
  const then = await call();

  assert.deepEqual(passed, Array(60).fill(200));
  assert.deepEqual([refused.status, refused.json.type], [429, LIMIT_TYPE]);
  assert.deepEqual(refused.json["violated-policies"], ["plan"]);
  assert.match(
    refused.json.detail,
    /^Your plan allows 60 API requests a minute\. Try again in \d+ seconds\.$/,
  );
  assert.deepEqual(limits(refused), [`"plan";q=60;w=60`, `"plan";r=0;t=${wait}`]);
  assert.ok(wait > 30 && wait <= 41, `${wait} s`);
  assert.deepEqual([byKey.status, elsewhere.status], [429, 200]);
  assert.deepEqual([early.status, then.status], [429, 200]);
  assert.match((await world.services.metrics.scrape()).text, /saas_rate_limited_total\{plan="starter"\} 3/);
});

Deno.test("a key with a limit of its own stops there, and what it can't send is left to the others", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const key = await keyOf(acme, { requestsPerMinute: 2 });
  const call = () => world.api("GET", "/projects", { headers: { "X-API-Key": key } });

  const answers = [await call(), await call(), await call(), await call()];
  const byToken = await world.api("GET", "/projects", { token: await world.token(acme) });

  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 429, 429]);
  assert.deepEqual(limits(answers[0]!), [
    `"plan";q=60;w=60, "key";q=2;w=60`,
    `"plan";r=59;t=60, "key";r=1;t=60`,
  ]);
  assert.deepEqual(answers[2]!.json["violated-policies"], ["key"]);
  assert.match(answers[2]!.json.detail, /^This API key may send 2 requests a minute/);
  assert.deepEqual(limits(byToken), [`"plan";q=60;w=60`, `"plan";r=57;t=60`]);
});

Deno.test("what the plan refuses doesn't count toward the key", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const [token, key] = [await world.token(acme), await keyOf(acme, { requestsPerMinute: 10 })];
  const byKey = () => world.api("GET", "/projects", { headers: { "X-API-Key": key } });
  for (let count = 0; count < 60; count++) await world.api("GET", "/me", { token });

  const refused = [await byKey(), await byKey()];
  world.clock.advance(61 * SECOND);
  const later = await byKey();

  assert.deepEqual(refused.map(({ status, json }) => [status, json["violated-policies"]]), [
    [429, ["plan"]],
    [429, ["plan"]],
  ]);
  assert.match(later.headers["ratelimit"] as string, /"key";r=9;/);
});

Deno.test("429 for more calls at once than the plan allows, and the places are free again afterward", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const token = await world.token(acme);
  const running = world.services.use(RUNNING_CALLS);
  for (let place = 0; place < 49; place++) running.start(acme.tenant.id, 50);

  const withinPlaces = [
    await world.api("GET", "/projects", { token }),
    await world.api("GET", "/projects/1", { token }),
  ];
  running.start(acme.tenant.id, 50);
  const refused = await world.api("GET", "/projects", { token });
  for (let place = 0; place < 50; place++) running.end(acme.tenant.id);
  const afterward = await world.api("GET", "/projects", { token });

  assert.deepEqual(withinPlaces.map(({ status }) => status), [200, 404]);
  assert.deepEqual([refused.status, refused.json.type, refused.headers["retry-after"]], [
    429,
    LIMIT_TYPE,
    "1",
  ]);
  assert.deepEqual(refused.json["violated-policies"], ["concurrency"]);
  assert.deepEqual(limits(refused), [
    `"concurrency";q=50;qu="concurrent-requests"`,
    `"concurrency";r=0;t=1`,
  ]);
  assert.deepEqual([afterward.status, afterward.headers["ratelimit"]], [200, `"plan";r=57;t=60`]);
});

Deno.test("while Redis hangs, a call waits at most 50 milliseconds, and soon none waits; a metric says so", async () => {
  using silent = new SilentServer();
  await using world = await World.open({ REDIS_URL: silent.url });
  const acme = await world.company("acme");
  const key = await keyOf(acme, { requestsPerMinute: 1 });
  const asked = hangAfter(world.services.use(RATE_LIMITER), Infinity);
  const start = performance.now();

  const statuses = [];
  for (let call = 0; call < 9; call++) {
    statuses.push((await world.api("GET", "/projects", { headers: { "X-API-Key": key } })).status);
  }
  const seconds = Math.floor((performance.now() - start) / SECOND);
  const { text } = await world.services.metrics.scrape();

  assert.deepEqual(statuses, Array(9).fill(200));
  assert.deepEqual(asked, Array(asked.length).fill("api_key"));
  assert.ok(asked.length >= 5 && asked.length <= 5 + seconds, `${asked.length} calls waited in ${seconds} s`);
  assert.match(text, /saas_rate_limiter_failures_total\{limit="api_key"\} 9/);
  assert.match(text, /saas_rate_limiter_failures_total\{limit="api_tenant"\} 0/);
});

Deno.test("whenever Redis begins to hang, a call waits for it once, whatever its status", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const headers = { "X-API-Key": await keyOf(acme, { requestsPerMinute: 10 }) };
  const { headers: { etag } } = await world.api("GET", "/projects", { headers });
  const limiter = world.services.use(RATE_LIMITER);
  const { counter } = limiter;
  const unchanged = async (answers: number) => {
    const asked = hangAfter(limiter, answers, counter);
    const answer = await world.api("GET", "/projects", { headers: { ...headers, "If-None-Match": etag! } });
    return [answer.status, asked.slice(answers)];
  };

  const answers = [await unchanged(0), await unchanged(1), await unchanged(2), await unchanged(3)];
  limiter.counter = counter;
  const { remaining } = await look(world.system, CALLS_OF_TENANT, acme.tenant.id);
  await take(world.system, CALLS_OF_TENANT, acme.tenant.id, { cost: remaining });
  const asked = hangAfter(limiter, 2, counter);
  const refused = await world.api("GET", "/projects", { headers });

  assert.deepEqual(answers, [
    [304, ["api_key"]],
    [304, ["api_tenant"]],
    [304, ["api_unchanged"]],
    [304, ["api_tenant", "api_key"]], // both at once
  ]);
  assert.deepEqual([refused.status, asked], [429, ["api_key", "api_tenant", "api_key"]]);
});

Deno.test({
  name: "S65 replicas on Redis share a plan's requests and a key's",
  ignore: !redisUrl,
  fn: async () => {
    await using world = await World.open({ REDIS_URL: redisUrl! });
    const acme = await world.company("acme", "Acme", undefined, "starter");
    const ahead = new ManualClock(after(world.clock.now(), 5 * SECOND).toISOString());
    const replica = await world.replica({}, ahead);
    await replica.use(RATE_LIMITER).counter.check(); // as a server does when it starts
    const limited = { id: newId(), requestsPerMinute: 40 };
    const call = async (services: Services, key: typeof limited | null) =>
      await countCall(services, acme.tenant, key).then(() => true, ({ kind }) => kind !== "rate_limited");

    const byKey = [];
    for (let count = 0; count < 25; count++) {
      byKey.push(await call(world.services, limited), await call(replica, limited));
    }
    const others = [];
    for (let count = 0; count < 15; count++) {
      others.push(await call(replica, null), await call(world.services, null));
    }

    await replica.close();
    assert.deepEqual([byKey, others].map((calls) => calls.filter(Boolean).length), [40, 20]);
  },
});

/** Lets the counter of the limits hang after so many answers. Returns the names of the limits that it is asked to count from now on. */
function hangAfter(limiter: { counter: Counter }, answers: number, counter = limiter.counter): string[] {
  const asked: string[] = [];
  limiter.counter = {
    count: (request) => {
      asked.push(request.key.split(":")[2]!);
      return asked.length <= answers ? counter.count(request) : new Promise(() => {});
    },
    check: () => counter.check(),
    close: () => counter.close(),
  };
  return asked;
}

/** What an answer says about the limits. */
function limits({ headers }: ApiAnswer) {
  return [headers["ratelimit-policy"], headers["ratelimit"]];
}

/** The secret of a new key that the company's owner made. */
async function keyOf({ ctx }: Company, changes: Record<string, unknown> = {}): Promise<string> {
  const input = newApiKey.parse({ name: "Deploy", permissions: ["projects:read"], ...changes });
  return (await createApiKey(ctx, input))!.apiKey;
}
