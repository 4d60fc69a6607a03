import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import { COLLECT_EVENTS } from "../../src/analytics/collect/limit.ts";
import { replaceKey, saveWebsites } from "../../src/analytics/collect/source.ts";
import { trackEvent } from "../../src/analytics/track/track.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { take } from "../../src/rate_limits/limiter.ts";
import { suspendTenant, updateTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: browsers record events only from the workspace's own websites, with its key, and without being recognized. */

const SHOP = "https://shop.acme.example";

Deno.test("a page of a listed website records events, without a cookie and without the visitor's address", async () => {
  await using world = await World.open();
  const { acme, key } = await openShop(world);

  const answer = await post(world, {
    key,
    events: [{ event: "page.viewed", properties: { path: "/" }, user_id: "user-1" }, { event: "clicked" }],
  }, { "User-Agent": "Recognizable/1.0" });

  assert.equal(answer.status, 204);
  assert.equal(answer.headers["access-control-allow-origin"], SHOP);
  assert.equal(answer.headers["access-control-allow-credentials"], undefined);
  assert.match(answer.headers.vary as string, /Origin/);
  assert.equal(answer.headers["set-cookie"], undefined);
  assert.deepEqual((await eventsOf(acme)).map(({ event, userId }) => [event, userId]).sort(), [
    ["clicked", null],
    ["page.viewed", "user-1"],
  ]);
  assert.doesNotMatch(JSON.stringify(await eventsOf(acme)), /127\.0\.0\.1|Recognizable/);
});

Deno.test("S29 any other page, key or workspace records nothing", async (t) => {
  await using world = await World.open();
  const { acme, key } = await openShop(world);
  const globex = await world.company("globex");
  const other = await saveWebsites(globex.ctx, { origins: ["https://globex.example"] });
  const events = [{ event: "page.viewed" }];
  const origins = [
    "https://globex.example",
    `${SHOP}.evil.example`,
    "http://shop.acme.example",
    `http://${world.host("acme")}`,
    "null",
    undefined,
  ];

  for (const origin of origins) {
    await t.step(`from ${origin}`, async () => {
      const answer = await post(world, { key, events }, origin ? { Origin: origin } : {}, {
        keepsOrigin: false,
      });
      assert.equal(answer.status, 403);
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    });
  }
  await t.step("with another workspace's key", async () => {
    assert.equal((await post(world, { key: other.publishableKey, events })).status, 403);
  });
  await t.step("with a replaced key", async () => {
    await replaceKey(acme.ctx);
    assert.equal((await post(world, { key, events })).status, 403);
  });
  await t.step("of a workspace without websites, and on the apex", async () => {
    await world.company("initech");
    const headers = { Origin: SHOP, "Content-Type": "text/plain" };
    const body = JSON.stringify({ key, events });
    const initech = await world.raw("POST", world.host("initech"), "/collect", headers, body);
    const apex = await world.raw("POST", world.host(), "/collect", headers, body);
    assert.deepEqual([initech.status, apex.status], [403, 403]);
  });
  await t.step("of a suspended workspace", async () => {
    await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "Unpaid" });
    assert.equal((await post(world, { key, events })).status, 403);
  });

  assert.deepEqual(await world.dumpStream("analytics_events"), []);
});

Deno.test("pages with the script of the workspace's former address go on", async () => {
  await using world = await World.open();
  const { acme, key } = await openShop(world);
  await updateTenant(acme.ctx, { subdomain: "acme-robotics" });

  const script = await world.raw("GET", world.host("acme"), "/collect.js");
  const answer = await post(world, { key, events: [{ event: "page.viewed" }] });

  assert.equal(script.status, 200);
  assert.equal(answer.status, 204);
  assert.equal((await eventsOf(acme)).length, 1);
});

Deno.test("browsers whose owners don't want to be tracked are answered, and not recorded", async () => {
  await using world = await World.open();
  const { acme, key } = await openShop(world);
  const sent = { key, events: [{ event: "page.viewed" }] };

  const answers = [await post(world, sent, { "Sec-GPC": "1" }), await post(world, sent, { DNT: "1" })];
  const willing = await post(world, sent, { DNT: "0" });

  assert.deepEqual([...answers, willing].map(({ status }) => status), [204, 204, 204]);
  assert.equal((await eventsOf(acme)).length, 1);
});

