import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import {
  addCustomDomain,
  type CustomDomain,
  listCustomDomains,
  MAX_DOMAINS,
  setPrimary,
} from "../../src/custom_domains/domains.ts";
import { LIVE_HOSTS } from "../../src/custom_domains/live_hosts.ts";
import { CHECK_CUSTOM_DOMAIN, verifyCustomDomain } from "../../src/custom_domains/verification.ts";
import { DAY, HOUR, SECOND } from "../../src/platform/clock.ts";
import { suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { hostOf, liveDomain, primaryDomain, visit } from "../support/custom_domains.ts";
import { LiveFeedClient } from "../support/live_feed.ts";
import { feedOf, runJobs } from "../support/notifications.ts";
import { Zone } from "../support/sending_domains.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: a workspace answers at its own domain exactly as long as its DNS and its plan say so, and people can sign in there. */

const DOMAIN = "app.acme.example";

Deno.test("a workspace at its own domain", async (t) => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const host = hostOf(world, DOMAIN);
  const site = `http://${host}`;

  await t.step("a domain that isn't verified gets the answer of an unknown host", async () => {
    await addCustomDomain(acme.ctx, { domain: DOMAIN });
    const [added] = await listCustomDomains(acme.ctx);
    const unfound = await verifyCustomDomain(acme.ctx, added!.id);

    const here = await world.raw("GET", host, "/dashboard");
    const unknown = await world.raw("GET", "unknown.example", "/dashboard");

    assert.deepEqual([added!.status, unfound.status, unfound.live], ["pending", "pending", false]);
    assert.deepEqual([here.status, unknown.status], [404, 404]);
    assert.equal(withoutIds(here.text), withoutIds(unknown.text));
  });

  await t.step("a verified domain redirects to the subdomain until it is primary", async () => {
    const { id, record } = (await listCustomDomains(acme.ctx))[0]!;
    zone.create([record]);
    const { status, live, primary } = await verifyCustomDomain(acme.ctx, id);

    const page = await world.raw("POST", host, "/projects?x=1");
    await setPrimary(acme.ctx, id, { primary: true });
    const robots = await world.raw("GET", host, "/manifest.webmanifest");

    assert.deepEqual([status, live, primary], ["verified", true, false]);
    assert.deepEqual([page.status, page.headers.location], [
      307,
      `http://${world.host("acme")}/projects?x=1`,
    ]);
    assert.equal(robots.status, 200);
  });

  await t.step("people sign in on the apex and come back to the page that they wanted", async () => {
    const browser = world.browser();

    const start = await browser.get(`${site}/projects?status=active&search=a%20b`);
    const login = new URL(start.url);
    const signedIn = await browser.post(`http://${world.host()}/login`, {
      email: acme.owner.email,
      password: "correct horse battery",
      next: login.searchParams.get("next")!,
    });
    const page = await browser.get(onwardOf(signedIn.headers.refresh));
    const again = await browser.get(`${site}/dashboard`);

    assert.equal(login.origin + login.pathname, `http://${world.host()}/login`);
    assert.equal(page.url, `${site}/projects?status=active&search=a%20b`);
    assert.match(page.text, /Acme/);
    assert.deepEqual([again.status, again.url], [200, `${site}/dashboard`]);
  });

  await t.step("a sign-in to the only workspace ends at the primary domain, and so do links", async () => {
    const browser = world.browser();
    const signedIn = await browser.post(`http://${world.host()}/login`, {
      email: acme.owner.email,
      password: "correct horse battery",
    });
    const page = await browser.get(onwardOf(signedIn.headers.refresh));
    const tenant = await tenantOf(world, acme);

    assert.equal(
      signedIn.status,
      200,
      "a page, because the sign-in page's policy allows no redirect to a foreign host",
    );
    assert.equal(page.url, `${site}/dashboard`);
    assert.equal(tenantUrl(world.config.appUrl, tenant), site);
  });

  await t.step("the other domains redirect to the primary one", async () => {
    await liveDomain(zone, acme, "acme-shop.example");

    const { status, headers } = await world.raw("GET", hostOf(world, "acme-shop.example"), "/team?x=1");

    assert.deepEqual([status, headers.location], [307, `${site}/team?x=1`]);
  });

  await t.step("signing out there doesn't sign in again by itself", async () => {
    const browser = await world.signedInBrowser(acme.owner.email);
    await visit(browser, `http://${world.host()}/workspaces/${acme.tenant.id}`);

    const out = await browser.post(`${site}/logout`);

    assert.equal(out.url, `${site}/login?notice=signed_out`);
    assert.match(out.text, /sign in at localhost/);
    assert.doesNotMatch(out.text, /type="password"/);
  });

  await t.step("its pages, sockets and API accept their own host only", async () => {
    const token = await world.token(acme);
    const browser = await world.signedInBrowser(acme.owner.email);
    await visit(browser, `http://${world.host()}/workspaces/${acme.tenant.id}`);
    const socket = async (origin: string) => {
      await using feed = await LiveFeedClient.open({ port: world.port, host: () => host }, {
        browser,
        origin,
      });
      return feed.status;
    };

    const created = await browser.post(`${site}/projects`, { name: "There" });
    const foreign = await browser.post(`${site}/projects`, { name: "No" }, {
      Origin: "https://evil.example",
    });
    const sibling = await browser.post(`${site}/projects`, { name: "No" }, {
      Origin: `http://${world.host("acme")}`,
    });
    const sockets = [await socket(site), await socket(`http://${world.host("acme")}`)];
    const listed = await world.api("GET", "/projects", { token, host });
    const cors = await world.api("GET", "/projects", {
      token,
      host: world.host("acme"),
      headers: { Origin: site },
    });

    assert.equal(created.status, 200);
    assert.deepEqual([foreign.status, sibling.status], [403, 403]);
    assert.deepEqual(sockets, [101, 403]);
    assert.deepEqual(listed.json.data.map(({ name }: { name: string }) => name), ["There"]);
    assert.equal(cors.headers["access-control-allow-origin"], site);
  });

  await t.step(
    "a plan without custom domains stops them, keeps them listed, and brings them back",
    async () => {
      await setPlan(world, acme, "team");
      const stopped = await world.raw("GET", host, "/login");
      const listed = await listCustomDomains(await openTenant(world.system, acme.tenant.id));
      const linked = tenantUrl(world.config.appUrl, await tenantOf(world, acme));
      const check = await world.raw("GET", host, `/internal/domain-check?domain=${DOMAIN}`);
      await setPlan(world, acme, "premium");
      const back = await world.raw("GET", host, "/manifest.webmanifest");

      assert.equal(stopped.status, 404);
      assert.deepEqual(listed.map(({ domain, live }) => [domain, live]), [[DOMAIN, false], [
        "acme-shop.example",
        false,
      ]]);
      assert.equal(linked, `http://${world.host("acme")}`);
      assert.deepEqual([check.status, back.status], [404, 200]);
    },
  );

  await t.step("a suspended workspace is blocked there, and gets no certificate", async () => {
    const before = await world.raw("GET", "localhost", `/internal/domain-check?domain=${DOMAIN}`);
    await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "Unpaid" });
    world.services.use(LIVE_HOSTS).forget();
    const page = await world.raw("GET", host, "/dashboard");
    const check = await world.raw("GET", "localhost", `/internal/domain-check?domain=${DOMAIN}`);

    assert.deepEqual([before.status, page.status, check.status], [200, 403, 404]);
  });
});

