import assert from "node:assert/strict";
import { invitations } from "../../db/control/schema/invitations.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { invite } from "../../src/access/invitations.ts";
import type { Role } from "../../src/access/permissions.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { DAY } from "../../src/platform/clock.ts";

import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: an invitation makes exactly the invited person a member, once, and only when that person accepts. */

const NAME = "Ben Osei";

Deno.test("invitations", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const [acme, globex] = [await world.company("acme", "Acme"), await world.company("globex")];
  const invited = async (email: string, company = acme, role: Role = "member") => {
    const { id } = await invite(company.ctx, { email, role });
    await worker.idle();
    return { id, link: await linkTo(world, email) };
  };
  const setUp = (link: string, browser = world.browser(), password = PASSWORD) =>
    browser.post(link, { name: NAME, password });

  await t.step("a person without an account sets a password and lands in the workspace", async () => {
    const { link } = await invited("ben@new.example", acme, "viewer");
    const browser = world.browser();

    const opened = await browser.get(link);
    const landed = await setUp(link, browser);

    assert.match(opened.text, /Owner of Acme invited you as a viewer/);
    assert.match(opened.text, /ben@new\.example/);
    assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
    assert.match(landed.text, /success-message[^]*Welcome to the workspace/);
    const user = (await findUserByEmail(world.system.control, "ben@new.example"))!;
    assert.equal(user.name, NAME);
    assert.ok(user.emailVerifiedAt);
    assert.equal(await roleOf(world, acme, "ben@new.example"), "viewer");
  });

  await t.step("a person with an account signs in first, and accepts with one click", async () => {
    const { email } = await world.user("ida@known.example");
    const { link } = await invited(email, acme, "admin");
    const browser = world.browser();

    const opened = await browser.get(link);
    const signIn = /href="(\/login\?[^"]+)"/.exec(opened.text)![1]!.replaceAll("&amp;", "&");
    const form = await browser.get(`http://${world.host()}${signIn}`);
    const next = /name="next" value="([^"]+)"/.exec(form.text)![1]!;
    const back = await browser.post(`http://${world.host()}/login`, { email, password: PASSWORD, next });
    const landed = await browser.post(link);

    assert.match(form.text, /value="ida@known\.example"/);
    assert.equal(back.url, link);
    assert.match(back.text, /Accept invitation/);
    assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
    assert.equal(await roleOf(world, acme, email), "admin");
  });

  await t.step("S13 the link alone doesn't sign in the owner of an account", async () => {
    const { email } = await world.user("eve@known.example");
    const { link } = await invited(email);
    const browser = world.browser();

    const answer = await setUp(link, browser, "a password of somebody else");

    assert.match(answer.text, /Sign in to accept/);
    assert.equal(browser.cookies(world.host()).size, 0);
    assert.equal(await roleOf(world, acme, email), null);
    assert.equal(
      (await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } })).status,
      200,
    );
  });

  await t.step("S60 opened by somebody else, it shows both addresses and stays open", async () => {
    const { link } = await invited("noa@new.example");
    const browser = await world.signedInBrowser(globex.owner.email);

    const opened = await browser.get(link);
    const forced = await setUp(link, browser);
    const signedOut = await browser.post(`http://${world.host()}/logout`, { next: new URL(link).pathname });

    for (const { status, text } of [opened, forced]) {
      assert.equal(status, 409);
      assert.match(text, /owner@globex\.example/);
      assert.match(text, /noa@new\.example/);
    }
    assert.equal(await roleOf(world, acme, globex.owner.email), null);
    assert.equal(signedOut.url, link);
    assert.equal((await setUp(link, browser)).url, `http://${world.host("acme")}/dashboard`);
  });

  await t.step(
    "S58 HEAD and two GETs by a link checker change nothing, then the person's POST works",
    async () => {
      const { link } = await invited("ada@new.example");
      const { pathname } = new URL(link);
      const before = await world.dumpControl();

      const looks = [
        await world.raw("HEAD", world.host(), pathname),
        await world.raw("GET", world.host(), pathname),
        await world.raw("GET", world.host(), pathname),
      ];

      for (const { status, headers } of looks) {
        assert.deepEqual([status, headers["set-cookie"]], [
          200,
          undefined,
        ]);
      }
      assert.equal(await world.dumpControl(), before);
      assert.match((await setUp(link)).url, /\/dashboard$/);
    },
  );

  await t.step("S14 a link works once, until it is revoked, and for seven days", async () => {
    const [used, revoked, late] = [
      await invited("one@new.example"),
      await invited("two@new.example"),
      await invited("three@new.example"),
    ];
    const token = await world.token(acme);

    await setUp(used.link);
    await world.api("DELETE", `/invitations/${revoked.id}`, { token });
    world.clock.advance(7 * DAY - 1);
    const inTime = await world.browser().get(late.link);
    world.clock.advance(1);

    assert.equal(inTime.status, 200);
    for (const link of [used.link, revoked.link, late.link]) {
      const { status, text } = await setUp(link);
      assert.equal(status, 404);
      assert.match(text, /This invitation is closed/);
    }
    assert.equal(await findUserByEmail(world.system.control, "three@new.example"), null);
  });

  await t.step("an invitation sent again keeps its link, for another seven days", async () => {
    const { id, link } = await invited("leo@new.example");
    world.clock.advance(8 * DAY);

    const answer = await world.api("POST", `/invitations/${id}/resend`, { token: await world.token(acme) });
    await worker.idle();

    assert.equal(answer.status, 200);
    assert.equal(await linkTo(world, "leo@new.example"), link);
    assert.match((await setUp(link)).url, /\/dashboard$/);
  });

  await t.step(
    "S48 a stranger who signed up with the address is out once the invited person joins",
    async () => {
      const stranger = await world.unconfirmedUser("victim@new.example", "Stranger");
      const own = await world.company("strange", "Strange", stranger);
      const token = await world.token(own);
      const browser = await world.signedInBrowser(stranger.email);
      const { link } = await invited(stranger.email);

      const landed = await setUp(link, undefined, "a new and longer password");

      const body = { email: stranger.email, password: PASSWORD };
      assert.match(landed.url, /\/dashboard$/);
      assert.equal((await world.api("POST", "/auth/login", { body })).status, 401);
      assert.equal((await world.api("GET", "/me", { token })).status, 401);
      assert.match((await browser.get(`http://${world.host()}/workspaces`)).url, /\/login/);
      assert.equal((await findUserByEmail(world.system.control, stranger.email))!.name, NAME);
    },
  );

  await t.step("a form with errors shows all of them, and the invitation stays open", async () => {
    const { link } = await invited("mia@new.example");

    const refused = await world.browser().post(link, { name: " ", password: "short" });

    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="name-error"[^>]*>Enter your name/);
    assert.match(refused.text, /id="password-error"[^>]*>Use at least 12 characters/);
    assert.match((await setUp(link)).url, /\/dashboard$/);
  });

  await t.step("S41 neither the invitation nor its job contains the link's secret", async () => {
    const { link } = await invited("secret@new.example");

    const { control } = world.system;
    const stored = JSON.stringify([
      await control.select().from(invitations),
      await control.select().from(outbox),
    ]);

    assert.ok(stored.includes("secret@new.example"));
    assert.ok(!stored.includes(link.split("/").at(-1)!));
  });
});

