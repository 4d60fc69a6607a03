import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { invitations } from "../../db/control/schema/invitations.ts";
import { invite } from "../../src/access/invitations.ts";
import { findRole } from "../../src/access/members.ts";
import { findUserByEmail, setPasswordHash } from "../../src/identity/users.ts";
import { Authenticator } from "../support/authenticator.ts";
import type { Browser } from "../support/browser.ts";
import { emailedToken } from "../support/emailed_links.ts";
import { startWorker } from "../support/jobs.ts";
import { addPhone, textedCode } from "../support/phones.ts";
import { continueWith, OidcProvider } from "../support/providers.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a person without a password joins another workspace by their own way in, and never without their second factor. */

const ADA = { sub: "1042", email: "ada@gmail.example", email_verified: true, name: "Ada Lovelace" };
const NUMBER = "+15550123456";

Deno.test("a person who signs in with Google and an app accepts an invitation", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  await using worker = await startWorker(world, "kv");
  const apex = `http://${world.host()}`;
  google.claims = ADA;
  const browser = world.browser();
  const form = await continueWith(browser, `${apex}/auth/google`);
  await browser.post(form.url, { company_name: "Acme", subdomain: "acme", name: "Ada" });
  const app = await addApp(world, browser);
  const { link, joins } = await inviteTo(world, worker, ADA.email);

  const visitor = world.browser();
  const opened = await visitor.get(link);
  const forced = await visitor.post(link, { name: "Eve", password: PASSWORD });
  const start = /href="([^"]*\/auth\/google[^"]*)"/.exec(opened.text)![1]!.replaceAll("&amp;", "&");
  const asked = await continueWith(visitor, new URL(start, apex).href);
  const waiting = await joins();
  const back = await visitor.post(asked.url, { code: app.nextCode() });
  const landed = await visitor.post(link);

  assert.match(opened.text, /Sign in to accept/);
  assert.doesNotMatch(opened.text, /type="password"/);
  assert.match(forced.text, /Sign in to accept/);
  assert.match(asked.url, /\/login\/mfa$/);
  assert.equal(waiting, null, "nobody joins without the second factor");
  assert.equal(back.url, link);
  assert.match(back.text, /Accept invitation/);
  assert.equal(landed.url, `http://${world.host("globex")}/dashboard`);
  assert.equal(await joins(), "member");
});

Deno.test("a person who signs in by email and a phone accepts an invitation, by link and by code", async (t) => {
  for (const way of ["link", "code"] as const) {
    await t.step(`by ${way}`, async () => {
      await using world = await World.open();
      await using worker = await startWorker(world, "kv");
      const apex = `http://${world.host()}`;
      const { owner } = await world.company("acme");
      const browser = world.browser();
      await browser.post(`${apex}/login`, { email: owner.email, password: PASSWORD, next: "/workspaces" });
      await addPhone(world, worker, browser, { host: apex, number: NUMBER });
      await setPasswordHash(world.system, world.system.control, owner.id, null);
      const { link, joins } = await inviteTo(world, worker, owner.email);

      const visitor = world.browser();
      const opened = await visitor.get(link);
      const href = /href="(\/login\?[^"]+)"/.exec(opened.text)![1]!.replaceAll("&amp;", "&");
      const login = await visitor.get(apex + href);
      const next = /name="next" value="([^"]+)"/.exec(login.text)![1]!;
      const sent = await visitor.post(`${apex}/login/email`, { email: owner.email, next });
      await worker.idle();
      const asked = way === "link"
        ? await visitor.post(`${apex}/login/link`, {
          token: await emailedToken(world, "sign_in_link", owner.email),
        })
        : await visitor.post(sent.url, { code: await emailedCode(world, owner.email) });
      const back = await visitor.post(asked.url, { code: await textedCode(world, worker, NUMBER) });
      const landed = await visitor.post(link);

      assert.match(asked.url, /\/login\/mfa$/);
      assert.match(asked.text, /Text another code/);
      assert.doesNotMatch(asked.text, /Email me a code/);
      assert.equal(back.url, link);
      assert.equal(landed.url, `http://${world.host("globex")}/dashboard`);
      assert.equal(await joins(), "member");
    });
  }
});

async function addApp(world: World, browser: Browser): Promise<Authenticator> {
  const host = `http://${world.host("acme")}`;
  const asked = await browser.post(`${host}/account/security/factors`, { type: "totp", name: "App" });
  const secret = /id="totp-secret"[^>]*>([^<]+)</.exec(asked.text)![1]!.replaceAll(" ", "");
  const app = new Authenticator(world, secret);
  await browser.post(asked.url, { code: app.code() });
  return app;
}

/** Invites the address to the workspace of somebody else. `joins` reads the role that it has there. */
async function inviteTo(world: World, worker: { idle(): Promise<void> }, email: string) {
  const globex = await world.company("globex", "Globex");
  await invite(globex.ctx, { email, role: "member" });
  await worker.idle();
  const { links } = (await world.emails(email)).find(({ message }) => message === "team_invitation")!;
  const joins = async () => {
    const user = (await findUserByEmail(world.system.control, email))!;
    return await findRole(globex.ctx, user.id);
  };
  const open = await world.system.control.$count(invitations, eq(invitations.email, email));
  assert.equal(open, 1);
  return { link: links.find((one) => one.includes("/invitations/"))!, joins };
}

async function emailedCode(world: World, email: string): Promise<string> {
  const sent = (await world.emails(email)).find(({ message }) => message === "sign_in_link")!;
  return /\b\d{6}\b/.exec(sent.text)![0];
}
