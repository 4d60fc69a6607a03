import assert from "node:assert/strict";
import { createMember, resolveInvitee } from "../../src/identity/new_members.ts";
import { appointPlatformAdmin } from "../../src/identity/platform_admins.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import type { Browser } from "../support/browser.ts";
import { emailedToken } from "../support/emailed_links.ts";
import type { ApiAnswer } from "../support/http.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: an address belongs to the person who reads its email. A stranger who signs up with it first keeps no access (S48).
 * A stranger who signs up with it later changes nothing (S09, S49).
 */

const VICTIM = "victim@corp.example";
const STRANGERS = "the stranger's own password";
const OWN = "the owner's own password";

type Stranger = {
  address: string;
  subdomain: string;
  browser: Browser;
  accessToken: string;
  refreshToken: string;
  handoff: string;
};
type Worker = { idle(): Promise<void> };

/** Events that first prove or trust an address. */
const TRUSTING: [
  event: string,
  trust: (world: World, worker: Worker, address: string) => Promise<unknown>,
][] = [
  ["confirms it with a new password", async (world, _, address) => {
    const token = await emailedToken(world, "verify_address", address);
    const page = await confirm(world, world.browser(), { token, choose_password: "on", password: OWN });
    assert.match(page.text, /Email confirmed and password saved/);
  }],
  ["resets the password", async (world, worker, address) => {
    await world.browser().post(`http://${world.host()}/forgot-password`, { email: address });
    await worker.idle();
    const token = await emailedToken(world, "reset_password", address);
    await world.browser().post(`http://${world.host()}/reset-password`, { token, password: OWN });
    assert.ok((await findUserByEmail(world.system.control, address))!.emailVerifiedAt);
  }],
  ["is invited", async (world, _, address) => {
    const corp = await world.company("corp");
    const ctx = { ...world.system, actor: corp.ctx.actor };
    await createMember(await openTenant(ctx, corp.tenant.id), {
      email: address,
      name: "Victim",
      role: "member",
    }, {
      invite: true,
    });
  }],
  ["is given a workspace by the operator", async (world, _, address) => {
    const wanted = newTenant.parse({ name: "Given", subdomain: "given" });
    const person = { email: address, name: "Victim" };
    await createTenant(world.system, wanted, (tx) => resolveInvitee(world.system, tx, person));
    world.services.use(SIGN_INS).forgetUser((await findUserByEmail(world.system.control, address))!.id);
  }],
  ["is made staff", async (world, _, address) => {
    await appointPlatformAdmin(world.system, { email: address, name: "Victim" }, null);
    assert.ok((await findUserByEmail(world.system.control, address))!.emailVerifiedAt);
  }],
];

Deno.test("S48 if a stranger signs up with an address first, their credentials don't work later", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");

  for (const [index, [event, trust]] of TRUSTING.entries()) {
    await t.step(`after its owner ${event}`, async () => {
      const stranger = await squat(world, `victim-${index}@corp.example`, `mine-${index}`);
      await worker.idle();

      await trust(world, worker, stranger.address);

      await assertIsOut(world, stranger);
    });
  }
});

Deno.test("S48 an address's owner signs up after a stranger and takes over the account", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await squat(world);
  await worker.idle();
  const before = await world.countAll();
  const owner = world.browser();

  const answer = await owner.post(`http://${world.host()}/signup`, form("corp", OWN));
  await worker.idle();
  const afterSignUp = await world.countAll();
  const token = await emailedToken(world, "verify_address", VICTIM);
  const asked = await owner.get(`http://${world.host()}/verify-email?token=${token}`);
  const choosing = await owner.get(`http://${world.host()}/verify-email?token=${token}&choose_password`);
  const wrong = await confirm(world, owner, { token, password: OWN });
  const weak = await confirm(world, owner, { token, password: "short", choose_password: "on" });
  const done = await confirm(world, owner, { token, password: OWN, choose_password: "on" });
  const again = await confirm(world, owner, { token, password: OWN, choose_password: "on" });
  const signedIn = await owner.post(`http://${world.host()}/login`, { email: VICTIM, password: OWN });

  assert.match(answer.url, /\/signup\/check-email$/);
  assert.equal(answer.status, 200);
  assert.deepEqual(afterSignUp, before);
  assert.match(asked.text, /Your password/);
  assert.match(choosing.text, /New password/);
  assert.deepEqual([wrong.status, weak.status], [422, 422]);
  assert.match(wrong.text, /not the account&#39;s password/);
  assert.match(weak.text, /At least 12|at least 12/);
  assert.match(done.text, /Email confirmed and password saved/);
  assert.equal(again.status, 422);
  assert.equal(
    signedIn.url,
    `http://${world.host("mine")}/dashboard`,
    "the stranger's workspace is the owner's now",
  );
});

