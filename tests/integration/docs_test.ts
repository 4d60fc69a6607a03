import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { openApiDocument } from "../../routes/api/api.ts";
import { OPEN_STREAMS } from "../../src/event_stream/open_streams.ts";
import { createApp } from "../../routes/app.ts";
import { after, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { loadGuides } from "../../routes/site/docs/guides.ts";
import { primaryDomain } from "../support/custom_domains.ts";
import { Zone } from "../support/sending_domains.ts";
import { PASSWORD, World } from "../support/world.ts";

/** What programs call, what redirects, and what belongs to a page with a guide. */
const NO_PAGE =
  /^\/($|api\/|dev(\/|$)|static\/|favicon|apple-touch-icon|robots|manifest|sw\.js|collect|\.well-known|health|ready|metrics|problems|brand|ws\/|handoff|switcher|reauthenticate|verify-email|workspaces|exports|[cs]\/|logout|internal)|\.csv$/;

/** Protects: the API's docs show every operation, and a reader can send a request from them with their own key. */

Deno.test("a visitor reads guides, finds an operation, and sees it in three languages", async () => {
  await using world = await World.open();
  const browser = world.browser();
  const docs = `http://${world.host()}/docs`;

  const start = await browser.get(docs);
  const lists = await browser.get(`${docs}/guides/lists`);
  const found = await browser.get(`${docs}/search?q=create+project`);
  const nothing = await browser.get(`${docs}/search?q=zebra<b>`);
  const curl = await browser.get(`${docs}/reference/projects`);
  const typescript = await browser.get(`${docs}/reference/projects?lang=typescript`);
  const python = await browser.get(`${docs}/reference/projects?lang=python`);
  const unknown = await browser.get(`${docs}/guides/nothing`);

  assert.match(start.text, /<h1[^>]*>The REST API<\/h1>[^]*<code>POST \/auth\/login<\/code>/);
  assert.match(start.text, /href="\/docs\/guides\/lists"/);
  assert.match(lists.text, /next_cursor/);
  assert.match(found.text, /href="\/docs\/reference\/projects#createProject"/);
  assert.match(nothing.text, /Nothing matches “zebra&lt;b&gt;”/);
  assert.match(curl.text, /curl -X POST .*acme\.localhost:\d+\/api\/v1\/projects/);
  assert.match(curl.text, /1 to 120 characters/);
  assert.match(typescript.text, /await fetch\(/);
  assert.match(python.text, /response\.raise_for_status\(\)/);
  assert.equal(unknown.status, 404);
});

Deno.test("people, operators and developers find their guides, with pictures, by the contents and by search", async (t) => {
  await using world = await World.open();
  const browser = world.browser();
  const docs = `http://${world.host()}/docs`;

  await t.step("each part has its own contents, and links lead from one part to another", async () => {
    const user = await browser.get(`${docs}/user`);
    const developers = await browser.get(`${docs}/user/developers`);
    const admin = await browser.get(`${docs}/admin/upgrade`);
    const build = await browser.get(`${docs}/build/add-a-page`);

    assert.match(user.text, /<h1[^>]*>Using Denizen<\/h1>/);
    assert.match(user.text, /<h2[^>]*>Your team<\/h2>[^]*href="\/docs\/user\/members"/);
    assert.doesNotMatch(user.text, /href="\/docs\/reference/);
    assert.match(developers.text, /<a href="\/docs">[^<]*documentation/);
    assert.match(admin.text, /href="\/docs\/admin\/tenancy#rolling-out-a-migration"/);
    assert.match(build.text, /<code>\/\/ views\/pages\/overview\/overview_page\.tsx/);
  });

  await t.step(
    "every guide opens, and every link between guides leads to a heading that exists",
    async () => {
      const { guides } = await loadGuides();
      const known = new Map(guides.map(({ href, html }) => [href, html()]));

      for (const { href, html } of guides) {
        assert.equal((await browser.get(`http://${world.host()}${href}`)).status, 200, href);
        assert.doesNotMatch(html(), /<th><\/th>|<input/, `${href} has no field or heading without a name`);
        assert.equal(/<h[2-6]/.exec(html())?.[0] ?? "<h2", "<h2", `the first heading of ${href}`);
        for (const [, path, anchor] of html().matchAll(/<a href="([^"#]*)#([^"]+)"/g)) {
          if (/^https?:/.test(path!)) continue;
          const target = known.get(path || href) ?? "";
          assert.ok(target.includes(`id="${anchor}"`), `${href} links to ${path}#${anchor}`);
        }
      }
    },
  );

  await t.step("pictures say their size, can be cached, and nothing else is served beside them", async () => {
    const { text } = await browser.get(`${docs}/user/members`);
    const picture = await world.raw("GET", world.host(), "/docs/images/team.webp");
    const other = await world.raw("GET", world.host(), "/docs/images/..%2fuser%2fmembers.md");

    assert.match(text, /<img src="\/docs\/images\/team\.webp" alt="[^"]+" width="1200" height="760"/);
    assert.equal(picture.headers["content-type"], "image/webp");
    assert.match(String(picture.headers["cache-control"]), /max-age/);
    assert.equal(other.status, 404);
  });

  await t.step("a search finds guides of all parts, those with the words in their title first", async () => {
    const { text } = await browser.get(`${docs}/search?q=webhooks&in=user`);
    const hits = [...text.matchAll(/<a href="(\/docs[^"]+)" class="font-medium/g)].map(([, href]) => href);

    assert.ok(hits.includes("/docs/admin/webhooks"));
    assert.ok(
      hits.indexOf("/docs/user/webhooks") < hits.indexOf("/docs/reference/webhooks#createWebhookEndpoint"),
    );
    assert.match(text, /Using Denizen · /);
  });

  await t.step("a workspace's sidebar leads to the guides", async () => {
    const acme = await world.company("acme");
    const member = world.browser();
    await member.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

    const { text } = await member.get(`http://${world.host("acme")}/projects`);

    assert.match(text, new RegExp(`href="http://${world.host()}/docs/user"[^]*?Help`));
  });
});

Deno.test("every page of a workspace is in the table of the user guides", async () => {
  await using world = await World.open();
  const overview = await Deno.readTextFile(new URL("../../docs/user/README.md", import.meta.url));
  const explained = [...overview.matchAll(/^\| [^|]+\| `([^`]+)` +\|/gm)].map(([, path]) => path!);
  const { routes } = await createApp(world.services);
  const pages = routes.filter(({ host, method, path }) =>
    host === "tenant" && method === "GET" && !NO_PAGE.test(path)
  ).map(({ path }) => path);

  const missing = pages.filter((page) => !explained.some((path) => `${page}/`.startsWith(`${path}/`)));
  const gone = explained.filter((path) => !pages.some((page) => `${page}/`.startsWith(`${path}/`)));

  assert.deepEqual([...new Set(missing)], []);
  assert.deepEqual(gone, []);
});

Deno.test("SQL about schema control in the guides for operators runs", async () => {
  await using world = await World.open();
  const folder = new URL("../../docs/admin/", import.meta.url);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(new URL(name, folder))));
  const statements = texts.flatMap((text) => [...text.matchAll(/```sql\n([^]*?)```/g)])
    .flatMap(([, block]) => block!.split(";")).map((statement) => statement.trim())
    .filter((statement) => /^(select|update|delete|insert)\b[^]*control\./i.test(statement));

  for (const statement of statements) await world.system.control.execute(sql.raw(`explain ${statement}`));

  assert.ok(statements.length >= 2, `${statements.length} statements`);
});

Deno.test("a search finds errors by their code and their text, and leads to their line in the catalog", async () => {
  await using world = await World.open();
  const browser = world.browser();
  const docs = `http://${world.host()}/docs`;

  const byCode = await browser.get(`${docs}/search?q=webhook_url_not_https`);
  const byText = await browser.get(`${docs}/search?q=access+token+not+valid+expired`);
  const byType = await browser.get(`${docs}/search?q=problems/limit-reached`);
  const catalog = await browser.get(`${docs}/guides/errors`);

  assert.match(byCode.text, /href="\/docs\/guides\/errors#webhook_url_not_https"/);
  assert.match(byText.text, /href="\/docs\/guides\/errors#token_invalid"[^]*The access token is not valid/);
  assert.match(byType.text, /href="\/docs\/guides\/errors#limit-reached"/);
  assert.match(catalog.text, /<tr id="webhook_url_not_https">/);
});

Deno.test("the reference shows each event of webhooks with its fields and a payload", async () => {
  await using world = await World.open();
  const browser = world.browser();
  const docs = `http://${world.host()}/docs`;
  const { webhooks = {} } = openApiDocument("http://localhost");

  const page = await browser.get(`${docs}/reference/webhook-events`);
  const found = await browser.get(`${docs}/search?q=project+archived+event`);

  assert.deepEqual(Object.keys(webhooks).filter((type) => !page.text.includes(`<section id="${type}"`)), []);
  const [, section] = /<section id="api_key.created"([^]*?)<\/section>\s*<section id="api_key.revoked"/.exec(
    page.text,
  )!;
  assert.match(section!, /Someone created an API key\.[^]*Fields of data[^]*expires_at[^]*time or null/);
  assert.match(section!, /&quot;type&quot;: &quot;api_key\.created&quot;[^]*Warehouse system/);
  assert.match(page.text, /<a href="\/docs\/reference\/webhook-events#api_key.created"/);
  assert.match(page.text, /href="\/docs\/guides\/webhooks"/);
  assert.match(found.text, /href="\/docs\/reference\/webhook-events#project.archived"/);
  assert.equal((await browser.get(`${docs}/guides/webhooks`)).status, 200);
});

Deno.test("the reference has every operation of the document", async () => {
  await using world = await World.open();
  const browser = world.browser();
  const start = await browser.get(`http://${world.host()}/docs`);
  const groups = [...start.text.matchAll(/href="(\/docs\/reference\/[\w-]+)"/g)].map(([, path]) => path!);
  const pages = await Promise.all(
    [...new Set(groups)].map((path) => browser.get(`http://${world.host()}${path}`)),
  );
  const shown = pages.map(({ text }) => text).join("");
  const { paths = {} } = openApiDocument("http://localhost");
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
    .map(({ operationId }) => operationId);

  assert.ok(operations.length > 30);
  assert.deepEqual(operations.filter((id) => !shown.includes(`id="${id}"`)), []);
});

Deno.test("a member's samples name their workspace, and the form sends a request with their token", async () => {
  await using world = await World.open();
  const acme = await world.company("northwind", "Northwind");
  await primaryDomain(Zone.of(world), acme, "app.northwind.example"); // takes no passwords, so samples don't use it
  const token = await world.token(acme);
  const browser = await world.signedInBrowser(acme.owner.email);
  const docs = `http://${world.host()}/docs`;
  const body = JSON.stringify({ name: "From the docs" });

  const reference = await browser.get(`${docs}/reference/projects`);
  const created = await browser.post(`${docs}/requests/createProject`, { credential: token, body });
  const listed = await browser.post(`${docs}/requests/listProjects`, {
    credential: token,
    workspace: "northwind",
    "query.search": "From",
    "query.limit": "5",
    "query.unknown": "ignored",
  });
  const refused = await browser.post(`${docs}/requests/listProjects`, { credential: "wrong\r\nX-Tenant: x" });
  const missing = await browser.post(`${docs}/requests/getProject`, {
    credential: token,
    "path.id": "../../../admin",
  });
  const unknown = await browser.post(`${docs}/requests/nothing`, {});
  const fromElsewhere = await browser.post(`${docs}/requests/listProjects`, { credential: token }, {
    Origin: "https://evil.example",
    "Sec-Fetch-Site": "cross-site",
  });

  assert.match(reference.text, /northwind\.localhost:\d+\/api\/v1\/projects/);
  assert.match(created.text, /201 in \d+ ms[^]*From the docs/);
  assert.doesNotMatch(created.text, new RegExp(token));
  assert.match(listed.text, /GET \/api\/v1\/projects\?search=From&amp;limit=5[^]*200 in[^]*From the docs/);
  assert.match(refused.text, /401 in/);
  assert.match(missing.text, /404 in/);
  assert.equal(unknown.status, 404);
  assert.equal(fromElsewhere.status, 403);
});

Deno.test("samples name the newest key that works, to those who may see keys, and never its secret", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "viewer@acme.example", "viewer");
  const reference = `http://${world.host()}/docs/reference/projects`;
  const create = async (name: string, expiresAt?: Date) => {
    const body = { name, permissions: ["projects:read"], expires_at: expiresAt?.toISOString() };
    const { json } = await world.api("POST", "/api-keys", { token: await world.token(acme), body });
    world.clock.advance(MINUTE);
    return json.api_key as string;
  };
  const [old, newest] = [await create("Old"), await create("New")];
  await create("Expired", after(world.clock.now(), HOUR));
  world.clock.advance(HOUR);
  const [owner, viewer] = [
    await world.signedInBrowser(acme.owner.email),
    await world.signedInBrowser("viewer@acme.example"),
  ];

  const [curl, typescript] = [await owner.get(reference), await owner.get(`${reference}?lang=typescript`)];
  const others = [await viewer.get(reference), await world.browser().get(reference)];
  const withoutKey = await owner.get(`http://${world.host()}/docs/reference/plans`);

  const prefix = newest.slice(0, "dnz_live_".length + 4);
  const comment = `DENIZEN_API_KEY is your key ${prefix}…\n`;
  assert.ok(curl.text.includes(`<code># ${comment}curl `));
  assert.ok(typescript.text.includes(`<code>// ${comment}import `));
  assert.doesNotMatch(curl.text, new RegExp(newest));
  assert.doesNotMatch(curl.text, new RegExp(old.slice(0, prefix.length)));
  for (const { text } of [...others, withoutKey]) assert.doesNotMatch(text, /dnz_live_\w/);
});

