import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { factors } from "../../db/control/schema/factors.ts";
import { identities, pendingIdentities } from "../../db/control/schema/identities.ts";
import { invite } from "../../src/access/invitations.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Browser, Page } from "../support/browser.ts";
import { startWorker } from "../support/jobs.ts";
import { askProvider, continueWith, GitHub, OidcProvider } from "../support/providers.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: people sign up, sign in and join with an account at a provider, and decide themselves which accounts open theirs. */

const ADA = { sub: "1042", email: "ada@gmail.example", email_verified: true, name: "Ada Lovelace" };

Deno.test("a person signs up with Google, signs in with it, connects GitHub, and disconnects both", async (t) => {
  await using google = await OidcProvider.open();
  await using github = new GitHub();
  await using world = await World.open({ ...google.variables("GOOGLE"), ...github.variables });
  const apex = `http://${world.host()}`;
  const browser = world.browser();
  google.claims = ADA;
  github.emails = [{ email: "ada@github.example", primary: true, verified: true }];

  await t.step("signing up asks only for the company, the address and the name", async () => {
    const page = await browser.get(`${apex}/signup`);
    const form = await continueWith(browser, `${apex}${linkTo(page, "google")}`);
    const refused = await browser.post(form.url, { company_name: "", subdomain: "acme", name: "Ada" });
    const landed = await browser.post(form.url, { company_name: "Acme", subdomain: "acme", name: "Ada" });
    const ada = (await findUserByEmail(world.system.control, ADA.email))!;

    assert.equal(form.url, `${apex}/signup/oauth`);
    assert.match(form.text, /ada@gmail\.example/);
    assert.match(form.text, /value="Ada Lovelace"/);
    assert.doesNotMatch(form.text, /type="password"/);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Enter your company name/);
    assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
    assert.match(landed.text, /success-message[^]*Your workspace is ready/);
    assert.ok(ada.emailVerifiedAt, "Google verified the address");
    assert.equal(ada.passwordHash, null);
  });

  await t.step("signing in at the workspace leads to the page that the person wanted", async () => {
    const other = world.browser();
    const page = await other.get(`http://${world.host("acme")}/login?next=/projects`);
    const landed = await continueWith(other, linkTo(page, "google"));

    assert.equal(landed.url, `http://${world.host("acme")}/projects`);
  });

  await t.step(
    "a name and an address that changed at Google change nothing: the account counts",
    async () => {
      google.claims = { ...ADA, email: "ada.byron@gmail.example", name: "Ada Byron" };
      const other = world.browser();
      const landed = await continueWith(other, `${apex}/auth/google`);

      assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
      assert.equal(await findUserByEmail(world.system.control, "ada.byron@gmail.example"), null);
    },
  );

  await t.step("connecting GitHub takes a yes, and the person hears about it by email", async () => {
    const security = await browser.get(`${apex}/account/security`);
    const asked = await continueWith(browser, `${apex}${linkTo(security, "github")}`);
    const before = await world.system.control.$count(identities);
    const connected = await browser.post(asked.url);
    await work(world);
    const [email] = await world.emails(ADA.email);

    assert.equal(asked.url, `${apex}/auth/connect`);
    assert.match(asked.text, /ada@github\.example/);
    assert.equal(before, 1, "opening pages connects nothing");
    assert.equal(connected.url, `${apex}/account/security`);
    assert.match(connected.text, /GitHub connected/);
    assert.equal(email!.subject, "GitHub was connected to your account");
    assert.match(email!.text, /ada@github\.example/);
  });

  await t.step("GitHub's number counts, not its login or address", async () => {
    github.user = { ...github.user, login: "ada", name: "Ada" };
    github.emails = [];
    const landed = await continueWith(world.browser(), `${apex}/auth/github`);

    assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
  });

  await t.step("ten minutes later, disconnecting asks who it is", async () => {
    world.clock.advance(11 * MINUTE);
    const [first] = await world.system.control.select().from(identities).orderBy(identities.createdAt);
    const path = `${apex}/account/security/identities/${first!.id}/remove`;
    const asked = await browser.post(path);
    await browser.post(path, { step_up: "email" });
    await work(world);
    const code = /\b\d{6}\b/.exec((await world.emails(ADA.email))[0]!.text)![0];
    const done = await browser.post(path, { step_up: "confirm", step_up_code: code });
    await work(world);
    const [email] = await world.emails(ADA.email);
    const again = await continueWith(world.browser(), `${apex}/auth/google`);

    assert.equal(asked.status, 403);
    assert.match(done.text, /Google disconnected/);
    assert.equal(email!.subject, "Google was disconnected from your account");
    assert.match(again.url, /\/signup\/oauth$/, "the account opens nothing any longer");
  });

  await t.step(
    "the person's data names the accounts, and the emailed link remains after the last one",
    async () => {
      const data = JSON.parse((await browser.get(`${apex}/account/data.json`)).text);
      const [left] = await world.system.control.select().from(identities);
      const done = await browser.post(`${apex}/account/security/identities/${left!.id}/remove`);

      assert.deepEqual(
        data.connected_accounts.map(({ provider, subject }: Record<string, string>) => [provider, subject]),
        [["github", "583231"]],
      );
      assert.match(done.text, /GitHub disconnected/);
    },
  );
});

