import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { users } from "../../db/control/schema/users.ts";
import { invite, newInvitation } from "../../src/access/invitations.ts";
import { join } from "../../src/access/joining.ts";
import { publish } from "../../src/events/publish.ts";
import { INVOICE_PAYMENT_FAILED } from "../../src/billing/events.ts";
import { z } from "zod";
import { COMPUTE_MINUTES } from "../../src/billing/meter.ts";
import { recordUsage } from "../../src/billing/usage/record.ts";
import type { EventReader } from "../../src/events/reader.ts";
import { membersWith } from "../../src/notifications/audience.ts";
import { notificationKind } from "../../src/notifications/kind.ts";
import { createProject, PROJECT_CREATED, PROJECTS_READ } from "../../src/projects/projects.ts";
import { Customer } from "../support/billing.ts";
import { deleteExpired } from "../../src/operations/retention.ts";
import { TELL } from "../../src/notifications/notify.ts";
import { DAY } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { WEBHOOK_DISABLED } from "../../src/webhooks/events.ts";
import { feedOf, firstOf, runJobs, tellJoined, versionOf } from "../support/notifications.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: people are told what concerns them, exactly once, and see on their page what is unread. */

Deno.test("someone who joins is told to those who manage members, and not to themselves", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const admin = await world.member(acme, "ann@acme.example", "admin");
  const viewer = await world.member(acme, "vera@acme.example", "viewer");
  const ben = await world.user("ben@acme.example", "Ben Alvarez");

  await world.system.tx((tx) => join(world.system, tx, acme.tenant, ben, "admin"));
  await runJobs(world);

  assert.deepEqual(await toldTo(world, acme.owner), ["joined"]);
  assert.deepEqual(await toldTo(world, admin), ["joined"]);
  assert.deepEqual([await toldTo(world, viewer), await toldTo(world, ben)], [[], []]);
});

Deno.test("a repeated job tells nobody twice, and changes no feed's version", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await tellJoined(world, acme, ["Ada"]);
  await runJobs(world);
  const before = await versionOf(world, acme.owner);

  await world.system.control.update(outbox).set({ state: "ready", endedAt: null, attempts: 0 })
    .where(eq(outbox.name, TELL.name));
  await runJobs(world);

  assert.deepEqual(await toldTo(world, acme.owner), ["joined"]);
  assert.equal(await versionOf(world, acme.owner), before);
  assert.equal(before, 1);
});

Deno.test("a change that is rolled back tells nobody", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ben = await world.user("ben@acme.example");

  await assert.rejects(world.system.tx(async (tx) => {
    await join(world.system, tx, acme.tenant, ben, "member");
    throw new Error("no");
  }));
  await runJobs(world);

  assert.deepEqual(await toldTo(world, acme.owner), []);
});

Deno.test("an invitation is told to the person with that address once it is confirmed, in every workspace of theirs", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex", "Globex")];
  const stranger = await world.user("ann@initech.example");
  await world.system.control.update(users).set({ emailVerifiedAt: null }).where(eq(users.id, stranger.id));

  await invite(globex.ctx, newInvitation.parse({ email: acme.owner.email, role: "member" }));
  await invite(globex.ctx, newInvitation.parse({ email: stranger.email, role: "member" }));
  await runJobs(world);
  const browser = await signIn(world, acme);
  const page = await browser.get(`http://${world.host("acme")}/notifications`);
  const api = await world.api("GET", "/notifications", { token: await world.token(acme) });
  const { id } = await firstOf(world, acme.owner);
  const opened = await browser.get(`http://${world.host("acme")}/notifications/${id}`);

  assert.deepEqual(await toldTo(world, acme.owner), ["invited"]);
  assert.deepEqual(await toldTo(world, stranger), []);
  assert.match(page.text, /You are invited to join Globex\./);
  assert.deepEqual(api.json.data, [], "a token for one workspace shows nothing of another");
  assert.match(opened.url, new RegExp(`^http://${world.host()}/invitations/`));
});

Deno.test("a failed payment and a disabled webhook are told to those who can do something about it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const viewer = await world.member(acme, "vera@acme.example", "viewer");
  const schema = acme.tenant.schemaName;
  const invoice = { id: newId(), name: "INV-0042", status: "open" as const, total: 2_900, currency: "usd" };
  const endpoint = {
    id: newId(),
    name: "hooks.acme.example",
    url: "",
    description: "",
    events: "",
    headers: "",
  };

  await world.system.tx(async (tx) => {
    await publish(world.system, tx, INVOICE_PAYMENT_FAILED, { after: invoice, schema });
    await publish(world.system, tx, WEBHOOK_DISABLED, { after: { ...endpoint, rateLimit: null }, schema });
  });
  await runJobs(world);
  const page = await (await signIn(world, acme)).get(`http://${world.host("acme")}/notifications`);

  assert.deepEqual((await toldTo(world, acme.owner)).toSorted(), ["payment_failed", "webhook_disabled"]);
  assert.deepEqual(await toldTo(world, viewer), []);
  assert.match(page.text, /The payment of invoice INV-0042 failed\./);
  assert.match(page.text, /The webhook to hooks\.acme\.example was turned off\./);
});

Deno.test("a limit that is near, and one that is reached, are told once each", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const ctx = await customer.ctx();

  for (const value of [700, 200, 50, 100, 500]) {
    await recordUsage(ctx, { metric: COMPUTE_MINUTES.key, value });
  }
  await runJobs(world);

  const told = await feedOf(world, customer.company.owner);
  assert.deepEqual(told.map(({ kind }) => kind).toSorted(), ["limit_near", "limit_reached"]);
  assert.ok(told.every(({ data }) => data.metric === "Compute minutes" && data.limit === 1_000));
});

