import assert from "node:assert/strict";
import { openToDomain } from "../../src/access/join_domains.ts";
import { isPublicEmailDomain } from "../../src/access/public_email_domains.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: only people with a confirmed address at a company's own domain join its workspace without an invitation. */

Deno.test("joining by email domain", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada"), "team");
  await world.member(acme, "kim@partner.example", "admin");
  await world.member(acme, "mei@acme.example", "viewer");
  const token = await world.token(acme);
  const open = (body: unknown, by = token) => world.api("POST", "/join-domains", { token: by, body });

  await t.step("a manager opens only the domain of their own email", async () => {
    const kims = await world.token(acme, "kim@partner.example");
    const meis = await world.token(acme, "mei@acme.example");

    const answers = [
      await open({ domain: "acme.example" }, kims),
      await open({ domain: "acme.example" }, meis),
      await open({ domain: "acme.example", role: "admin" }),
      await open({ domain: "ACME.example ", role: "viewer" }),
    ];

    assert.deepEqual(answers.map(({ status }) => status), [422, 403, 422, 201]);
    assert.match(answers[0]!.json.errors[0].message, /your own email, partner\.example/);
    assert.deepEqual(
      [answers[3]!.json.domain, answers[3]!.json.role],
      ["acme.example", "viewer"],
    );
  });

  await t.step("a domain where anyone gets an address is refused", async () => {
    const mine = await world.company("mine", "Mine", await world.user("someone@gmail.com"));

    await assert.rejects(openToDomain(mine.ctx, { domain: "gmail.com", role: "member" }), {
      kind: "invalid",
    });
    for (const domain of ["yahoo.co.uk", "outlook.com", "web.de", "proton.me"]) {
      assert.ok(isPublicEmailDomain(domain), domain);
    }
    assert.ok(!isPublicEmailDomain("gmail.com.acme.example"));
  });

  await t.step("someone with a confirmed address there joins from their list of workspaces", async () => {
    await world.user("ben@acme.example", "Ben");
    await world.company("own", "Own", await world.user("ben@acme.example"));
    const browser = await world.signedInBrowser("ben@acme.example");

    const list = await browser.get(`http://${world.host()}/workspaces`);
    const landed = await browser.post(`http://${world.host()}/workspaces/${acme.tenant.id}/membership`);
    const after = await browser.get(`http://${world.host()}/workspaces`);
    const { json } = await world.api("GET", "/members?search=ben", { token });

    assert.match(list.text, /You can join[^]*Acme/);
    assert.equal(landed.url, `http://${world.host("acme")}/dashboard`);
    assert.doesNotMatch(after.text, /You can join/);
    assert.equal(json.data[0].role, "viewer");
  });

  await t.step(
    "nobody else sees or joins it: unconfirmed, of another domain or a subdomain, or with a tenant's token",
    async () => {
      await world.unconfirmedUser("eve@acme.example");
      await world.user("sam@sub.acme.example");
      await world.user("joe@acme.example");
      const other = await world.company("other", "Other", await world.user("joe@acme.example"));
      const path = `/tenants/${acme.tenant.id}/membership`;
      for (const email of ["eve@acme.example", "sam@sub.acme.example"]) {
        const account = await world.accountToken(email);

        const { json } = await world.api("GET", "/me/joinable-tenants", { token: account });
        const joined = await world.api("POST", path, { token: account });

        assert.deepEqual([json.data, joined.status], [[], 404], email);
      }
      assert.equal((await world.api("POST", path, { token: await world.token(other) })).status, 404);
    },
  );

  await t.step("by the API, the same; and once the domain is closed, nobody joins", async () => {
    await world.user("liv@acme.example");
    const [joe, liv] = [
      await world.accountToken("joe@acme.example"),
      await world.accountToken("liv@acme.example"),
    ];
    const path = `/tenants/${acme.tenant.id}/membership`;
    const { json: seen } = await world.api("GET", "/me/joinable-tenants", { token: joe });
    const { json: domains } = await world.api("GET", "/join-domains", { token });

    const joined = await world.api("POST", path, { token: joe });
    const closed = await world.api("DELETE", `/join-domains/${domains.data[0].id}`, { token });
    const late = await world.api("POST", path, { token: liv });

    assert.deepEqual(seen.data, [{ id: acme.tenant.id, name: "Acme", subdomain: "acme" }]);
    assert.deepEqual([joined.status, closed.status, late.status], [204, 204, 404]);
  });

  await t.step("the page opens and closes it, and a full workspace says so", async () => {
    const browser = world.browser();
    const host = `http://${world.host("acme")}`;
    await browser.post(`${host}/login`, { email: "ada@acme.example", password: PASSWORD });
    const small = await world.company("small", "Small", await world.user("ann@tiny.example"), "starter");
    for (const name of ["bo", "cy"]) await world.member(small, `${name}@tiny.example`, "member");
    await openToDomain(small.ctx, { domain: "tiny.example", role: "member" });
    await world.user("dan@tiny.example");
    const dan = await world.signedInBrowser("dan@tiny.example");

    const opened = await browser.post(`${host}/team/domains`, { domain: "acme.example", role: "member" });
    const id = /domains\/([^/]+)\/close/.exec(opened.text)![1]!;
    const closed = await browser.post(`${host}/team/domains/${id}/close`);
    const full = await dan.post(`http://${world.host()}/workspaces/${small.tenant.id}/membership`);

    assert.match(opened.text, /People at acme\.example can join now/);
    assert.match(closed.text, /can no longer join/);
    assert.match(full.text, /Small has no free seat right now/);
  });
});