Deno.test("the daily check", async (t) => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const admin = await world.member(acme, "vera@acme.example", "admin");
  const { record } = await primaryDomain(zone, acme, DOMAIN);
  const status = async () => (await listCustomDomains(acme.ctx))[0]!.status;

  await t.step(
    "runs once a day, also if several processes do it, and changes nothing while DNS is silent",
    async () => {
      zone.isUp = false;
      await runCheck(world, 23 * HOUR);
      const early = await checksOf(world);
      world.clock.advance(2 * HOUR);
      await Promise.all([world.upkeep(), world.upkeep()]);
      await runJobs(world);

      assert.deepEqual([early, await checksOf(world), await status()], [0, 1, "verified"]);
      zone.isUp = true;
      await world.system.control.delete(outbox).where(eq(outbox.name, CHECK_CUSTOM_DOMAIN.name));
    },
  );

  await t.step("warns before it stops a domain, and takes a restored record back", async () => {
    zone.clear();
    await runCheck(world);
    await runJobs(world);
    const warned = await status();
    const served = await world.raw("GET", hostOf(world, DOMAIN), "/manifest.webmanifest");
    const told = await feedOf(world, acme.owner);
    zone.create([record]);
    await runCheck(world);

    assert.deepEqual([warned, served.status, await status()], ["failing", 200, "verified"]);
    assert.deepEqual(told.map(({ kind }) => kind), ["custom_domain_failing"]);
    assert.deepEqual(await feedOf(world, admin), [], "only owners manage domains");
  });

  await t.step(
    "stops a domain whose record stays away for three days, and links use the subdomain",
    async () => {
      zone.clear();
      const seen = [];
      for (let day = 1; day <= 4; day++) {
        await runCheck(world);
        seen.push(await status());
      }
      await runJobs(world);
      const page = await world.raw("GET", hostOf(world, DOMAIN), "/dashboard");
      const told = await feedOf(world, acme.owner);

      assert.deepEqual(seen, ["failing", "failing", "failing", "lost"]);
      assert.equal(page.status, 404);
      assert.equal(
        tenantUrl(world.config.appUrl, await tenantOf(world, acme)),
        `http://${world.host("acme")}`,
      );
      assert.equal(told.filter(({ kind }) => kind === "custom_domain_lost").length, 1);
    },
  );

  await t.step("every change is in the audit log", async () => {
    const { json } = await world.api("GET", "/audit-log?limit=100", { token: await world.token(acme) });
    const lines = json.data.map(({ action }: { action: string }) => action)
      .filter((action: string) => action.startsWith("custom_domain"));

    assert.deepEqual(lines, [
      "custom_domain.lost",
      "custom_domain.failing",
      "custom_domain.failing",
      "custom_domain.made_primary",
      "custom_domain.verified",
      "custom_domain.added",
    ]);
  });
});

