import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  addCustomDomain,
  listCustomDomains,
  removeCustomDomain,
  setPrimary,
} from "../../src/custom_domains/domains.ts";
import { LIVE_HOSTS } from "../../src/custom_domains/live_hosts.ts";
import { verifyCustomDomain } from "../../src/custom_domains/verification.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { startCheckedSession } from "../../src/identity/sign_in.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import type { Browser } from "../support/browser.ts";
import { hostOf, liveDomain, primaryDomain, visit } from "../support/custom_domains.ts";
import { callApi } from "../support/http.ts";
import { Zone } from "../support/sending_domains.ts";
import { StatementLog } from "../support/statement_log.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a workspace answers only at a domain that its owner controls, and whoever controls that domain gets nothing beyond the
 * workspace (S14, S29, S35, S50).
 */

const DOMAIN = "app.acme.example";

Deno.test("S35 hosts that only look like a custom domain get 404, without a query", async (t) => {
  await using statements = new StatementLog();
  await using world = await World.open({}, { through: (address) => statements.through(address) });
  const acme = await world.company("acme");
  await primaryDomain(Zone.of(world), acme, DOMAIN);
  const host = hostOf(world, DOMAIN);
  assert.equal((await world.raw("GET", host.toUpperCase(), "/manifest.webmanifest")).status, 200);
  const forged = [
    DOMAIN,
    `${DOMAIN}:1`,
    `${DOMAIN}.:${world.port}`,
    `x.${host}`,
    `acme.example:${world.port}`,
    `${host}.evil.example`,
    `${DOMAIN}.localhost:${world.port}`,
    `${DOMAIN}@localhost:${world.port}`,
    `evil.example:${world.port}`,
    "",
  ];

  for (const name of forged) {
    await t.step(`"${name.replace(String(world.port), "PORT")}"`, async () => {
      const { status, headers } = await world.raw("GET", name, "/dashboard", { "X-Forwarded-Host": host });

      assert.deepEqual([status, headers.location, headers["set-cookie"]], [404, undefined, undefined]);
    });
  }
  await t.step("a hundred invented hosts cost one query at most", async () => {
    await world.raw("GET", `first.example:${world.port}`, "/");

    const sent = await statements.during(async () => {
      for (let number = 0; number < 100; number++) {
        await world.raw("GET", `h${number}.example:${world.port}`, "/dashboard");
      }
    });

    assert.ok(sent.length <= 1, sent.join("\n"));
  });
  await t.step("the name in the request line doesn't replace the Host header", async () => {
    const { status } = await world.raw("GET", world.host(), `http://${host}/settings/domains`);

    assert.notEqual(status, 200);
  });
});

Deno.test("a domain is live for the one workspace that DNS names", async (t) => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const [acme, evil] = [await world.company("acme", "Acme"), await world.company("evil", "Evil")];

  await t.step("a claim without proof keeps nobody from verifying the domain", async () => {
    await addCustomDomain(evil.ctx, { domain: DOMAIN });

    assert.equal((await liveDomain(zone, acme, DOMAIN)).status, "verified");
  });
  await t.step(
    "a second workspace with a record of its own is refused, and with the first one's isn't verified",
    async () => {
      const [claim] = await listCustomDomains(evil.ctx);
      const withOther = await verifyCustomDomain(evil.ctx, claim!.id);
      zone.create([claim!.record]);
      await assert.rejects(verifyCustomDomain(evil.ctx, claim!.id), { kind: "conflict" });

      assert.equal(withOther.status, "pending");
      assert.equal(await world.services.use(LIVE_HOSTS).findTenantId(DOMAIN), acme.tenant.id);
    },
  );
  await t.step("of two that verify at once, one gets it", async () => {
    const domain = "both.example";
    const claims = await Promise.all([acme, evil].map(({ ctx }) => addCustomDomain(ctx, { domain })));
    zone.set("TXT", claims[0]!.record.name, ...claims.map(({ record }) => record.value));

    const results = await Promise.allSettled(
      [acme, evil].map(({ ctx }, index) => verifyCustomDomain(ctx, claims[index]!.id)),
    );

    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  });
  await t.step("another workspace can't read, change, check or remove it", async () => {
    const [own] = await listCustomDomains(acme.ctx);
    const token = await world.token(evil);
    const path = `/custom-domains/${own!.id}`;

    const answers = [
      await world.api("GET", path, { token }),
      await world.api("PATCH", path, { token, body: { primary: true } }),
      await world.api("POST", `${path}/verify`, { token }),
      await world.api("DELETE", path, { token }),
    ];

    assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 404]);
  });
  await t.step("an admin can't manage domains", async () => {
    const admin = await world.member(acme, "adam@acme.example", "admin");
    const token = await world.token(acme, admin.email);

    const listed = await world.api("GET", "/custom-domains", { token });
    const added = await world.api("POST", "/custom-domains", { token, body: { domain: "x.example" } });

    assert.deepEqual([listed.status, added.status], [403, 403]);
  });
});