Deno.test("the browsers of a network send a workspace at most 120 times a minute, and 20 events in 32 KB at once", async () => {
  await using world = await World.open();
  const { acme, key } = await openShop(world);
  const batchOf = (length: number) => ({ key, events: Array.from({ length }, () => ({ event: "clicked" })) });

  const large = await post(world, { key, events: [{ event: "x".repeat(40_000) }] });
  const many = await post(world, batchOf(21));
  const malformed = await world.raw("POST", world.host("acme"), "/collect", { Origin: SHOP }, "{");
  const answers = [];
  for (let sent = 0; sent < 119; sent++) answers.push((await post(world, batchOf(1))).status);
  const globex = await world.company("globex");
  const { publishableKey } = await saveWebsites(globex.ctx, { origins: [SHOP] });
  const ofGlobex = JSON.stringify({ ...batchOf(1), key: publishableKey });
  const other = await world.raw("POST", world.host("globex"), "/collect", { Origin: SHOP }, ofGlobex);
  world.clock.advance(2 * MINUTE);
  const later = await post(world, batchOf(20));

  assert.deepEqual([large.status, many.status, malformed.status], [413, 422, 422]);
  assert.deepEqual(answers.slice(0, 118).every((status) => status === 204), true);
  assert.equal(answers.at(-1), 429);
  assert.deepEqual([other.status, later.status], [204, 204]);
  assert.equal((await eventsOf(acme)).length, 118 + 20);
});

Deno.test("a workspace's websites send as many events a day as its plan allows", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const { publishableKey: key } = await saveWebsites(acme.ctx, { origins: [SHOP] });
  const large = { event: "clicked", properties: { text: "x".repeat(3 * 1_024) } };
  await take(world.system, COLLECT_EVENTS, acme.tenant.id, { cost: 9_993 });

  const small = await post(world, { key, events: [{ event: "clicked" }, { event: "clicked" }] });
  const [fits, over] = [
    await post(world, { key, events: [large] }),
    await post(world, { key, events: [large] }),
  ];

  assert.deepEqual([small.status, fits.status, over.status], [204, 204, 429]);
  assert.ok(Number(over.headers["retry-after"]) > 0);
  assert.equal((await eventsOf(acme)).length, 3);
});

Deno.test("S31 a page's body is checked like any other, although it is sent as text", async (t) => {
  await using world = await World.open();
  const { acme, key } = await openShop(world);
  const withEvent = (event: string) => `{"key":"${key}","events":[${event}]}`;
  const bodies: Record<string, string> = {
    "no JSON": "{",
    "no object": "[]",
    "null": "null",
    "no events": `{"key":"${key}","events":[]}`,
    "JSON that is nested 5,000 levels deep": withEvent(
      `{"event":"e","properties":{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}}`,
    ),
    "NUL in a name": withEvent('{"event":"a\\u0000"}'),
    "NUL in a property": withEvent('{"event":"e","properties":{"a":"\\u0000"}}'),
    "half a surrogate pair in the name of a property": withEvent(
      '{"event":"e","properties":{"\\ud800":1}}',
    ),
  };

  for (const [what, body] of Object.entries(bodies)) {
    await t.step(what, async () => {
      const answer = await world.raw("POST", world.host("acme"), "/collect", { Origin: SHOP }, body);
      assert.equal(answer.status, 422);
      assert.equal(answer.headers["access-control-allow-origin"], SHOP);
    });
  }
  await t.step("a key named __proto__ changes nothing", async () => {
    const body = withEvent('{"event":"e","properties":{"__proto__":{"isAdmin":true},"a":1}}');
    const { status } = await world.raw("POST", world.host("acme"), "/collect", { Origin: SHOP }, body);
    assert.equal(status, 204);
  });

  assert.deepEqual((await eventsOf(acme)).map(({ properties }) => properties), [{ a: 1 }]);
  assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
});

Deno.test("S06 the script is the same for every workspace, and no answer about one is cached", async () => {
  await using world = await World.open();
  const { key } = await openShop(world);
  await world.company("globex");

  const scripts = [
    await world.raw("GET", world.host("acme"), "/collect.js"),
    await world.raw("GET", world.host("globex"), "/collect.js"),
  ];
  const answer = await post(world, { key, events: [{ event: "page.viewed" }] });

  assert.equal(scripts[0]!.text, scripts[1]!.text);
  assert.equal(answer.headers["cache-control"], "no-store");
});

Deno.test("a browser that asks first may post from a listed website, and from no other", async () => {
  await using world = await World.open();
  await openShop(world);
  const ask = (Origin: string) =>
    world.raw("OPTIONS", world.host("acme"), "/collect", { Origin, "Access-Control-Request-Method": "POST" });

  const [listed, other] = [await ask(SHOP), await ask("https://globex.example")];

  assert.equal(listed.status, 204);
  assert.equal(listed.headers["access-control-allow-origin"], SHOP);
  assert.equal(listed.headers["access-control-allow-methods"], "POST");
  assert.equal(other.status, 403);
  assert.equal(other.headers["access-control-allow-origin"], undefined);
});