Deno.test("a kind reads an event of a tenant's own transaction, in that transaction", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const kind = notificationKind("sample_project", {
    label: "A project is created",
    sentence: "{name} was created.",
    event: PROJECT_CREATED,
    permission: PROJECTS_READ,
    data: z.object({ name: z.string() }),
    of: ({ name }) => ({ name }),
    to: membersWith(PROJECTS_READ),
    link: () => "/projects",
  });
  (world.services.readers as EventReader[]).push(kind.reader);
  const member = await world.member(acme, "mei@acme.example", "member");

  await createProject(acme.ctx, { name: "Apollo", description: "", status: "active" });
  await runJobs(world);

  assert.deepEqual((await feedOf(world, member)).map(({ data }) => data.name), ["Apollo"]);
  assert.deepEqual(await feedOf(world, acme.owner), [], "who did it isn't told");
  assert.deepEqual(await feedOf(world, globex.owner), []);
});

Deno.test("an announcement is told once to everyone in a workspace that it is meant for", async () => {
  await using world = await World.open();
  const ada = await world.user("ada@acme.example");
  await world.company("acme", "Acme", ada, "team");
  await world.company("labs", "Labs", ada, "team");
  const globex = await world.company("globex", "Globex", undefined, "starter");
  await world.staff("grace@denizen.example");
  const staff = await world.signedInBrowser("grace@denizen.example");
  const fields = { text: "Roles are <b>here</b>", kind: "info", days: "3", plan_team: "on" };

  await staff.post(`http://${world.host()}/admin/announcements`, fields);
  await runJobs(world);
  const api = await world.api("GET", "/notifications", { token: await world.token(globex) });

  assert.deepEqual(await toldTo(world, ada), ["announcement"]);
  assert.deepEqual(await toldTo(world, globex.owner), []);
  assert.deepEqual(api.json.data, []);
});

Deno.test("the page shows what is unread, and the sidebar counts it", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const page = `http://${world.host("acme")}/notifications`;
  const browser = await signIn(world, acme);

  await t.step("an empty page says what will be here", async () => {
    const { text } = await browser.get(page);

    assert.match(text, /Stay up to date/);
    assert.doesNotMatch(text, /Mark all as read/);
  });

  await tellJoined(world, acme, ["Ada", "Ben", "<b>Cleo"]);
  await runJobs(world);
  const feed = await feedOf(world, acme.owner);

  await t.step("every page counts what is unread", async () => {
    const { text } = await browser.get(`http://${world.host("acme")}/dashboard`);

    assert.match(text, /id="unread"[^>]*><span[^>]*>3<span class="sr-only"> unread/);
  });

  await t.step("what was told is shown as text", async () => {
    const { text } = await browser.get(page);

    assert.match(text, /&lt;b&gt;Cleo joined the workspace as member\./);
  });

  await t.step("one can be marked as read", async () => {
    const marked = await browser.post(`${page}/${feed[0]!.id}/read`);
    const unread = await browser.get(`${page}?status=unread`);

    assert.equal(marked.url, page);
    assert.match(marked.text, /id="unread"[^>]*><span[^>]*>2</);
    assert.doesNotMatch(unread.text, new RegExp(feed[0]!.id));
    assert.match(unread.text, new RegExp(feed[1]!.id));
  });

  await t.step("checking a link reads nothing", async () => {
    const cookie = { Cookie: browser.cookieHeader(world.host("acme")) };
    const { status } = await world.raw("HEAD", world.host("acme"), `/notifications/${feed[1]!.id}`, cookie);

    assert.equal(status, 200);
    assert.equal((await feedOf(world, acme.owner))[1]!.readAt, null);
  });

  await t.step("opening one marks it as read and leads to what it is about", async () => {
    const opened = await browser.get(`${page}/${feed[1]!.id}`);

    assert.equal(
      opened.url,
      `http://${world.host("acme")}/team?search=${encodeURIComponent(String(feed[1]!.data.name))}`,
    );
    assert.match(opened.text, /id="unread"[^>]*><span[^>]*>1</);
  });

  await t.step("all can be marked as read", async () => {
    const { text } = await browser.post(`${page}/read`);

    assert.match(text, /All notifications are marked as read/);
    assert.match(text, /id="unread"[^>]*><\/span>/);
  });

  await t.step("after 90 days they are gone", async () => {
    world.clock.advance(90 * DAY + 1);
    await deleteExpired(world.system);

    assert.deepEqual(await feedOf(world, acme.owner), []);
  });
});

Deno.test("what someone may no longer see doesn't show any more", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const ann = await world.member(acme, "ann@acme.example", "admin");
  await tellJoined(world, acme, ["Ada"]);
  await runJobs(world);

  await world.system.control.update(memberships).set({ role: "viewer" }).where(
    eq(memberships.userId, ann.id),
  );
  const token = await world.token(acme, ann.email);
  const list = await world.api("GET", "/notifications", { token });
  const { id } = await firstOf(world, ann);
  const read = await world.api("POST", `/notifications/${id}/read`, { token });

  assert.deepEqual(list.json.data, []);
  assert.equal(read.status, 404);
});

async function toldTo(world: World, person: Parameters<typeof feedOf>[1]): Promise<string[]> {
  return (await feedOf(world, person)).map(({ kind }) => kind);
}

async function signIn(world: World, { tenant, owner }: Company) {
  const browser = world.browser();
  await browser.post(`http://${world.host(tenant.subdomain)}/login`, {
    email: owner.email,
    password: PASSWORD,
  });
  return browser;
}
