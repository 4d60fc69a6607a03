import assert from "node:assert/strict";
import { invite } from "../../src/access/invitations.ts";
import { Authenticator } from "../support/authenticator.ts";
import { emailedToken } from "../support/emailed_links.ts";
import { startWorker } from "../support/jobs.ts";
import type { Browser } from "../support/browser.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: whatever the way in, an account with a second factor opens only with it (S57). */

Deno.test("S57 every way in asks for the second factor", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const { email } = acme.owner;
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const app = await addApp(world, email);

  const closed = async (browser: Browser) => {
    assert.match((await browser.get(`${host}/dashboard`)).url, /\/login\b/);
    assert.match((await browser.get(`${apex}/workspaces`)).url, /\/login\b/);
  };

  for (const [where, form] of [["on a workspace's host", host], ["on the apex", apex]] as const) {
    await t.step(`a password ${where}`, async () => {
      const browser = world.browser();

      const asked = await browser.post(`${form}/login`, { email, password: PASSWORD });

      assert.equal(asked.url, `${form}/login/mfa`);
      await closed(browser);
    });
  }

  await t.step("an emailed link, whose code by email counts no second time", async () => {
    const browser = world.browser();
    await browser.post(`${apex}/login/email`, { email });
    await worker.idle();
    const token = await emailedToken(world, "sign_in_link", email);

    const asked = await browser.post(`${apex}/login/link`, { token });

    assert.equal(asked.url, `${apex}/login/mfa`);
    assert.doesNotMatch(asked.text, /\/login\/mfa\/email/);
    await closed(browser);
  });

  await t.step("a link to reset the password", async () => {
    const browser = world.browser();
    const token = new URL(await world.passwordLink(acme.owner)).searchParams.get("token")!;

    const refused = await browser.post(`${apex}/reset-password`, {
      token,
      password: "four other random words",
    });
    const unchanged = await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } });

    assert.equal(refused.status, 422);
    assert.equal(unchanged.json.mfa_required, true);
    await closed(browser);
  });

  await t.step("an invitation to another workspace", async () => {
    const browser = world.browser();
    await invite(globex.ctx, { email, role: "member" });
    await worker.idle();
    const link = (await world.emails(email)).flatMap(({ links }) => links)
      .find((one) => one.includes("/invitations/"))!;

    await browser.post(link, { name: "Ada", password: PASSWORD });
    const next = new URL(link).pathname;
    const asked = await browser.post(`${apex}/login`, { email, password: PASSWORD, next });
    await browser.post(link);
    await closed(browser);
    const entered = await browser.post(asked.url, { code: app.nextCode() });

    assert.equal(asked.url, `${apex}/login/mfa`);
    assert.equal(entered.url, link);
    assert.match(entered.text, /Accept invitation/);
  });

  await t.step("a sign-up with the account's password", async () => {
    const browser = world.browser();
    const fields = { company_name: "Other", subdomain: "other", name: "Ada", email, password: PASSWORD };

    const refused = await browser.post(`${apex}/signup`, fields);

    assert.equal(refused.status, 422);
    await closed(browser);
  });

  await t.step("the API, with and without a tenant", async () => {
    for (const tenant of [undefined, "acme"]) {
      const { json } = await world.api("POST", "/auth/login", {
        body: { email, password: PASSWORD, tenant },
      });

      assert.equal(json.mfa_required, true);
      assert.equal(json.access_token, undefined);
      assert.equal((await world.api("GET", "/me", { token: json.mfa_token })).status, 401);
    }
  });
});

async function addApp(world: World, email: string): Promise<Authenticator> {
  const token = await world.accountToken(email);
  const { json } = await world.api("POST", "/me/factors", { token, body: { type: "totp" } });
  const app = new Authenticator(world, json.secret);
  await world.api("POST", `/me/factors/${json.id}/confirm`, { token, body: { code: app.code() } });
  return app;
}