Deno.test("an answer of DNS that comes late doesn't replace a newer one", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const { id, record } = await primaryDomain(zone, acme, DOMAIN);
  zone.clear();

  await zone.overtake(
    () => verifyCustomDomain(acme.ctx, id),
    async () => {
      zone.create([record]);
      world.clock.advance(SECOND);
      await verifyCustomDomain(acme.ctx, id);
    },
  );
  await runJobs(world);

  const [{ status, found, checkedAt }] = await listCustomDomains(acme.ctx) as [CustomDomain];
  assert.deepEqual([status, found, checkedAt], ["verified", [record.value], world.clock.now()]);
  assert.deepEqual(await feedOf(world, acme.owner), []);
});

Deno.test("an owner adds, checks, uses and removes a domain without JavaScript", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const browser = world.browser();
  const path = `http://${world.host("acme")}/settings/domains`;
  await browser.post(`http://${world.host("acme")}/login`, {
    email: acme.owner.email,
    password: "correct horse battery",
  });

  const empty = await browser.get(path);
  const refused = await browser.post(path, { domain: "*.acme.example" });
  const added = await browser.post(path, { domain: "https://App.ACME.example/start" });
  const twice = await browser.post(path, { domain: DOMAIN });
  const { id, record } = (await listCustomDomains(acme.ctx))[0]!;
  const early = await browser.post(`${path}/${id}/primary`, { primary: "on" });
  zone.isUp = false;
  const down = await browser.post(`${path}/${id}/check`, {});
  zone.isUp = true;
  const unfound = await browser.post(`${path}/${id}/check`, {});
  zone.create([record]);
  const live = await browser.post(`${path}/${id}/check`, {});
  const primary = await browser.post(`${path}/${id}/primary`, { primary: "on" });
  await setPlan(world, acme, "team");
  const paused = await browser.get(path);
  await setPlan(world, acme, "premium");
  const asked = await browser.get(`${path}/${id}/remove`);
  const removed = await browser.post(`${path}/${id}/remove`, {});

  assert.match(empty.text, /Open your workspace at an address of your own/);
  assert.deepEqual([refused.status, twice.status, early.status, down.status], [422, 422, 422, 422]);
  assert.match(refused.text, /value="\*\.acme\.example"/);
  assert.match(added.text, /Now create the DNS records of app\.acme\.example\./);
  assert.match(twice.text, /in the list already/);
  assert.match(down.text, /DNS doesn&#39;t answer/);
  assert.match(unfound.text, /doesn&#39;t match yet/);
  assert.match(live.text, /app\.acme\.example is live\./);
  assert.match(live.text, /CNAME record[^]*value="acme\.localhost"/, "it still has to lead here");
  assert.match(paused.text, /Paused/);
  assert.doesNotMatch(paused.text, /Check now/);
  assert.match(primary.text, /Links now use app\.acme\.example\./);
  assert.match(asked.text, /Remove app\.acme\.example\?/);
  assert.match(removed.text, /app\.acme\.example removed\./);
  assert.deepEqual(await listCustomDomains(acme.ctx), []);
});

Deno.test("domains are normalized and limited, and refused if nobody can own them", async (t) => {
  await using world = await World.open({ APP_URL: "https://app.denizen.example" });
  Zone.of(world);
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const host = "app.denizen.example";
  const add = (domain: string) => world.api("POST", "/custom-domains", { token, host, body: { domain } });
  const refused = [
    "denizen.example",
    "app.denizen.example",
    "acme.app.denizen.example",
    "*.acme.example",
    "192.0.2.7",
    "[::1]",
    "2130706433",
    "0x7f.1",
    "localhost",
    "co.uk",
    "gmail.com",
    "acme",
    "a_b.example",
    "-a.example",
    "a..example",
    "",
    `${"a".repeat(64)}.example`,
  ];

  for (const domain of refused) {
    await t.step(`"${domain.slice(0, 30)}" is refused`, async () => {
      assert.equal((await add(domain)).status, 422);
    });
  }
  await t.step("Unicode becomes ASCII, and case and the dot at the end don't count", async () => {
    const { json } = await add("App.BÜCHER.example.");

    assert.equal(json.domain, "app.xn--bcher-kva.example");
  });
  await t.step("a workspace has a few at most", async () => {
    const statuses = [];
    for (let number = 2; number <= MAX_DOMAINS + 1; number++) {
      statuses.push((await add(`a${number}.example`)).status);
    }

    assert.deepEqual(statuses, [...Array(MAX_DOMAINS - 1).fill(201), 409]);
  });
});

/** A day passes, and the jobs run. */
async function runCheck(world: World, time = DAY): Promise<void> {
  world.clock.advance(time);
  await world.upkeep();
  await runJobs(world);
}

async function checksOf({ system }: World): Promise<number> {
  return (await system.control.select().from(outbox).where(eq(outbox.name, CHECK_CUSTOM_DOMAIN.name))).length;
}

async function tenantOf({ services }: World, { tenant }: Company) {
  return (await services.use(TENANTS).findById(tenant.id))!;
}

async function setPlan(world: World, { tenant }: Company, plan: "team" | "premium"): Promise<void> {
  await world.system.control.update(tenants).set({ plan }).where(eq(tenants.id, tenant.id));
  world.services.use(TENANTS).forget(tenant.id);
  world.services.use(LIVE_HOSTS).forget();
}

function onwardOf(refresh: unknown): string {
  return String(refresh).replace(/^0; url=/, "");
}

function withoutIds(text: string): string {
  return text.replaceAll(/nonce="[^"]+"|content="[^"]+"|hx-nonce="[^"]+"|[0-9a-f-]{36}/g, "");
}