Deno.test("S09 S49 a sign-up with a confirmed address and a different password says so and changes nothing", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  await browser.post(`http://${world.host()}/login`, { email: acme.owner.email, password: PASSWORD });
  const before = await world.dumpControl();

  const pages = [];
  for (let count = 0; count < 3; count++) {
    const fields = { ...form(`other-${count}`, STRANGERS), email: " Owner@ACME.example" };
    pages.push(await world.browser().post(`http://${world.host()}/signup`, fields));
  }

  for (const page of pages) {
    assert.equal(page.status, 422);
    assert.match(
      page.text,
      /id="email-error"[^]*You already have an account\. Sign in to create another workspace\./,
    );
    assert.equal(page.headers["set-cookie"], undefined);
  }
  assert.equal(await world.dumpControl(), before);
  const login = { email: acme.owner.email, password: PASSWORD };
  assert.equal(
    (await world.api("POST", "/auth/login", { body: login })).status,
    200,
    "no tenant needs to be named",
  );
});

Deno.test("S49 a sign-up with an invited address without a password creates nothing and emails its owner", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const corp = await world.company("corp");
  await createMember(await openTenant(world.system, corp.tenant.id), {
    email: VICTIM,
    name: "Victim",
    role: "member",
  }, {
    invite: false,
  });
  const before = await world.countAll();

  const page = await world.browser().post(`http://${world.host()}/signup`, form("mine", STRANGERS));
  await worker.idle();
  const token = await emailedToken(world, "verify_address", VICTIM);
  const asked = await world.browser().get(`http://${world.host()}/verify-email?token=${token}`);
  const done = await confirm(world, world.browser(), { token, password: OWN });

  assert.match(page.url, /\/signup\/check-email$/);
  assert.deepEqual(await world.countAll(), before);
  assert.match(asked.text, /New password/);
  assert.match(done.text, /Email confirmed and password saved/);
  assert.equal((await signIn(world, STRANGERS)).status, 401);
  assert.equal((await signIn(world, OWN)).status, 200);
});

Deno.test("S48 when two sign-ups at once use one address with different passwords, only one creates the account", async () => {
  await using world = await World.open();
  const passwords = [STRANGERS, OWN];

  const pages = await Promise.all(
    passwords.map((password, index) =>
      world.browser().post(`http://${world.host()}/signup`, form(`workspace-${index}`, password))
    ),
  );

  const counts = await world.countAll();
  assert.deepEqual([counts.users, counts.tenants, counts.memberships, counts.strays], [1, 1, 1, 0]);
  assert.deepEqual(pages.map(({ url }) => new URL(url).pathname).sort(), [
    "/dashboard",
    "/signup/check-email",
  ]);
});

Deno.test("S49 only users with a confirmed address can invite others", async () => {
  await using world = await World.open();
  const owner = await world.unconfirmedUser("owner@acme.example");
  const acme = await world.company("acme", "Acme", owner);
  const ctx = { ...world.system, actor: acme.ctx.actor };
  const invite = async () =>
    await createMember(await openTenant(ctx, acme.tenant.id), {
      email: VICTIM,
      name: "Victim",
      role: "member",
    }, {
      invite: true,
    });

  await assert.rejects(invite, { kind: "forbidden", message: /Confirm your email address first/ });
  assert.equal(await findUserByEmail(world.system.control, VICTIM), null);
});

/** A stranger signs up with the victim's address, in a browser and with a program, and keeps an unused handoff. */
async function squat(world: World, address = VICTIM, subdomain = "mine"): Promise<Stranger> {
  const browser = world.browser();
  await browser.post(`http://${world.host()}/signup`, { ...form(subdomain, STRANGERS), email: address });
  const { json } = await signIn(world, STRANGERS, address);
  const { id } = (await world.services.use(TENANTS).findBySubdomain(subdomain))!;
  const cookies = [...browser.cookies(world.host())].map(([name, value]) => `${name}=${value}`).join("; ");
  const { headers } = await world.raw("POST", world.host(), `/workspaces/${id}/handoff`, {
    Cookie: cookies,
    Origin: `http://${world.host()}`,
  });
  return {
    address,
    subdomain,
    browser,
    accessToken: json.access_token,
    refreshToken: json.refresh_token,
    handoff: headers.location!,
  };
}

async function assertIsOut(world: World, stranger: Stranger): Promise<void> {
  const { address, subdomain, browser, accessToken, refreshToken, handoff } = stranger;
  assert.match((await browser.get(handoff)).url, /\/login/);
  for (const url of [`http://${world.host(subdomain)}/dashboard`, `http://${world.host()}/workspaces`]) {
    assert.match((await browser.get(url)).url, /\/login/);
  }
  assert.equal((await signIn(world, STRANGERS, address)).status, 401);
  assert.equal((await world.api("GET", "/me", { token: accessToken })).status, 401);
  const body = { refresh_token: refreshToken };
  assert.equal((await world.api("POST", "/auth/refresh", { body })).status, 401);
}

function form(subdomain: string, password: string): Record<string, string> {
  return { company_name: "Some company", subdomain, name: "Some name", email: VICTIM, password };
}

function signIn(world: World, password: string, email = VICTIM): Promise<ApiAnswer> {
  return world.api("POST", "/auth/login", { body: { email, password } });
}

function confirm(world: World, browser: Browser, fields: Record<string, string>) {
  return browser.post(`http://${world.host()}/verify-email`, fields);
}