Deno.test("accounts that exist", async (t) => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  const apex = `http://${world.host()}`;
  const acme = await world.company("acme", "Acme");
  const signIn = (browser: Browser, claims: Record<string, unknown>, path = "/auth/google") => {
    google.claims = claims;
    return continueWith(browser, apex + path);
  };

  await t.step("the owner of a confirmed address signs in once, and connects then", async () => {
    const claims = { sub: "owner", email: acme.owner.email, email_verified: true };
    const browser = world.browser();

    const asked = await signIn(browser, claims);
    const signInPage = await browser.get(
      apex + /href="(\/login\?[^"]+)"/.exec(asked.text)![1]!.replaceAll("&amp;", "&"),
    );
    const back = await browser.post(`${apex}/login`, {
      email: acme.owner.email,
      password: PASSWORD,
      next: /name="next" value="([^"]+)"/.exec(signInPage.text)![1]!,
    });
    const connected = await browser.post(back.url);
    const later = await signIn(world.browser(), claims);

    assert.equal(asked.url, `${apex}/auth/connect`);
    assert.match(asked.text, /already has an account/);
    assert.equal(back.url, `${apex}/auth/connect`);
    assert.match(connected.text, /Google connected/);
    assert.equal(later.url, `http://${world.host("acme")}/dashboard`);
  });

  await t.step("someone else who is signed in can't connect that account to theirs", async () => {
    const ben = await world.user("ben@acme.example");
    const eve = await world.signedInBrowser((await world.user("eve@evil.example")).email);

    const asked = await signIn(eve, { sub: "ben", email: ben.email, email_verified: true });
    const refused = await eve.post(asked.url);

    assert.equal(asked.status, 409);
    assert.match(asked.text, /eve@evil\.example[^]*ben@acme\.example/);
    assert.equal(refused.status, 403);
  });

  await t.step("an account that is in use can't be connected to another person", async () => {
    const eve = await world.signedInBrowser("eve@evil.example");

    const refused = await signIn(
      eve,
      { sub: "owner", email: acme.owner.email },
      "/auth/google?purpose=connect",
    );

    assert.equal(refused.status, 409);
    assert.match(refused.text, /in use/);
  });

  await t.step("an unconfirmed account is claimed clean", async () => {
    const browser = world.browser();
    const squatted = await world.unconfirmedUser("cyd@corp.example");
    const stranger = await world.signedInBrowser(squatted.email);

    const landed = await signIn(browser, { sub: "cyd", email: squatted.email, email_verified: true });
    const strangers = await stranger.get(`${apex}/workspaces`);
    const cyd = (await findUserByEmail(world.system.control, squatted.email))!;

    assert.equal(landed.url, `${apex}/workspaces`);
    assert.match(landed.text, /old password no longer works/);
    assert.match(strangers.url, /\/login\?/);
    assert.ok(cyd.emailVerifiedAt);
    assert.equal(cyd.passwordHash, null);
  });

  await t.step("connecting from a workspace signs in on the apex first, and leads back", async () => {
    const ida = await world.member(acme, "ida@acme.example", "member");
    const browser = world.browser();
    const credentials = { email: ida.email, password: PASSWORD };
    await browser.post(`http://${world.host("acme")}/login`, credentials);
    const security = await browser.get(`http://${world.host("acme")}/account/security`);

    google.claims = { sub: "ida", email: "ida@home.example", email_verified: true };
    const asked = await browser.get(linkTo(security, "google"));
    const next = /name="next" value="([^"]+)"/.exec(asked.text)![1]!.replaceAll("&amp;", "&");
    await browser.post(`${apex}/login`, { ...credentials, next: "/workspaces" });
    const form = await continueWith(browser, apex + next);
    const back = await browser.post(form.url);

    assert.match(asked.url, /\/login\?/);
    assert.equal(back.url, `http://${world.host("acme")}/account/security`);
    assert.match(back.text, /ida@home\.example/);
  });

  await t.step("an account that is the last way in can't be disconnected", async () => {
    const browser = world.browser();
    await signIn(browser, { sub: "cyd", email: "cyd@corp.example" });
    const { id: userId } = (await findUserByEmail(world.system.control, "cyd@corp.example"))!;
    const now = world.clock.now();
    const factor = {
      id: newId(),
      userId,
      type: "email",
      name: "Email",
      createdAt: now,
      confirmedAt: now,
    } as const;
    await world.system.control.insert(factors).values(factor);
    const mine = eq(identities.userId, userId);
    const [identity] = await world.system.control.select().from(identities).where(mine);
    const path = `${apex}/account/security/identities/${identity!.id}/remove`;

    await browser.post(path, { step_up: "email" });
    await work(world);
    const code = /\b\d{6}\b/.exec((await world.emails("cyd@corp.example"))[0]!.text)![0];
    const refused = await browser.post(path, { step_up: "confirm", step_up_code: code });

    assert.equal(refused.status, 409);
    assert.match(refused.text, /Set a password first/);
    assert.equal(await world.system.control.$count(identities, mine), 1);
    await world.system.control.delete(factors).where(eq(factors.userId, userId));
  });

  await t.step("somebody from outside the workspace lands in the list of their own", async () => {
    const landed = await signIn(
      world.browser(),
      { sub: "cyd", email: "cyd@corp.example" },
      "/auth/google?workspace=acme",
    );

    assert.equal(landed.url, `${apex}/workspaces`);
  });

  await t.step("an address that Google hasn't verified opens nothing", async () => {
    const before = await world.countAll();
    const refused = await signIn(world.browser(), {
      sub: "new",
      email: "new@corp.example",
      email_verified: false,
    });

    assert.equal(refused.status, 403);
    assert.match(refused.text, /verified your email/);
    assert.deepEqual(await world.countAll(), before);
  });

  await t.step("a newcomer joins by invitation, without a password", async () => {
    const invited = await invitationTo(world, acme.ctx, "dee@corp.example");
    const browser = world.browser();
    const page = await browser.get(invited);

    google.claims = { sub: "dee", email: "dee@corp.example", email_verified: true, name: "Dee" };
    const form = await continueWith(browser, apex + linkTo(page, "google"));
    const landed = await browser.post(form.url, { name: "Dee Dee" });
    const dee = (await findUserByEmail(world.system.control, "dee@corp.example"))!;
    const later = await continueWith(world.browser(), `${apex}/auth/google`);

    assert.equal(form.url, invited);
    assert.match(form.text, /value="Dee"/);
    assert.doesNotMatch(form.text, /type="password"/);
    assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
    assert.match(landed.text, /Welcome to the workspace/);
    assert.equal(dee.name, "Dee Dee");
    assert.equal(later.url, `http://${world.host("acme")}/dashboard`);
  });

  await t.step("S60 with another address, the page shows both, and the invitation stays open", async () => {
    const invited = await invitationTo(world, acme.ctx, "fay@corp.example");
    const browser = world.browser();
    const page = await browser.get(invited);

    google.claims = { sub: "gus", email: "gus@corp.example", email_verified: true };
    const refused = await continueWith(browser, apex + linkTo(page, "google"));
    google.claims = { sub: "fay", email: "fay@corp.example", email_verified: true };
    const form = await continueWith(browser, apex + linkTo(refused, "google"));

    assert.equal(refused.status, 409);
    assert.match(refused.text, /fay@corp\.example[^]*gus@corp\.example/);
    assert.equal(form.url, invited);
    assert.match(form.text, /Join workspace/);
    assert.equal(await findUserByEmail(world.system.control, "gus@corp.example"), null);
  });

  await t.step(
    "a person with a password signs in, connects Google, and is back at the invitation",
    async () => {
      const { email } = await world.user("hal@known.example");
      const invited = await invitationTo(world, acme.ctx, email);
      const browser = world.browser();

      google.claims = { sub: "hal", email, email_verified: true };
      const asked = await continueWith(browser, apex + linkTo(await browser.get(invited), "google"));
      const waiting = JSON.stringify(await world.system.control.select().from(pendingIdentities));
      await browser.post(`${apex}/login`, { email, password: PASSWORD, next: "/auth/connect" });
      const back = await browser.post(asked.url);
      const landed = await browser.post(invited);

      assert.equal(asked.url, `${apex}/auth/connect`);
      assert.ok(!waiting.includes(invited.split("/").at(-1)!), "what waits doesn't contain the link");
      assert.equal(back.url, invited);
      assert.match(back.text, /Accept invitation/);
      assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
    },
  );

  await t.step("a person who signs in with Google accepts an invitation with one click", async () => {
    const globex = await world.company("globex", "Globex");
    const invited = await invitationTo(world, globex.ctx, "dee@corp.example");
    const browser = world.browser();
    const page = await browser.get(invited);

    google.claims = { sub: "dee", email: "dee@corp.example", email_verified: true };
    const back = await continueWith(browser, apex + linkTo(page, "google"));
    const landed = await browser.post(invited);

    assert.equal(back.url, invited);
    assert.match(back.text, /Accept invitation/);
    assert.equal(landed.url, `http://${world.host("globex")}/dashboard`);
  });
});

