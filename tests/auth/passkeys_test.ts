import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { factors } from "../../db/control/schema/factors.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Browser } from "../support/browser.ts";
import { emailedToken } from "../support/emailed_links.ts";
import { startWorker } from "../support/jobs.ts";
import { askOptions, Passkey } from "../support/passkey.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a passkey is a second factor like any other, and it signs in alone, on the apex and into a workspace. */

Deno.test("a passkey counts as a second factor, and signs in without a password", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const { email } = acme.owner;
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const passkey = await Passkey.create(world);
  const browser = await world.signedInBrowser(email);
  let codes: string[] = [];

  await t.step("the first one brings recovery codes, and an email tells the owner", async () => {
    const page = await passkey.add(browser, "Ada's laptop");
    const list = await browser.get(`${apex}/account/security`);
    const data = JSON.parse((await browser.get(`${apex}/account/data.json`)).text);
    await worker.idle();
    const [news] = await world.emails(email);

    codes = [...page.text.matchAll(/recovery-code[^>]*>([a-z2-7-]+)</g)].map(([, code]) => code!);
    assert.equal(codes.length, 10);
    assert.match(list.text, /Ada(&#39;|')s laptop/);
    assert.match(list.text, /Never used/);
    assert.deepEqual(data.second_factors.map(({ type, name }: Record<string, string>) => [type, name]), [
      ["passkey", "Ada's laptop"],
    ]);
    assert.equal(news!.subject, "Two-step verification was added");
    assert.match(news!.text, /Passkey/);
  });

  await t.step("S13 after the password, it is asked for, and nothing opens before", async () => {
    const browser = world.browser();
    const asked = await browser.post(`${apex}/login`, { email, password: PASSWORD });
    const dashboard = await browser.get(`${apex}/workspaces`);
    const done = await passkey.signIn(browser, {}, { next: "/workspaces" });

    assert.equal(asked.url, `${apex}/login/mfa`);
    assert.match(asked.text, /Use your passkey to finish signing in/);
    assert.match(asked.text, /action="\/login\/passkey"/);
    assert.match(dashboard.url, /\/login\?/);
    assert.equal(done.url, `${apex}/workspaces`);
  });

  await t.step(
    "it signs in alone, into the person's only workspace, and no second step follows",
    async () => {
      const browser = world.browser();
      const done = await passkey.signIn(browser, {}, { remember: "on" });
      const list = await browser.get(`${apex}/account/security`);

      assert.equal(done.url, `${host}/dashboard`);
      assert.match(list.text, /Last used/);
    },
  );

  await t.step("without JavaScript, the page says what to do", async () => {
    const page = await world.browser().post(`${apex}/login/passkey`, { next: "/account" });

    assert.equal(page.status, 422);
    assert.match(page.text, /Turn on JavaScript, or use another way/);
    assert.match(page.text, /name="next" value="\/account"/);
  });

  await t.step("beside codes by email, programs get a code at once, and browsers when asked", async () => {
    const createdAt = world.clock.now();
    const codes = { id: newId(), userId: acme.owner.id, type: "email", name: "Inbox" } as const;
    await world.system.control.insert(factors).values({ ...codes, createdAt, confirmedAt: createdAt });
    const sent = async () => {
      await worker.idle();
      return (await world.emails(email)).filter(({ message }) => message === "factor_code").length;
    };
    await world.browser().post(`${apex}/login`, { email, password: PASSWORD });
    const toBrowser = await sent();
    const { json } = await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } });
    const toProgram = await sent();
    await world.system.control.delete(factors).where(eq(factors.id, codes.id));

    assert.deepEqual(json.factors, ["email", "recovery"]);
    assert.deepEqual([toBrowser, toProgram], [0, 1]);
  });

  await t.step("the API lists and removes it, and asks programs for another factor", async () => {
    const asked = await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } });
    const made = await world.api("POST", "/auth/mfa", {
      body: { mfa_token: asked.json.mfa_token, code: codes[0] },
    });
    const token = made.json.access_token;
    const listed = await world.api("GET", "/me/factors", { token });
    const added = await world.api("POST", "/me/factors", { token, body: { type: "passkey" } });
    const [{ id, type, name }] = listed.json.data;
    const removed = await world.api("DELETE", `/me/factors/${id}`, { token });
    const late = await passkey.signIn(world.browser());
    await worker.idle();
    const [news] = await world.emails(email);

    assert.deepEqual(asked.json.factors, ["recovery"]);
    assert.deepEqual([type, name], ["passkey", "Ada's laptop"]);
    assert.equal(added.status, 422);
    assert.equal(removed.status, 204);
    assert.equal(late.status, 422);
    assert.match(late.text, /We don(&#39;|')t know this passkey/);
    assert.equal(news!.subject, "Two-step verification was removed");
  });
});