Deno.test("without a free seat, inviting is refused, and accepting says so and leaves the invitation open", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme", "Acme", undefined, "starter");
  await world.member(acme, "mei@acme.example", "member");
  const token = await world.token(acme);
  await invite(acme.ctx, { email: "ben@new.example", role: "member" });
  await worker.idle();
  const link = await linkTo(world, "ben@new.example");
  const jo = await world.member(acme, "jo@acme.example", "member");

  const more = await world.api("POST", "/invitations", { token, body: { email: "ida@new.example" } });
  const full = await world.browser().post(link, { name: NAME, password: PASSWORD });
  const created = await findUserByEmail(world.system.control, "ben@new.example");
  await world.removeMember(acme, jo);
  const room = await world.browser().post(link, { name: NAME, password: PASSWORD });

  assert.equal(more.status, 403);
  assert.deepEqual([more.json.type, more.json.limit, more.json.used], ["/problems/limit-reached", 3, 3]);
  assert.equal(full.status, 422);
  assert.match(full.text, /no free seat right now\. Ask Owner of Acme to make room/);
  assert.match(full.text, /value="Ben Osei"/);
  assert.equal(created, null);
  assert.match(room.url, /\/dashboard$/);
});

/** The link in the latest invitation to an address. */
async function linkTo(world: World, email: string): Promise<string> {
  const found = (await world.emails(email)).find(({ message }) => message === "team_invitation");
  assert.ok(found, `an invitation was sent to ${email}`);
  return found.links.find((link) => link.includes("/invitations/"))!;
}

async function roleOf(world: World, company: Company, email: string): Promise<string | null> {
  const { json } = await world.api("GET", `/members?search=${email}`, { token: await world.token(company) });
  return json.data[0]?.role ?? null;
}