Deno.test("a removed domain's record, sessions and host are worth nothing to anybody", async () => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const [acme, evil] = [await world.company("acme", "Acme"), await world.company("evil", "Evil")];
  const { id, record } = await primaryDomain(zone, acme, DOMAIN);
  const host = hostOf(world, DOMAIN);
  const browser = await signedInAt(world, acme, host);
  const replica = await world.replica();
  assert.equal(await replica.use(LIVE_HOSTS).findTenantId(DOMAIN), acme.tenant.id);

  await removeCustomDomain(acme.ctx, id);
  const removed = await browser.get(`http://${host}/dashboard`);
  const onReplica = await fiveSecondsLater(() => replica.use(LIVE_HOSTS).findTenantId(DOMAIN));
  const again = await addCustomDomain(acme.ctx, { domain: DOMAIN });
  const oldRecord = await verifyCustomDomain(acme.ctx, again.id);
  const squatted = await addCustomDomain(evil.ctx, { domain: DOMAIN });
  const foreignRecord = await verifyCustomDomain(evil.ctx, squatted.id);
  zone.create([again.record]);
  await verifyCustomDomain(acme.ctx, again.id);
  const unused = await browser.get(`http://${host}/dashboard`);
  await replica.close();

  assert.equal(removed.status, 404);
  assert.equal(onReplica, null);
  assert.notEqual(again.record.value, record.value);
  assert.deepEqual([oldRecord.status, foreignRecord.status], ["pending", "pending"]);
  assert.doesNotMatch(unused.text, /owner@acme\.example/);
});

