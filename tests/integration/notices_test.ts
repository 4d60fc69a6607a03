import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { users } from "../../db/control/schema/users.ts";
import { send } from "../support/http.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a notice of a lasting state can be hidden for a day, by one person in one browser. */

const NOTICE = /Confirm your email\. We sent a link to/;

Deno.test("a dismissed notice stays away for a day, from that person in that browser", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "member");
  for (const { id } of [acme.owner, mei]) {
    await world.system.control.update(users).set({ emailVerifiedAt: null }).where(eq(users.id, id));
  }
  const host = `http://${world.host("acme")}`;
  const [shared, other] = [world.browser(), world.browser()];
  const signIn = (browser: typeof shared, email: string) =>
    browser.post(`${host}/login`, { email, password: PASSWORD });
  await signIn(shared, acme.owner.email);
  await signIn(other, acme.owner.email);

  const before = await shared.get(`${host}/projects`);
  const unknown = await shared.post(`${host}/account/notices/else/dismissal`);
  const dismissal = await send({
    port: world.port,
    host: world.host("acme"),
    method: "POST",
    path: "/account/notices/email/dismissal",
    headers: { Cookie: shared.cookieHeader(world.host("acme")), Origin: host },
  });
  await shared.post(`${host}/account/notices/email/dismissal`);
  const [after, elsewhere] = [await shared.get(`${host}/projects`), await other.get(`${host}/projects`)];
  await signIn(shared, mei.email);
  const colleague = await shared.get(`${host}/projects`);

  assert.match(before.text, NOTICE);
  assert.match(before.text, /action="\/account\/notices\/email\/dismissal"/);
  assert.match(unknown.text, NOTICE);
  assert.match(String(dismissal.headers["set-cookie"]), /_notices=.*Max-Age=86400.*HttpOnly/);
  assert.doesNotMatch(after.text, NOTICE);
  assert.match(elsewhere.text, NOTICE);
  assert.match(colleague.text, NOTICE);
});

Deno.test("the account pages of the apex have the same notice", async () => {
  await using world = await World.open();
  const ada = await world.user("ada@acme.example");
  await world.system.control.update(users).set({ emailVerifiedAt: null }).where(eq(users.id, ada.id));
  const browser = await world.signedInBrowser(ada.email);
  const account = `http://${world.host()}/account`;

  const before = await browser.get(account);
  await browser.post(`${account}/notices/email/dismissal`);
  const after = await browser.get(account);

  assert.match(before.text, NOTICE);
  assert.doesNotMatch(after.text, NOTICE);
});