Deno.test("the script has less than 2 KB, and other websites may run it", async () => {
  await using world = await World.open();
  await world.company("acme");

  const script = await world.raw("GET", world.host("acme"), "/collect.js");

  assert.equal(script.status, 200);
  assert.ok(script.bytes.byteLength < 2_048, `${script.bytes.byteLength} bytes`);
  assert.match(script.headers["content-type"] as string, /^text\/javascript/);
  assert.equal(script.headers["cross-origin-resource-policy"], "cross-origin");
  assert.match(script.headers["cache-control"] as string, /max-age=3600/);
});

Deno.test("owners list the websites and replace the key on a page, and the log says so", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "ben@acme.example", "member");
  const page = `http://${world.host("acme")}/settings/analytics`;
  const signIn = async (email: string) => {
    const browser = world.browser();
    await browser.post(`http://${world.host("acme")}/login`, { email, password: PASSWORD });
    return browser;
  };
  const [owner, member] = [await signIn(acme.owner.email), await signIn("ben@acme.example")];

  const empty = await owner.get(page);
  await owner.post(page, { origins: `${SHOP}\r\n` });
  const saved = await owner.get(page);
  const asking = await owner.get(`${page}/key`);
  const kept = await owner.get(page);
  await owner.post(`${page}/key`, {});
  const replaced = await owner.get(page);
  const refused = await owner.post(page, { origins: "https://acme.example/shop" });
  const notAllowed = [
    await member.get(page),
    await member.get(`${page}/key`),
    await member.post(page, { origins: "https://evil.example" }),
  ];

  const keyIn = ({ text }: { text: string }) => /data-key=&quot;(dnz_pub_\w+)&quot;/.exec(text)?.[1];
  assert.equal(keyIn(empty), undefined);
  assert.ok(keyIn(saved));
  assert.match(asking.text, /pages send nothing until you paste the new script/);
  assert.equal(keyIn(kept), keyIn(saved));
  assert.ok(keyIn(replaced));
  assert.notEqual(keyIn(replaced), keyIn(saved));
  assert.ok(saved.text.includes(`&lt;script async src=&quot;http://${world.host("acme")}/collect.js&quot;`));
  assert.equal(refused.status, 422);
  assert.deepEqual(notAllowed.map(({ status }) => status), [403, 403, 403]);
  const { json } = await world.api("GET", "/audit-log", { token: await world.token(acme) });
  const actions = json.data.map(({ action }: { action: string }) => action);
  assert.deepEqual(actions.filter((action: string) => action.startsWith("analytics_source.")), [
    "analytics_source.key_replaced",
    "analytics_source.updated",
  ]);
});

Deno.test("S04 a tenant reads only its own events, and writes none", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  for (const { ctx } of [acme, globex]) await trackEvent(ctx, { event: "visited", id: "1" });
  const ways = [
    "insert into stream.analytics_events select * from stream.analytics_events",
    "update stream.analytics_events set event = 'x'",
    "delete from stream.analytics_events",
    "delete from stream.analytics_event_ids",
    "select * from stream.analytics_events_default",
    "select nextval('stream.analytics_event_order')",
    `select stream.add_analytics_events('${acme.tenant.id}', now(), '[]')`,
    `select stream.delete_analytics_events('${globex.tenant.id}', now(), 1)`,
    "select stream.delete_analytics_event_ids(now(), 1)",
    "select * from control.analytics_sources",
  ];

  for (const statement of ways) {
    await t.step(`a tenant's role can't run: ${statement.slice(0, 60)}`, async () => {
      const trying = acme.ctx.tx((tx) => tx.execute(sql.raw(statement)));
      await assert.rejects(
        async () => await trying,
        (error: { code?: string; cause?: { code?: string } }) =>
          (error.code ?? error.cause?.code) === "42501",
      );
    });
  }

  assert.deepEqual((await eventsOf(acme)).map(({ tenantId }) => tenantId), [acme.tenant.id]);
  assert.deepEqual([...await world.system.control.select().from(analyticsEvents)], []);
});

/** A company with a listed website, and its key. */
async function openShop(world: World): Promise<{ acme: Company; key: string }> {
  const acme = await world.company("acme");
  const { publishableKey: key } = await saveWebsites(acme.ctx, { origins: [SHOP] });
  return { acme, key };
}

function post(
  world: World,
  body: unknown,
  headers: Record<string, string> = {},
  { keepsOrigin = true }: { keepsOrigin?: boolean } = {},
) {
  const all = {
    "Sec-Fetch-Site": "cross-site",
    "Content-Type": "text/plain;charset=UTF-8",
    ...(keepsOrigin ? { Origin: SHOP } : {}),
    ...headers,
  };
  return world.raw("POST", world.host("acme"), "/collect", all, JSON.stringify(body));
}

async function eventsOf({ ctx }: Company) {
  const [rows] = await ctx.read((tx) => [tx.select().from(analyticsEvents)]);
  return rows;
}