Deno.test("S50 a handoff ends only on the host that it is for", async (t) => {
  await using world = await World.open();
  const zone = Zone.of(world);
  const [acme, evil] = [await world.company("acme", "Acme"), await world.company("evil", "Evil")];
  await primaryDomain(zone, acme, DOMAIN);
  await primaryDomain(zone, evil, "evil.example");
  await liveDomain(zone, acme, "other.example");
  const browser = await world.signedInBrowser(acme.owner.email);
  const own = hostOf(world, DOMAIN);
  const openAt = async (host: string, query: string) => {
    const { status, headers } = await world.raw("GET", host, `/handoff${query}`);
    return [status, headers.location];
  };
  const start = async () => {
    const { search } = new URL(await world.handoffLink(browser, acme));
    await openAt(world.host("acme"), search);
    return search;
  };

  await t.step("another workspace's domain learns nothing from it", async () => {
    assert.deepEqual(await openAt(hostOf(world, "evil.example"), await start()), [
      303,
      "/login?notice=handoff",
    ]);
  });
  await t.step("a domain that isn't primary passes it on to the primary one", async () => {
    const query = await start();

    assert.deepEqual(await openAt(hostOf(world, "other.example"), query), [
      307,
      `http://${own}/handoff${query}`,
    ]);
  });
  await t.step("the proof is given on the apex only, to the browser that started it", async () => {
    const query = await start();
    const [, proof] = await openAt(own, query);
    const stranger = await world.browser().get(String(proof));
    const onDomain = await world.raw("GET", own, `/handoff/proof${new URL(String(proof)).search}`);

    assert.equal(new URL(String(proof)).host, world.host());
    assert.match(stranger.url, /\/login\?notice=handoff$/);
    assert.equal(onDomain.status, 403);
  });
  await t.step(
    "a handoff of the platform's staff, or to the subdomain, never reaches the domain",
    async () => {
      const device = { ipAddress: "127.0.0.1", userAgent: "Test" };
      const apex = { tenantId: null, remember: true, device };
      const { signInId } = await startCheckedSession(world.system, acme.owner, apex);
      const request = { userId: acme.owner.id, signInId, remember: true, welcome: null };
      const tenant = { ...acme.tenant, primaryDomain: DOMAIN };
      const links = [
        await createHandoff(world.system, tenant, { ...request, onSubdomain: true }),
        await createHandoff(world.system, tenant, { ...request, supportVisitId: acme.tenant.id }),
      ];

      for (const link of links) {
        const { search } = new URL(link);
        assert.deepEqual(await openAt(own, search), [303, "/login?notice=handoff"]);
        const [status, location] = await openAt(world.host("acme"), search);
        assert.equal(status, 303);
        assert.match(String(location), /\/handoff\/proof\?/);
      }
    },
  );
  await t.step("it opens a path of the workspace, never another site", async () => {
    for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example"]) {
      const page = await visit(
        browser,
        `http://${world.host()}/workspaces/${acme.tenant.id}?${new URLSearchParams({ next })}`,
      );
      assert.equal(page.url, `http://${own}/dashboard`);
    }
  });
  await t.step("a browser that keeps no cookies ends at a page, not in a loop", async () => {
    const query = await start();
    const [, proof] = await openAt(own, query);
    const { headers } = await world.raw("GET", world.host(), pathOf(String(proof)), {
      Cookie: browser.cookieHeader(world.host()),
    });
    const [status, location] = await openAt(own, new URL(headers.location!).search);
    const page = await world.raw("GET", own, String(location));

    assert.deepEqual([status, location, page.status], [303, "/login?notice=handoff", 200]);
    assert.match(page.text, /Continue to sign in/);
  });
});

Deno.test("S50 a handoff whose token a domain has seen ends there or nowhere, whatever its owner changes meanwhile", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  const zone = Zone.of(world);
  const { id } = await primaryDomain(zone, acme, DOMAIN);
  const other = await liveDomain(zone, acme, "other.example");
  const { email } = await world.member(acme, "ben@acme.example", "member");
  const member = await world.signedInBrowser(email);
  const secret = "a-secret-of-the-attacker";
  const see = async () => {
    const { search } = new URL(await world.handoffLink(member, acme));
    await world.raw("GET", world.host("acme"), `/handoff${search}`);
    return search;
  };
  const bind = (query: string) =>
    world.raw("GET", world.host(), `/handoff/proof${query}&state=${sha256(secret)}`, {
      Cookie: member.cookieHeader(world.host()),
    });
  const openAt = async (host: string, query: string) => {
    const name = `denizen_handoff_${sha256(new URLSearchParams(query).get("token")!).slice(0, 16)}`;
    const { headers } = await world.raw("GET", host, `/handoff${query}`, { Cookie: `${name}=${secret}` });
    const hasSession = headers["set-cookie"]?.some((cookie) => cookie.startsWith("denizen_session="));
    return [headers.location, hasSession ?? false];
  };
  const changes: Record<string, () => Promise<unknown>> = {
    "no domain is primary": () => setPrimary(acme.ctx, id, { primary: false }),
    "another domain is primary": () => setPrimary(acme.ctx, other.id, { primary: true }),
  };

  await t.step("it ends on the domain", async () => {
    const query = await see();
    await bind(query);

    assert.deepEqual(await openAt(hostOf(world, DOMAIN), query), ["/dashboard", true]);
  });
  for (const [change, make] of Object.entries(changes)) {
    for (const order of ["before", "after"]) {
      await t.step(`${change} ${order} the proof`, async () => {
        const query = await see();
        if (order === "after") await bind(query);
        await make();
        if (order === "before") await bind(query);

        const ends = [
          await openAt(world.host("acme"), query),
          await openAt(hostOf(world, "other.example"), query),
          await openAt(hostOf(world, DOMAIN), query),
        ];
        await setPrimary(acme.ctx, id, { primary: true });

        assert.deepEqual(ends.map(([, hasSession]) => hasSession), [false, false, false]);
        assert.deepEqual(ends[0], ["/login?notice=handoff", false]);
      });
    }
  }
  await t.step(
    "a handoff on its way to the subdomain doesn't end on a domain that became primary",
    async () => {
      await setPrimary(acme.ctx, id, { primary: false });
      const query = await see();
      await bind(query);
      await setPrimary(acme.ctx, id, { primary: true });

      const ends = [await openAt(world.host("acme"), query), await openAt(hostOf(world, DOMAIN), query)];

      assert.deepEqual(ends, [["/login?notice=handoff", false], ["/login?notice=handoff", false]]);
    },
  );
});

