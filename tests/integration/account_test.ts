import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { startWorker } from "../support/jobs.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: people change their own account on its pages, every page follows, and other people's sessions stay out of reach. */

const NEW_PASSWORD = "four other random words";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

Deno.test("people's accounts", async (t) => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const host = `http://${world.host("acme")}`;
  const ada = acme.owner;
  await world.member(acme, globex.owner.email, "viewer");
  const browser = await signIn(world, acme, ada.email);

  await t.step("a new name shows on every page, to everyone", async () => {
    const saved = await browser.post(`${host}/account`, profile({ name: "Ada Okafor" }));
    const other = await signIn(world, acme, globex.owner.email);
    const team = await other.get(`${host}/team`);
    const { json } = await world.api("GET", "/me", { token: await world.accountToken(ada.email) });

    assert.equal(saved.url, `${host}/account`);
    assert.match(saved.text, /Changes saved\./);
    assert.match(saved.text, /<details[^]*Ada Okafor[^]*<\/details>/, "the person's menu");
    assert.match(team.text, /Ada Okafor/);
    assert.equal(json.actor.name, "Ada Okafor");
  });

  await t.step("a form without a name gets 422, names the field, and changes nothing", async () => {
    const refused = await browser.post(`${host}/account`, profile({ name: " ", theme: "dark" }));
    const page = await browser.get(`${host}/account`);

    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="name-error"[^>]*>Enter your name\./);
    assert.match(page.text, /value="Ada Okafor"/);
    assert.doesNotMatch(page.text, /data-theme/);
  });

  await t.step("the theme applies to the next page, and leaves again", async () => {
    await browser.post(`${host}/account`, profile({ theme: "dark" }));
    const dark = await browser.get(`${host}/dashboard`);
    await browser.post(`${host}/account`, profile({ theme: "system" }));
    const system = await browser.get(`${host}/dashboard`);

    assert.match(dark.text, /<html [^>]*data-theme="dark"/);
    assert.doesNotMatch(system.text, /data-theme/);
  });

  await t.step("the chosen color shows where the person owns or did something", async () => {
    const token = await world.token(acme);
    const { json: project } = await world.api("POST", "/projects", {
      token,
      body: { name: "Spring collection" },
    });
    await browser.post(`${host}/account`, profile({ name: "Ada Okafor", avatar_color: "pink" }));
    const other = await signIn(world, acme, globex.owner.email);
    const [dashboard, details] = [
      await other.get(`${host}/dashboard`),
      await other.get(`${host}/projects/${project.id}`),
    ];

    assert.equal(countPink(dashboard.text), 1, "the dashboard's activity");
    assert.equal(countPink(details.text), 2, "the project's owner and history");
  });

  await t.step("the chosen language and color are kept, and can be cleared", async () => {
    const chosen = await browser.post(`${host}/account`, profile({ locale: "en", avatar_color: "violet" }));
    const cleared = await browser.post(`${host}/account`, profile({}));
    const unknown = await browser.post(`${host}/account`, profile({ locale: "xx", avatar_color: "plaid" }));

    assert.match(chosen.text, /<option value="en" selected/);
    assert.match(chosen.text, /<input[^>]*value="violet"[^>]*checked/);
    assert.match(cleared.text, /<option value="" selected/);
    assert.equal(unknown.status, 422);
  });

  await t.step(
    "a wrong current password and a weak new one are both named, and nothing changes",
    async () => {
      const refused = await browser.post(`${host}/account/security`, {
        current_password: "not the password",
        new_password: "short",
      });
      const empty = await browser.post(`${host}/account/security`, {
        current_password: "",
        new_password: "",
      });
      const same = await browser.post(`${host}/account/security`, {
        current_password: PASSWORD,
        new_password: PASSWORD,
      });

      assert.equal(refused.status, 422);
      assert.match(refused.text, /id="current-password-error"[^>]*>This isn&#39;t your current password\./);
      assert.match(refused.text, /id="new-password-error"[^>]*>Use at least 12 characters\./);
      assert.doesNotMatch(refused.text, /not the password|"short"/);
      assert.match(empty.text, /Enter your current password\.[^]*Enter a new password\./);
      assert.match(same.text, /different from your current one/);
      assert.ok((await signIn(world, acme, ada.email)).cookies(world.host("acme")).has("denizen_session"));
    },
  );

  await t.step(
    "S15 a new password signs out other browsers and programs, keeps this one, and is announced",
    async () => {
      const elsewhere = await signIn(world, acme, ada.email);
      const apex = await world.signedInBrowser(ada.email);
      const token = await world.accountToken(ada.email);
      const link = await world.passwordLink(ada);

      const changed = await browser.post(`${host}/account/security`, {
        current_password: PASSWORD,
        new_password: NEW_PASSWORD,
      });

      assert.match(changed.text, /Password changed\. You&#39;re signed out everywhere else\./);
      assert.equal((await browser.get(`${host}/dashboard`)).status, 200);
      assert.match((await browser.get(`${host}/dashboard`)).url, /\/dashboard$/);
      assert.match((await elsewhere.get(`${host}/dashboard`)).url, /\/login\?/);
      assert.match((await apex.get(`http://${world.host()}/workspaces`)).url, /\/login\?/);
      assert.equal((await world.api("GET", "/me", { token })).status, 401);
      assert.match((await world.browser().get(link)).url, /\/login/, "a link that was sent before");
      assert.equal((await signInWith(world, ada.email, PASSWORD)).status, 422);
      assert.match((await signInWith(world, ada.email, NEW_PASSWORD)).url, /\/dashboard$/);
      const [email] = await sentTo(world, ada.email);
      assert.equal(email!.subject, "Your password was changed");
      assert.deepEqual(email!.links.filter((each) => each.includes("/forgot-password")).length > 0, true);
      await world.setPasswordHash(ada, ada.passwordHash!);
    },
  );

  await t.step("the sessions page names each browser, and ends one", async () => {
    const elsewhere = await signIn(world, acme, ada.email, FIREFOX);
    world.clock.advance(MINUTE);

    const listed = await browser.get(`${host}/account/sessions`);
    const ended = await browser.post(`${host}${actionFor("Firefox on Linux", listed.text)}`);

    assert.match(listed.text, /This browser/);
    assert.match(listed.text, /127\.0\.0\.1/);
    assert.match(ended.text, /Signed out of that browser\./);
    assert.doesNotMatch(ended.text, /Firefox on Linux/);
    assert.match((await elsewhere.get(`${host}/dashboard`)).url, /\/login\?/);
    assert.match((await browser.get(`${host}/dashboard`)).url, /\/dashboard$/);
  });

  await t.step("all other browsers and programs can be signed out at once", async () => {
    const elsewhere = await signIn(world, acme, ada.email);
    const token = await world.accountToken(ada.email);

    const ended = await browser.post(`${host}/account/sessions/end-others`);

    assert.match(ended.text, /signed out everywhere else/);
    assert.match((await elsewhere.get(`${host}/dashboard`)).url, /\/login\?/);
    assert.equal((await world.api("GET", "/me", { token })).status, 401);
    assert.match((await browser.get(`${host}/dashboard`)).url, /\/dashboard$/);
  });

  await t.step("signing out one browser covers the apex and every workspace that it opened", async () => {
    const apex = await world.signedInBrowser(ada.email);
    await apex.get(await world.handoffLink(apex, acme));

    const listed = await browser.get(`${host}/account/sessions`);
    const actions = [...listed.text.matchAll(/\/account\/sessions\/[\w-]+\/end"/g)];
    await browser.post(`${host}${actions[0]![0].slice(0, -1)}`);

    assert.equal(actions.length, 1, "one line for both hosts");
    assert.match((await apex.get(`http://${world.host()}/workspaces`)).url, /\/login\?/);
    assert.match((await apex.get(`${host}/dashboard`)).url, /\/login\?/);
  });

  await t.step("someone without a workspace has the same pages on the apex", async () => {
    const apex = `http://${world.host()}`;
    const noor = await world.unconfirmedUser("noor@partner.example", "Noor");
    const [person, elsewhere] = [
      await world.signedInBrowser(noor.email),
      await world.signedInBrowser(noor.email),
    ];

    const workspaces = await person.get(`${apex}/workspaces`);
    const renamed = await person.post(`${apex}/account`, profile({ name: "Noor Haddad" }));
    const refused = await person.post(`${apex}/account/security`, {
      current_password: PASSWORD,
      new_password: "short",
    });
    const sessions = await person.get(`${apex}/account/sessions`);
    const changed = await person.post(`${apex}/account/security`, {
      current_password: PASSWORD,
      new_password: NEW_PASSWORD,
    });
    const resent = await person.post(`${apex}/verify-email/resend`, {});
    const unsubscribed = await person.post(`${apex}/account/notifications`, {});

    assert.match(workspaces.text, /href="\/account"/);
    assert.equal(renamed.url, `${apex}/account`);
    assert.match(renamed.text, /value="Noor Haddad"[^]*Changes saved\./);
    for (const path of ["/account/security", "/account/sessions", "/account/notifications"]) {
      assert.ok(renamed.text.includes(`href="${path}"`), path);
    }
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Use at least 12 characters/);
    assert.match(sessions.text, /action="\/account\/sessions\/[\w-]+\/end"/);
    assert.match(changed.text, /Password changed\./);
    assert.match((await elsewhere.get(`${apex}/account`)).url, /\/login\?next=%2Faccount$/);
    assert.match(renamed.text, /action="\/verify-email\/resend"/);
    assert.match(resent.text, /link to noor@partner\.example/);
    assert.match(unsubscribed.text, /Preferences saved\./);
  });

  await t.step("the old address of the email preferences leads to the new one", async () => {
    const { status, headers } = await world.raw("GET", world.host("acme"), "/settings/notifications", {
      Cookie: browser.cookieHeader(world.host("acme")),
    });

    assert.deepEqual([status, headers.location], [301, "/account/notifications"]);
  });

  await t.step("changes are in the platform's log", async () => {
    const log = await world.dumpControl();

    for (const action of ["user.updated", "user.password_changed", "user.signed_out"]) {
      assert.match(log, new RegExp(`"action":"${action}"[^}]*"actor_id":"${ada.id}"`));
    }
  });
});

/** The address that the button beside a browser sends its form to. */
function actionFor(name: string, page: string): string {
  const item = page.split("<li").find((each) => each.includes(name))!;
  return /action="([^"]+)"/.exec(item)![1]!;
}

/** How many of the page's avatars are pink. */
function countPink(page: string): number {
  return page.match(/rounded-full[^"]*bg-pink-soft/g)?.length ?? 0;
}

function profile(changes: Record<string, string>): Record<string, string> {
  return { name: "Ada Okafor", theme: "system", locale: "", avatar_color: "", ...changes };
}

async function signIn(
  world: World,
  { tenant }: Company,
  email: string,
  userAgent?: string,
): Promise<Browser> {
  const browser = world.browser();
  const headers: Record<string, string> = userAgent ? { "User-Agent": userAgent } : {};
  const login = `http://${world.host(tenant.subdomain)}/login`;
  await browser.post(login, { email, password: PASSWORD }, headers);
  return browser;
}

function signInWith(world: World, email: string, password: string) {
  return world.browser().post(`http://${world.host("acme")}/login`, { email, password });
}

async function sentTo(world: World, address: string) {
  await using worker = await startWorker(world, "kv");
  await worker.idle();
  return await world.emails(address);
}