Deno.test("the form of a member needs no credential: it may do what the member may, except what needs a proof", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const viewerUser = await world.member(acme, "viewer@acme.example", "viewer");
  const owner = await world.signedInBrowser(acme.owner.email);
  const viewer = await world.signedInBrowser(viewerUser.email);
  const requests = `http://${world.host()}/docs/requests`;
  const project = { body: JSON.stringify({ name: "From the docs" }) };
  const key = { body: JSON.stringify({ name: "CI", permissions: ["projects:read"] }) };
  const projectNames = async () =>
    (await world.api("GET", "/projects", { token: await world.token(acme) })).json.data.map((
      { name }: { name: string },
    ) => name);

  await t.step("the page says so", async () => {
    const { text } = await owner.get(`http://${world.host()}/docs/reference/projects`);

    assert.match(text, /Leave empty to send it as yourself\./);
    const forPeople = await owner.get(`http://${world.host()}/docs/reference/authentication`);
    const [credential] = /<input[^>]*name="credential"[^>]*>/.exec(text)!;
    assert.doesNotMatch(credential, / required/);
    assert.match(credential, /class="[^"]*\bborder\b[^"]*\bfont-mono\b/);
    assert.match(forPeople.text, /<label for="listFactors-credential"[^>]*>Access token</);
  });

  await t.step("with the member's own permissions", async () => {
    const created = await owner.post(`${requests}/createProject`, { ...project, workspace: "acme" });
    const listed = await viewer.post(`${requests}/listProjects`, { workspace: "" });
    const refused = await viewer.post(`${requests}/createProject`, project);

    assert.match(created.text, /201 in/);
    assert.match(listed.text, /200 in[^]*From the docs/);
    assert.match(refused.text, /403 in/);
  });

  await t.step("a typed credential counts instead, and a visitor needs one", async () => {
    const wrong = await owner.post(`${requests}/listProjects`, { credential: "wrong" });
    const ofViewer = await owner.post(`${requests}/createProject`, {
      ...project,
      credential: await world.token(acme, viewerUser.email),
    });
    const visitor = await world.browser().post(`${requests}/listProjects`, { workspace: "acme" });

    assert.match(wrong.text, /401 in/);
    assert.match(ofViewer.text, /403 in/);
    assert.match(visitor.text, /401 in/);
  });

  await t.step("no other workspace opens, and no other site can send it", async () => {
    const foreign = await owner.post(`${requests}/listProjects`, { workspace: "globex" });
    const fromElsewhere = await owner.post(`${requests}/createProject`, project, {
      Origin: `http://${world.host("acme")}`,
      "Sec-Fetch-Site": "same-site",
    });

    assert.match(foreign.text, /403 in[^]*not for this tenant/);
    assert.equal(fromElsewhere.status, 403);
    assert.deepEqual(await projectNames(), ["From the docs"]);
  });

  await t.step("what needs a proof, or gives tokens, is refused right after the sign-in, too", async () => {
    const createKey = await owner.post(`${requests}/createApiKey`, key);
    const tokens = await owner.post(`${requests}/createTenantToken`, {
      body: JSON.stringify({ tenant: "acme" }),
    });
    const prove = await owner.post(`${requests}/reauthenticate`, {
      body: JSON.stringify({ password: PASSWORD }),
    });

    assert.match(createKey.text, /403 in[^]*reauthentication-required/);
    assert.match(tokens.text, /403 in[^]*account token/);
    assert.match(prove.text, /401 in/);
  });

  await t.step("not after the member has left or signed out", async () => {
    await world.removeMember(acme, viewerUser);
    await owner.post(`http://${world.host()}/logout`, {});

    assert.match((await viewer.post(`${requests}/listProjects`, {})).text, /401 in/);
    assert.match((await owner.post(`${requests}/listProjects`, {})).text, /401 in/);
  });
});

Deno.test("the form of the event stream shows how the stream begins", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const credential = await world.token(acme);

  const shown = await world.browser().post(`http://${world.host()}/docs/requests/streamEvents`, {
    credential,
  });

  const page = await world.browser().get(`http://${world.host()}/docs/reference/events`);

  assert.match(shown.text, /200[^]*retry: 3000/);
  assert.match(page.text, /200 The stream, [^]*<code>retry: \d+/);
  while (world.services.use(OPEN_STREAMS).count > 0) await new Promise((done) => setTimeout(done, 10));
});

Deno.test("the type of an error leads to its line in the docs", async () => {
  await using world = await World.open();
  await world.company("acme");

  const answers = await Promise.all(
    [world.host(), world.host("acme")].map((host) => world.raw("GET", host, "/problems/limit-reached")),
  );
  const errors = await world.browser().get(`http://${world.host()}/docs/guides/errors`);

  for (const { status, headers } of answers) {
    assert.equal(status, 302);
    assert.equal(headers.location, `http://${world.host()}/docs/guides/errors#limit-reached`);
  }
  assert.match(errors.text, /<tr id="limit-reached">[^]*403[^]*Limit reached/);
  assert.match(errors.text, /number_too_large/);
});
