import assert from "node:assert/strict";
import { createProject } from "../../src/projects/projects.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: credentials for one tenant don't work at another (S01, S02), and only known hosts answer (S35). */

Deno.test("S01 a session cookie of one tenant doesn't work at another", async () => {
  await using world = await World.open();
  await world.company("acme");
  await world.company("globex");
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, {
    email: "owner@acme.example",
    password: PASSWORD,
  });
  const [cookie, token] = [...browser.cookies(world.host("acme"))][0]!;

  browser.setCookie(world.host("globex"), cookie, token);
  browser.setCookie(world.host(), cookie, token);
  const neighbor = await browser.get(`http://${world.host("globex")}/dashboard`);
  const apex = await browser.get(`http://${world.host()}/workspaces`);
  const own = await browser.get(`http://${world.host("acme")}/dashboard`);

  assert.match(neighbor.url, /globex.*\/login\?/);
  assert.match(apex.url, /\/login\?/);
  assert.match(own.url, /\/dashboard$/);
});

Deno.test("S01 a member of one tenant can't sign in on another tenant's host, and gets the same response as a stranger", async () => {
  await using world = await World.open();
  await world.company("acme");
  await world.company("globex");

  const member = await world.browser().post(`http://${world.host("globex")}/login`, {
    email: "owner@acme.example",
    password: PASSWORD,
  });
  const stranger = await world.browser().post(`http://${world.host("globex")}/login`, {
    email: "owner@nobody.example",
    password: PASSWORD,
  });

  assert.equal(member.status, 422);
  assert.equal(comparable(member.text), comparable(stranger.text));
});

Deno.test("S02 an access token of one tenant gets 403 with another tenant's name or host", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  await createProject(globex.ctx, { name: "Secret", description: "", status: "active" });
  const token = await world.token(acme);

  const byHeader = await world.api("GET", "/projects", { token, headers: { "X-Tenant": "globex" } });
  const byHost = await world.api("GET", "/projects", { token, host: world.host("globex") });
  const byBoth = await world.api("GET", "/projects", {
    token,
    host: world.host("acme"),
    headers: { "X-Tenant": "globex" },
  });
  const ofNobody = await world.api("GET", "/projects", { token, headers: { "X-Tenant": "nowhere" } });
  const own = await world.api("GET", "/projects", {
    token,
    host: world.host("acme"),
    headers: { "X-Tenant": "acme" },
  });

  assert.deepEqual([byHeader, byHost, byBoth, ofNobody, own].map(({ status }) => status), [
    403,
    403,
    403,
    403,
    200,
  ]);
  assert.doesNotMatch([byHeader, byHost, byBoth].map(({ text }) => text).join(), /Secret/);
});

Deno.test("S02 a member who is removed from a tenant loses access immediately, even with a valid token", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const member = await world.member(acme, "mei@acme.example", "member");
  const token = await world.token(acme, member.email);

  await world.removeMember(acme, member);
  const answer = await world.api("GET", "/me", { token });

  assert.equal(answer.status, 401);
});

Deno.test("S35 an unknown host gets 404, whatever it looks like", async (t) => {
  await using world = await World.open();
  await world.company("acme");
  const foreign = [
    "evil.example",
    `evil.example:${world.port}`,
    `nowhere.localhost:${world.port}`,
    `acme.localhost`,
    `acme.localhost:1`,
    `acme.localhost:${world.port}.evil.example`,
    `evil.acme.localhost:${world.port}`,
    `.localhost:${world.port}`,
    "127.0.0.1",
    `acme.localhost:${world.port}@evil.example`,
  ];
  for (const host of foreign) {
    await t.step(host, async () => {
      for (const path of ["/", "/login", "/dashboard", "/api/v1/projects"]) {
        const answer = await world.raw("GET", host, path);
        assert.ok(answer.status === 404 || answer.status === 400, `${path}: ${answer.status}`);
        assert.doesNotMatch(answer.text, /evil\.example/);
      }
    });
  }
  await t.step("but health works on any host", async () => {
    assert.equal((await world.raw("GET", "10.0.0.7", "/health")).status, 200);
  });
});

Deno.test("S35 on an unknown host, pages and API link to the apex", async () => {
  await using world = await World.open();

  const page = await world.raw("GET", "wrong.example", "/login");
  const call = await world.api("GET", "/projects", { host: "wrong.example" });
  const below = await world.raw("GET", `nosuchco.${world.host()}`, "/login");

  assert.match(page.text, /There&#39;s no workspace at this address\./);
  assert.match(below.text, /There&#39;s no workspace at nosuchco\.localhost\./);
  assert.ok(page.text.includes(`href="http://${world.host()}/workspaces"`));
  assert.ok(call.json.detail.includes(`start at http://${world.host()}`));
});

Deno.test("S35 a forged host never appears in a link", async () => {
  await using world = await World.open();

  const answer = await world.browser().get(`http://${world.host()}/login`, {
    "X-Forwarded-Host": "evil.example",
    Forwarded: "host=evil.example",
  });

  assert.doesNotMatch(answer.text, /evil\.example/);
});

/** A page without the parts that differ between requests. */
function comparable(html: string): string {
  return html.replaceAll(/nonce="[^"]+"/g, "").replaceAll(/value="[^"]*@[^"]*"/g, "")
    .replaceAll(/email=\w+%40\w+\.example/g, "");
}