Deno.test("only an owner who has just proved who they are decides where the workspace answers", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const { id } = await primaryDomain(Zone.of(world), acme, DOMAIN);
  const token = await world.token(acme);
  world.clock.advance(11 * MINUTE);
  const change = (primary: boolean) =>
    world.api("PATCH", `/custom-domains/${id}`, { token, body: { primary } });

  const refused = [
    await world.api("POST", "/custom-domains", { token, body: { domain: "next.example" } }),
    await change(true),
  ];
  const left = await change(false);

  for (const { status, json } of refused) {
    assert.deepEqual([status, json.type], [403, "/problems/reauthentication-required"]);
  }
  assert.deepEqual([left.status, left.json.primary], [200, false]);
});

Deno.test("whoever controls a domain gets no further than the workspace", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  await world.company("globex", "Globex Secret", acme.owner);
  const zone = Zone.of(world);
  await primaryDomain(zone, acme, DOMAIN);
  const host = hostOf(world, DOMAIN);
  const site = `http://${host}`;
  const browser = await signedInAt(world, acme, host);
  const [name, token] = [...browser.cookies(host)].find(([name]) => name.endsWith("session"))!;

  await t.step("a session from there works on no other host, and the other way round", async () => {
    const ends = [];
    for (const other of [world.host(), world.host("acme"), world.host("globex")]) {
      const thief = world.browser();
      thief.setCookie(other, name, token);
      ends.push(
        pathOf(
          (await thief.get(`http://${other}/${other === world.host() ? "workspaces" : "dashboard"}`)).url,
        ),
      );
    }
    const direct = world.browser();
    await direct.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
    const thief = world.browser();
    thief.setCookie(host, name, direct.cookies(world.host("acme")).get(name)!);
    const there = await thief.get(`${site}/dashboard`);

    for (const end of ends) assert.match(end, /^\/login\?/);
    assert.equal(new URL(there.url).host, world.host());
  });
  await t.step("it shows no other workspace", async () => {
    const pages = [await browser.get(`${site}/switcher`), await browser.get(`${site}/dashboard`)];

    for (const { status, text } of pages) {
      assert.equal(status, 200);
      assert.doesNotMatch(text, /Globex Secret/);
    }
  });
  await t.step("the account's pages, sign-in and proofs are on the installation's own hosts", async () => {
    const account = await world.raw("GET", host, "/account/security?notice=required", {
      Cookie: browser.cookieHeader(host),
    });
    const followed = await browser.get(account.headers.location!);
    const posts = [];
    for (
      const path of [
        "/login",
        "/login/email",
        "/login/mfa",
        "/account/password",
        "/account",
        "/reauthenticate",
      ]
    ) {
      posts.push((await browser.post(site + path, { email: acme.owner.email, password: PASSWORD })).status);
    }

    assert.equal(
      account.headers.location,
      `http://${world.host()}/workspaces/${acme.tenant.id}?on=subdomain&next=/account/security%3Fnotice%3Drequired`,
    );
    assert.equal(followed.url, `http://${world.host("acme")}/account/security?notice=required`);
    assert.deepEqual(posts, [403, 403, 403, 403, 403, 403]);
  });
  await t.step(
    "the API takes tokens on each domain, primary or not, and neither passwords nor codes",
    async () => {
      const [account, tenant] = [await world.accountToken(acme.owner.email), await world.token(acme)];
      const { email } = acme.owner;
      const secrets: [string, unknown][] = [
        ["/auth/login", { email, password: PASSWORD }],
        ["/auth/mfa", { mfa_token: "x", code: "123456" }],
        ["/auth/mfa/email", { mfa_token: "x" }],
        ["/auth/mfa/sms", { mfa_token: "x" }],
        ["/auth/reauthenticate", { password: PASSWORD }],
        ["/auth/reauthenticate/email", undefined],
        ["/auth/reauthenticate/sms", {}],
        ["/me/factors", { type: "totp", name: "App" }],
      ];

      const second = hostOf(world, "shop.acme.example");
      await liveDomain(zone, acme, "shop.acme.example");

      const refused = [];
      for (const [path, body] of secrets) {
        refused.push(await world.api("POST", path, { token: account, host, body }));
        refused.push(await world.api("POST", path, { token: account, host: second, body }));
      }
      const alias = await callApi({
        port: world.port,
        host,
        method: "POST",
        path: "/api/auth/login",
        body: { email, password: PASSWORD },
      });
      const onSubdomain = await world.api("POST", "/auth/login", {
        host: world.host("acme"),
        body: { email, password: PASSWORD },
      });
      const me = await world.api("GET", "/me", { token: tenant, host });
      const created = await world.api("POST", "/projects", {
        token: tenant,
        host: second,
        body: { name: "There" },
      });

      for (const { status, json } of [...refused, alias]) {
        assert.equal(status, 403);
        assert.match(json.detail, /can't be done on a custom domain/);
      }
      assert.deepEqual([onSubdomain.status, me.status, created.status], [200, 200, 201]);
    },
  );
  await t.step(
    "what needs a proof leads to the subdomain, and neither a recent sign-in nor a password sent there proves anything",
    async () => {
      const send = (fields: Record<string, string>) =>
        world.raw(
          "POST",
          host,
          "/settings/deletion",
          {
            Cookie: browser.cookieHeader(host),
            Origin: site,
            Referer: `${site}/settings/deletion`,
            "Content-Type": "application/x-www-form-urlencoded",
          },
          new URLSearchParams({ confirmation: "Acme", ...fields }).toString(),
        );

      const recent = await send({});
      world.clock.advance(30 * MINUTE);
      const old = await send({ step_up: "password", step_up_password: PASSWORD });
      const page = await browser.get(`${site}/dashboard`);

      for (const { status, headers } of [recent, old]) {
        assert.deepEqual([status, headers.location], [
          303,
          `http://${world.host()}/workspaces/${acme.tenant.id}?on=subdomain&next=/settings/deletion`,
        ]);
      }
      assert.equal(page.url, `${site}/dashboard`, "the session itself goes on");
    },
  );
  await t.step("a session that an attacker planted isn't the one that the person gets", async () => {
    const attacker = await signedInAt(world, acme, host);
    const planted = attacker.cookies(host).get(name)!;
    const victim = await world.signedInBrowser(acme.owner.email);
    victim.setCookie(host, name, planted);
    await visit(victim, `http://${world.host()}/workspaces/${acme.tenant.id}`);
    const after = victim.cookies(host).get(name)!;
    const old = await attacker.get(`${site}/dashboard`);

    assert.notEqual(after, planted);
    assert.equal(new URL(old.url).host, world.host());
  });
});