Deno.test("a workspace's pages send people to the apex for a passkey, and it sends them back", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const { email } = acme.owner;
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const passkey = await Passkey.create(world);
  const toApex = new RegExp(`href="(${apex}/(?:login|account)[^"]*passkey[^"]*)"`);
  const linkIn = (text: string) => toApex.exec(text)![1]!.replaceAll("&amp;", "&");
  const onTenant = async () => {
    const browser = world.browser();
    const page = await browser.post(`${host}/login`, { email, password: PASSWORD, next: "/projects" });
    return { browser, page };
  };
  const fieldsOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

  await t.step("to add one: signed in there first, then back to the workspace", async () => {
    const { browser } = await onTenant();
    const security = await browser.get(`${host}/account/security`);
    const signIn = await browser.get(linkIn(security.text));
    const form = await browser.post(`${apex}/login`, {
      email,
      password: PASSWORD,
      next: new URL(signIn.url).searchParams.get("next")!,
    });
    const options = await askOptions(world, browser, "/account/security/passkeys/options");
    const done = await browser.post(`${apex}/account/security/passkeys`, {
      name: "Key",
      workspace: "acme",
      credential: JSON.stringify(await passkey.register(options)),
    });

    assert.match(form.text, /name="workspace" value="acme"/);
    assert.ok(done.text.includes(`href="${host}/account/security"`));
  });

  await t.step("to sign in, at the page that they wanted", async () => {
    const browser = world.browser();
    const login = await browser.get(`${host}/login?next=/projects`);
    const page = await browser.get(linkIn(login.text));
    const done = await passkey.signIn(browser, {}, fieldsOf(page.url));

    assert.match(page.text, /to open <bdi>acme Ltd<\/bdi>/);
    assert.ok(page.text.includes(`href="${host}/login?next=%2Fprojects"`));
    assert.equal(done.url, `${host}/projects`);
  });

  await t.step("as a second step after the password", async () => {
    const { browser, page } = await onTenant();
    const done = await passkey.signIn(browser, {}, fieldsOf(linkIn(page.text)));

    assert.equal(page.url, `${host}/login/mfa`);
    assert.equal(done.url, `${host}/projects`);
  });

  await t.step("to confirm who they are, which signs out no other workspace of the browser", async () => {
    await world.company("initech", "Initech", acme.owner);
    const other = `http://${world.host("initech")}`;
    const browser = world.browser();
    await passkey.signIn(browser, {}, { workspace: "initech" });
    await passkey.signIn(browser, {}, { workspace: "acme" });
    world.clock.advance(11 * MINUTE);
    const asked = await browser.post(`${host}/account/security/recovery-codes`, {}, {
      Referer: `${host}/account/security`,
    });
    const link = linkIn(asked.text);
    const back = await passkey.signIn(browser, {}, fieldsOf(link));
    const renewed = await browser.post(`${host}/account/security/recovery-codes`);
    const elsewhere = await browser.get(`${other}/dashboard`);

    assert.equal(asked.status, 403);
    assert.equal(back.url, `${host}/account/security`);
    assert.match(renewed.text, /recovery-code/);
    assert.equal(elsewhere.url, `${other}/dashboard`);
  });

  await t.step("S19 never to another site, and never into a workspace that isn't theirs", async () => {
    const evil = await passkey.signIn(world.browser(), {}, { workspace: "acme", next: "//evil.example" });
    const foreign = await passkey.signIn(world.browser(), {}, { workspace: "globex", next: "/projects" });

    assert.equal(evil.url, `${host}/dashboard`);
    assert.equal(foreign.url, `${apex}/workspaces`);
    assert.match(foreign.text, /This account isn(&#39;|')t a member of that workspace/);
  });
});

Deno.test("a change on the apex takes a passkey, keeps the form, and goes on", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const apex = `http://${world.host()}`;
  const passkey = await Passkey.create(world);
  const browser = await world.signedInBrowser(acme.owner.email);
  await passkey.add(browser);
  world.clock.advance(11 * MINUTE);

  const late = await Passkey.create(world).then((another) => another.add(browser)).catch(String);
  const asked = await browser.get(`${apex}/account/security/passkeys/new`);
  const options = await askOptions(world, browser, "/reauthenticate/passkey/options");
  const done = await browser.post(`${apex}/account/security/recovery-codes`, {
    step_up: "passkey",
    step_up_passkey: JSON.stringify(await passkey.answer(options)),
  });

  assert.match(String(late), /answered 403/);
  assert.match(asked.url, /\/reauthenticate\?next=%2Faccount%2Fsecurity%2Fpasskeys%2Fnew$/);
  assert.match(asked.text, /Use your passkey to continue/);
  assert.match(done.text, /recovery-code/);
});

