import assert from "node:assert/strict";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { DAY } from "../../src/platform/clock.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

const PROOF = { step_up: "confirm", step_up_password: PASSWORD };

/** Protects: a workspace changes hands only if its owner offers it and the other member accepts. */

Deno.test("transfer of ownership", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  await world.member(acme, "kim@acme.example", "admin");
  await world.member(acme, "mei@acme.example", "member");
  const host = `http://${world.host("acme")}`;
  const [ada, kim, mei] = [
    await signedIn(world, host, "ada@acme.example"),
    await signedIn(world, host, "kim@acme.example"),
    await signedIn(world, host, "mei@acme.example"),
  ];
  const offer = async (name: string, browser = ada) =>
    await browser.post(`${host}/team/${await membershipOf(acme, name)}/ownership`);

  await t.step("only an owner can offer it, and not to an owner", async () => {
    const byAdmin = await offer("mei", kim);
    const toOwner = await offer("ada");

    assert.deepEqual([byAdmin.status, toOwner.status], [422, 422]);
    assert.match(toOwner.text, /Ada Okafor is already an owner/);
    assert.deepEqual(await rolesOf(acme), ["ada owner", "kim admin", "mei member"]);
  });

  await t.step("the other side gets an email, and until they accept, nothing changes", async () => {
    const offered = await offer("mei");
    await worker.idle();
    const [email] = await world.emails("mei@acme.example");
    const [seen, notice, others] = [
      await mei.get(`${host}/team/ownership`),
      await mei.get(`${host}/team`),
      await kim.get(`${host}/team/ownership`),
    ];
    const forced = await kim.post(`${host}/team/ownership/accept`);

    assert.match(offered.text, /mei got an email with your offer/);
    assert.equal(email!.message, "ownership_offer");
    assert.ok(email!.links.includes(`${host}/team/ownership`));
    assert.match(seen.text, /Accept ownership/);
    assert.match(notice.text, /Ada Okafor offered you ownership/);
    assert.deepEqual([others.status, forced.status], [404, 404]);
    assert.deepEqual(await rolesOf(acme), ["ada owner", "kim admin", "mei member"]);
  });

  await t.step("declined, withdrawn or expired, it can't be accepted", async () => {
    await mei.post(`${host}/team/ownership/end`);
    const declined = await mei.post(`${host}/team/ownership/accept`);
    await offer("mei");
    await ada.post(`${host}/team/ownership/end`);
    const withdrawn = await mei.post(`${host}/team/ownership/accept`);
    await offer("mei");
    world.clock.advance(7 * DAY);
    const late = await mei.post(`${host}/team/ownership/accept`);

    assert.deepEqual([declined.status, withdrawn.status, late.status], [404, 404, 404]);
    assert.deepEqual(await rolesOf(acme), ["ada owner", "kim admin", "mei member"]);
  });

  await t.step("after ten minutes, both sides first prove again who they are", async () => {
    const path = `${host}/team/${await membershipOf(acme, "mei")}/ownership`;
    const asked = await ada.post(path);
    await ada.post(path, PROOF);
    const askedToo = await mei.post(`${host}/team/ownership/accept`);

    assert.deepEqual([asked.status, askedToo.status], [403, 403]);
    assert.match(askedToo.text, /Enter your password to continue/);
    assert.deepEqual(await rolesOf(acme), ["ada owner", "kim admin", "mei member"]);
  });

  await t.step("accepted, the roles change at once, and the former owner signs in again", async () => {
    const accepted = await mei.post(`${host}/team/ownership/accept`, PROOF);
    const former = await ada.get(`${host}/team`);
    const again = await mei.post(`${host}/team/ownership/accept`);

    assert.equal(accepted.url, `${host}/team`);
    assert.match(accepted.text, /an owner of this workspace now/);
    assert.deepEqual(await rolesOf(acme), ["ada admin", "kim admin", "mei owner"]);
    assert.match(former.url, /\/login\?/);
    assert.equal(again.status, 404);
  });

  await t.step("by the API, the same", async () => {
    const [meis, kims] = [
      await world.token(acme, "mei@acme.example"),
      await world.token(acme, "kim@acme.example"),
    ];
    const body = { member_id: await membershipOf(acme, "kim") };

    const byAdmin = await world.api("POST", "/ownership-offer", { token: kims, body });
    const made = await world.api("POST", "/ownership-offer", { token: meis, body });
    const seen = await world.api("GET", "/ownership-offer", { token: kims });
    const accepted = await world.api("POST", "/ownership-offer/acceptance", { token: kims });

    assert.deepEqual([byAdmin, made, seen, accepted].map(({ status }) => status), [403, 200, 200, 204]);
    assert.deepEqual(Object.keys(seen.json), ["from", "to", "created_at", "expires_at"]);
    assert.deepEqual(await rolesOf(acme), ["ada admin", "kim owner", "mei admin"]);
  });
});

async function signedIn(world: World, host: string, email: string) {
  const browser = world.browser();
  await browser.post(`${host}/login`, { email, password: PASSWORD, remember: "on" });
  return browser;
}

async function membershipOf({ ctx }: Company, search: string): Promise<string> {
  const { items } = await listMembers(ctx, MEMBER_LIST.query.parse({ search: `${search}@` }));
  return items[0]!.id;
}

async function rolesOf({ ctx }: Company): Promise<string[]> {
  const { items } = await listMembers(ctx, MEMBER_LIST.query.parse({}));
  return items.map(({ email, role }) => `${email.split("@")[0]} ${role}`).sort();
}