Deno.test("over HTTPS, cookies are for the domain alone, and its other hosts aren't promised to be", async () => {
  await using world = await World.open({ APP_URL: "https://denizen.example" });
  const acme = await world.company("acme");
  await primaryDomain(Zone.of(world), acme, DOMAIN);
  const { search } = new URL(await createHandoffFor(world, acme));
  await world.raw("GET", "acme.denizen.example", `/handoff${search}`);

  const { headers } = await world.raw("GET", DOMAIN, `/handoff${search}`);
  const apex = await world.raw("GET", "denizen.example", "/login");

  const [cookie] = headers["set-cookie"]!;
  assert.match(cookie!, /^__Host-denizen_handoff_[0-9a-f]+=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  assert.doesNotMatch(cookie!, /Domain=/i);
  assert.equal(headers["strict-transport-security"], "max-age=63072000");
  assert.match(apex.headers["strict-transport-security"]!, /includeSubDomains/);
});

Deno.test("a proxy learns which names may have a certificate, from inside only", async (t) => {
  await using world = await World.open({ TRUSTED_PROXIES: "127.0.0.1" });
  const zone = Zone.of(world);
  const acme = await world.company("acme");
  await liveDomain(zone, acme, DOMAIN);
  await addCustomDomain(acme.ctx, { domain: "pending.example" });
  const ask = async (domain: string, headers: Record<string, string> = {}) =>
    (await world.raw("GET", "localhost", `/internal/domain-check?domain=${domain}`, headers)).status;

  await t.step("only a live name gets 200", async () => {
    const names = [
      DOMAIN,
      "APP.acme.EXAMPLE",
      "pending.example",
      "acme.example",
      "localhost",
      "acme.localhost",
      "",
      "%00",
    ];

    assert.deepEqual(await Promise.all(names.map((name) => ask(name))), [
      200,
      200,
      404,
      404,
      404,
      404,
      404,
      404,
    ]);
  });
  await t.step("a forwarded request gets 404, whatever it says", async () => {
    const asked = [
      await ask(DOMAIN, { "X-Forwarded-For": "198.51.100.7" }),
      await ask(DOMAIN, { "X-Forwarded-For": "127.0.0.1" }),
      await ask(DOMAIN, { Forwarded: "for=127.0.0.1" }),
    ];

    assert.deepEqual(asked, [404, 404, 404]);
  });
});

/** A browser where the company's owner is signed in on the apex and on the domain. */
async function signedInAt(world: World, { tenant, owner }: Company, host: string): Promise<Browser> {
  const browser = await world.signedInBrowser(owner.email);
  const page = await visit(browser, `http://${world.host()}/workspaces/${tenant.id}`);
  assert.equal(page.url, `http://${host}/dashboard`);
  return browser;
}

async function createHandoffFor(world: World, { tenant, owner }: Company): Promise<string> {
  const device = { ipAddress: "127.0.0.1", userAgent: "Test" };
  const { signInId } = await startCheckedSession(world.system, owner, {
    tenantId: null,
    remember: true,
    device,
  });
  return await createHandoff(world.system, tenant, {
    userId: owner.id,
    signInId,
    remember: true,
    welcome: null,
  });
}

/** What happens once every entry of a cache has expired. */
async function fiveSecondsLater<T>(work: () => Promise<T>): Promise<T> {
  const { now } = performance;
  performance.now = () => now.call(performance) + 5 * SECOND;
  try {
    return await work();
  } finally {
    performance.now = now;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function pathOf(address: string): string {
  const { pathname, search } = new URL(address);
  return pathname + search;
}