Deno.test("S25 staff open the back office with a passkey, and can't remove their last one", async () => {
  await using world = await World.open();
  const apex = `http://${world.host()}`;
  const { email } = await world.newStaff("root@example.com");
  const passkey = await Passkey.create(world);
  const browser = await world.signedInBrowser(email);

  const added = await passkey.add(browser);
  const opened = await browser.get(`${apex}/admin`);
  const kept = await browser.post(apex + removalIn((await browser.get(`${apex}/account/security`)).text));
  const later = world.browser();
  await passkey.signIn(later);
  const again = await later.get(`${apex}/admin`);

  assert.match(added.text, /href="\/admin"/);
  assert.equal(opened.url, `${apex}/admin/tenants`);
  assert.equal(kept.status, 409);
  assert.equal(again.url, `${apex}/admin/tenants`);
});

Deno.test("S48 a stranger's passkey ends when the owner of the address takes the account", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const { email } = await world.unconfirmedUser("victim@corp.example");
  const passkey = await Passkey.create(world);
  const stranger = await world.signedInBrowser(email);
  await passkey.add(stranger);
  await worker.idle();
  const before = await passkey.signIn(world.browser());
  const victim = world.browser();

  await victim.post(`http://${world.host()}/login/email`, { email });
  await worker.idle();
  const token = await emailedToken(world, "sign_in_link", email);
  const claimed = await victim.post(`http://${world.host()}/login/link`, { token });
  const after = await passkey.signIn(world.browser());

  assert.match(before.url, /\/workspaces$/);
  assert.match(claimed.url, /\/workspaces$/);
  assert.equal(after.status, 422);
  assert.doesNotMatch(await world.dumpControl(), new RegExp(passkey.id));
});

Deno.test("a person has at most ten second factors, and each passkey once", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await world.signedInBrowser(acme.owner.email);
  const first = await Passkey.create(world);
  await first.add(browser, "Key 1");

  const again = await first.add(browser, "Key 1 again");
  const nameless = await first.add(browser, " ");
  for (let number = 2; number <= 10; number++) {
    await (await Passkey.create(world)).add(browser, `Key ${number}`);
  }
  const late = await addLate(browser);

  assert.equal(again.status, 422);
  assert.match(again.text, /This passkey has already been added/);
  assert.match(nameless.text, /id="factor-name-error"[^>]*>Enter a name/);
  assert.match(late, /answered 409/);

  async function addLate(browser: Browser): Promise<string> {
    return await (await Passkey.create(world)).add(browser).then(() => "added", String);
  }
});

function removalIn(text: string): string {
  return /\/account\/security\/factors\/[\w-]+\/remove/.exec(text)![0];
}