Deno.test("a provider that fails keeps nobody from another way in", async (t) => {
  await using google = await OidcProvider.open();
  await using world = await World.open({
    ...google.variables("GOOGLE"),
    GITHUB_CLIENT_ID: "denizen",
    GITHUB_CLIENT_SECRET: "secret",
    GITHUB_URL: "http://127.0.0.1:1",
    GITHUB_API_URL: "http://127.0.0.1:1",
    MICROSOFT_CLIENT_ID: "denizen",
    MICROSOFT_CLIENT_SECRET: "secret",
    MICROSOFT_ISSUER: "http://127.0.0.1:1",
  });
  const apex = `http://${world.host()}`;
  await world.company("acme");

  await t.step("someone who cancels at Google is back where they were, and nothing is wrong", async () => {
    google.onAnswer = (url) => {
      url.searchParams.delete("code");
      url.searchParams.set("error", "access_denied");
    };
    const onApex = await continueWith(world.browser(), `${apex}/auth/google?next=/workspaces/new`);
    const inWorkspace = await continueWith(world.browser(), `${apex}/auth/google?workspace=acme`);
    const signingUp = await continueWith(world.browser(), `${apex}/auth/google?purpose=sign_up`);
    google.onAnswer = () => {};

    assert.equal(onApex.url, `${apex}/login?next=/workspaces/new`);
    assert.match(onApex.text, /You canceled signing in with Google/);
    assert.equal(inWorkspace.url, `http://${world.host("acme")}/login?notice=canceled`);
    assert.match(inWorkspace.text, /You canceled signing in/);
    assert.equal(signingUp.url, `${apex}/signup`);
  });

  await t.step("a provider that doesn't answer gets a page with another try", async () => {
    const unreachable = await world.browser().get(`${apex}/auth/microsoft?next=/workspaces/new`);
    const browser = world.browser();
    const asked = new URL(await askProvider(browser, `${apex}/auth/github?next=/workspaces/new`));
    const state = asked.searchParams.get("state")!;
    const failing = await browser.get(`${apex}/auth/github/callback?code=1&state=${state}`);

    for (const page of [unreachable, failing]) {
      assert.equal(page.status, 503);
      assert.match(page.text, /isn&#39;t answering/);
      assert.match(page.text, /\/auth\/(microsoft|github)\?next=\/workspaces\/new/);
      assert.match(page.text, /\/login\?next=\/workspaces\/new/);
    }
  });

  await t.step("a provider that isn't set up has no button and no address", async () => {
    await using bare = await World.open();
    const pages = await Promise.all(
      ["/login", "/signup"].map((path) => bare.browser().get(`http://${bare.host()}${path}`)),
    );
    const missing = await bare.browser().get(`http://${bare.host()}/auth/google`);

    for (const { text } of pages) assert.doesNotMatch(text, /Continue with/);
    assert.equal(missing.status, 404);
  });
});

/** The address of a provider's button on a page. */
function linkTo(page: Page, provider: string): string {
  return linkWith(page, `/auth/${provider}`);
}

function linkWith({ text }: Page, start: string): string {
  const link = [...text.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!).find((href) =>
    (URL.parse(href, "http://here.example")?.pathname ?? "") === start
  );
  assert.ok(link, `a link to ${start}`);
  return link.replaceAll("&amp;", "&");
}

async function invitationTo(
  world: World,
  ctx: Parameters<typeof invite>[0],
  email: string,
): Promise<string> {
  await invite(ctx, { email, role: "member" });
  await work(world);
  const [sent] = await world.emails(email);
  return sent!.links.find((link) => link.includes("/invitations/"))!;
}

/** Runs the jobs that wait, such as emails. */
async function work(world: World): Promise<void> {
  await using worker = await startWorker(world, "kv");
  await worker.idle();
}
