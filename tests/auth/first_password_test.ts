import assert from "node:assert/strict";
import { createPasswordLink } from "../../src/identity/emailed_links.ts";
import { createMember } from "../../src/identity/new_members.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { emailedToken } from "../support/emailed_links.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: an invited person sets a password and is in the workspace; a link signs in nobody else. */

Deno.test("links to an account's first password", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const page = (token: string) => `http://${world.host()}/reset-password?token=${token}`;
  const set = (browser = world.browser(), token: string, password = PASSWORD) =>
    browser.post(`http://${world.host()}/reset-password`, { token, password });

  await t.step("an invited person sets a password and lands in the workspace, signed in", async () => {
    const token = await invite(world, worker, acme, "ben@acme.example");
    const browser = world.browser();

    const asked = await browser.get(page(token));
    const landed = await set(browser, token);
    const later = await browser.get(`http://${world.host("acme")}/projects`);

    assert.match(asked.text, /ben@acme\.example/);
    assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
    assert.match(landed.text, /success-message[^]*You&#39;re signed in/);
    assert.equal(later.status, 200);
    assert.ok((await findUserByEmail(world.system.control, "ben@acme.example"))!.emailVerifiedAt);
  });

  await t.step("with several workspaces, the link leads to the one that invited", async () => {
    await invite(world, worker, acme, "mei@acme.example");
    const token = await invite(world, worker, globex, "mei@acme.example");

    assert.equal((await set(undefined, token)).url, `http://${world.host("globex")}/dashboard`);
  });

  await t.step(
    "S58 HEAD and two GETs by a link checker change nothing, then the person's POST works",
    async () => {
      const token = await invite(world, worker, acme, "ada@acme.example");
      const before = await world.dumpControl();

      const looks = [
        await world.raw("HEAD", world.host(), `/reset-password?token=${token}`),
        await world.raw("GET", world.host(), `/reset-password?token=${token}`),
        await world.raw("GET", world.host(), `/reset-password?token=${token}`),
      ];

      assert.deepEqual(looks.map(({ status }) => status), [200, 200, 200]);
      for (const { headers } of looks) assert.equal(headers["set-cookie"], undefined);
      assert.equal(await world.dumpControl(), before);
      assert.match((await set(undefined, token)).url, /\/dashboard$/);
    },
  );

  await t.step("S14 the link works once", async () => {
    const token = await invite(world, worker, acme, "ida@acme.example");
    await set(undefined, token);

    const again = await set(undefined, token, "another password here");

    assert.match(again.text, /used or has expired/);
    assert.match(again.url, /\/login/);
  });

  await t.step("a password that is refused keeps the link open, and signs nobody in", async () => {
    const token = await invite(world, worker, acme, "leo@acme.example");
    const browser = world.browser();

    const refused = await set(browser, token, "short");

    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="password-error"[^>]*>Use at least 12 characters/);
    assert.equal(browser.cookies(world.host()).size, 0);
    assert.match((await set(browser, token)).url, /\/dashboard$/);
  });

  await t.step(
    "S60 for somebody who is signed in as another person, it is refused and stays open",
    async () => {
      const token = await invite(world, worker, acme, "noa@acme.example");
      const browser = await world.signedInBrowser(globex.owner.email);

      const opened = await browser.get(page(token));
      const forced = await set(browser, token);
      const still = await browser.get(`http://${world.host()}/workspaces`);
      const signedOut = await browser.post(`http://${world.host()}/logout`, {
        next: `/reset-password?token=${token}`,
      });

      for (const { status, text } of [opened, forced]) {
        assert.equal(status, 409);
        assert.match(text, /owner@globex\.example/);
        assert.match(text, /noa@acme\.example/);
      }
      assert.equal(still.status, 200);
      assert.match(signedOut.text, /Choose a password/);
      assert.equal((await set(browser, token)).url, `http://${world.host("acme")}/dashboard`);
    },
  );

  await t.step("S13 S48 a new password for an account that has one signs nobody in", async () => {
    const user = await world.user("old@acme.example");
    const link = await createPasswordLink(world.system, user, { channel: "email", tenantId: acme.tenant.id });
    const browser = world.browser();

    const saved = await set(browser, new URL(link).searchParams.get("token")!, "a new and longer password");

    assert.match(saved.url, /\/login\?notice=password$/);
    assert.match(saved.text, /Password saved\. Sign in to continue\./);
    assert.ok(!browser.cookies(world.host()).has("denizen_session"));
  });

  await t.step("a person whose workspace is gone lands on the list of workspaces", async () => {
    const token = await invite(world, worker, acme, "gone@acme.example");
    await world.removeMember(acme, (await findUserByEmail(world.system.control, "gone@acme.example"))!);

    const landed = await set(undefined, token);

    assert.equal(landed.url, `http://${world.host()}/workspaces`);
    assert.equal(landed.status, 200);
  });
});

Deno.test("S19 after signing out, the browser goes to no other site", async () => {
  await using world = await World.open();

  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example"]) {
    const answer = await world.raw(
      "POST",
      world.host(),
      "/logout",
      { "Content-Type": "application/x-www-form-urlencoded" },
      new URLSearchParams({ next }).toString(),
    );
    assert.equal(answer.headers.location, "/login");
  }
});

/** Invites a person without an account, and returns the token of the emailed link. */
async function invite(
  world: World,
  worker: { idle(): Promise<void> },
  { tenant, ctx }: Company,
  email: string,
): Promise<string> {
  const inviter = await openTenant({ ...world.system, actor: ctx.actor }, tenant.id);
  await createMember(inviter, { email, name: email.split("@")[0]!, role: "member" }, { invite: true });
  await worker.idle();
  return await emailedToken(world, "invitation", email);
}
