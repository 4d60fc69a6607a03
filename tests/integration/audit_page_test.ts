import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { staffActor } from "../../src/access/actor.ts";
import { appendLine } from "../../src/audit/append.ts";
import { AUDIT_LIST, getAuditChoices, listAudit } from "../../src/audit/entries.ts";
import { systemContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: owners and admins see who changed what, when and from where, without secrets; nobody else does. A long log doesn't
 * slow its page.
 */

Deno.test("the audit log", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  const host = `http://${world.host("acme")}`;
  const browser = await signIn(world, acme, acme.owner.email);
  await browser.post(`${host}/projects`, { name: "=Apollo", description: "", status: "active" });
  const project = /\/projects\/([0-9a-f-]{36})/.exec((await browser.get(`${host}/projects`)).text)![1]!;
  await browser.post(`${host}/projects/${project}`, { name: "=Gemini", version: "1" });

  await t.step(
    "lists who did what and from where, newest first, and leads there from the sidebar",
    async () => {
      const { text } = await browser.get(`${host}/audit`);

      const rows = rowsOf(text);
      assert.match(rows[0]!, /Owner of Acme changed the project =Gemini 127\.0\.0\.1 3/);
      assert.match(rows[1]!, /Owner of Acme created the project =Apollo 127\.0\.0\.1 2/);
      assert.match(text, /<a href="\/audit" aria-current="page"/);
    },
  );

  await t.step("filters by person, action, subject and day with a plain form", async () => {
    const found = async (query: string) => rowsOf((await browser.get(`${host}/audit?${query}`)).text).length;

    assert.equal(await found(`actor=${acme.owner.id}&action=all&since=&until=`), 2);
    assert.equal(await found("actor=system"), 1);
    assert.equal(await found("action=project.created"), 1);
    assert.equal(await found(`subject=${project}`), 2);
    assert.equal(await found("since=2026-03-02&until=2026-03-02"), 3);
    assert.equal(await found("since=2026-03-03"), 0);
    assert.equal(await found("until=2026-03-01"), 0);
    assert.equal(await found("actor=nobody&action=NONSENSE&since=yesterday"), 3);
  });

  await t.step(
    "shows an entry with the values before and after, and links its subject until it is deleted",
    async () => {
      const [, id] = /href="\/audit\/([0-9a-f-]{36})"/.exec((await browser.get(`${host}/audit`)).text)!;
      const before = await browser.get(`${host}/audit/${id}`);
      await browser.post(`${host}/projects/${project}/delete`);
      const after = await browser.get(`${host}/audit/${id}`);

      assert.match(plain(before.text), /Before After Name Before =Apollo After =Gemini =Apollo =Gemini/);
      assert.match(plain(before.text), /IP address 127\.0\.0\.1 Request ID [0-9a-f-]{36}/);
      assert.ok(before.text.includes(`href="/projects/${project}"`));
      assert.ok(!after.text.includes(`href="/projects/${project}"`));
      assert.match(plain(after.text), /=Gemini Deleted/);
    },
  );

  await t.step("S34 downloads the filtered entries as CSV, where a name stays text", async () => {
    const { text } = await browser.get(`${host}/audit`);
    assert.ok(text.includes('href="/audit.csv"'));
    const file = await browser.get(`${host}/audit.csv?action=project.created`);

    const [heads, ...lines] = file.text.trim().split("\r\n");
    assert.match(heads!, /Entry,Time,Actor,Actor type,Actor ID,Action/);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]!,
      /^2,2026-03-02T09:00:00.000Z,Owner of Acme,member,.*,project\.created,project,'=Apollo,/,
    );
  });

  await t.step("S41 never shows a secret, on the page, in the file or in the API", async () => {
    await acme.ctx.tx((tx) =>
      appendLine(acme.ctx, tx, {
        action: "webhook.changed",
        subject: { type: "webhook", id: newId(), name: "Hook" },
        details: {
          fields: ["signingSecret", "url"],
          from: { signingSecret: "whsec_before", url: "https://a.example" },
          to: { signingSecret: "whsec_after", url: "https://b.example" },
          headers: { Authorization: "Bearer abc" },
        },
      })
    );
    const [, id] = /href="\/audit\/([0-9a-f-]{36})"/.exec((await browser.get(`${host}/audit`)).text)!;
    const token = await world.token(acme);
    const shown = [
      (await browser.get(`${host}/audit/${id}`)).text,
      (await browser.get(`${host}/audit.csv`)).text,
      (await world.api("GET", "/audit-log", { token })).text,
    ];

    for (const text of shown) {
      assert.match(text, /https:\/\/b\.example/);
      assert.doesNotMatch(text, /whsec_|Bearer abc/);
    }
  });

  await t.step("calls the platform's staff support, while the platform's log names them", async () => {
    const staff = await world.staff("sam@denizen.example", "Sam Staff");
    const ctx = systemContext(world.services, staffActor(staff), newId(), "192.0.2.9");
    await suspendTenant(await openTenant(ctx, acme.tenant.id), { reason: "A reason." });
    await resumeTenant(await openTenant(ctx, acme.tenant.id));
    const { text } = await browser.get(`${host}/audit?actor=staff`);
    const office = await world.signedInBrowser(staff.email);
    const platform = await office.get(`http://${world.host()}/admin/audit`);
    const forged = await browser.get(`http://${world.host()}/admin/audit`);

    assert.match(rowsOf(text)[0]!, /Denizen support resumed the workspace Acme/);
    assert.equal(rowsOf(text).length, 2);
    assert.doesNotMatch(text, /Sam Staff|192\.0\.2\.9/);
    assert.match(rowsOf(platform.text)[0]!, /Sam Staff resumed the workspace Acme 192\.0\.2\.9/);
    assert.doesNotMatch(forged.text, /Sam Staff/);
  });

  await t.step("says whether it was verified, and verifies on demand", async () => {
    const before = await browser.get(`${host}/audit`);
    const checked = await browser.post(`${host}/audit/integrity`);
    const after = await browser.get(`${host}/audit`);

    assert.match(plain(before.text), /Not verified yet/);
    assert.match(plain(checked.text), /Status Verified Verified up to Entry 7/);
    assert.match(plain(after.text), /Verified up to entry 7/);
  });

  await t.step("shows a banner once an entry doesn't match", async () => {
    await world.asOwner(
      `update ${acme.tenant.schemaName}.audit_log set actor_name = 'Nobody' where sequence = 8`,
    );
    await world.asOwner(`delete from ${acme.tenant.schemaName}.audit_log where sequence = 7`);
    await browser.post(`${host}/audit/integrity`);

    const { text } = await browser.get(`${host}/audit`);
    assert.match(text, /role="alert"[^]*Entry 7 was changed or removed outside Denizen/);
  });

  await t.step("is closed to members and viewers, who see no link to it", async () => {
    for (const role of ["member", "viewer"] as const) {
      const { email } = await world.member(acme, `${role}@acme.example`, role);
      const other = await signIn(world, acme, email);
      for (const path of ["/audit", "/audit.csv", "/audit/integrity", `/audit/${newId()}`]) {
        assert.equal((await other.get(`${host}${path}`)).status, 403, path);
      }
      assert.equal((await other.post(`${host}/audit/integrity`)).status, 403);
      assert.doesNotMatch((await other.get(`${host}/dashboard`)).text, /href="\/audit"/);
    }
  });

  await t.step("shows lists as text", async () => {
    await world.api("POST", "/api-keys", {
      token: await world.token(acme),
      body: {
        name: "CI",
        permissions: ["projects:read", "projects:write"],
        allowed_ips: ["203.0.113.0/24", "2001:db8::/48"],
      },
    });
    const [, id] = /href="\/audit\/([0-9a-f-]{36})"/.exec((await browser.get(`${host}/audit`)).text)!;

    const { text } = await browser.get(`${host}/audit/${id}`);

    assert.match(plain(text), /Allowed IPs 203\.0\.113\.0\/24, 2001:db8::\/48/);
    assert.match(plain(text), /Permissions projects:read, projects:write/);
  });
});

Deno.test("a plan without the audit log says which plan has it, on pages and in the API", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const browser = await signIn(world, acme, acme.owner.email);
  const pages = ["/audit", "/audit.csv", "/audit/integrity", `/audit/${newId()}`];

  const answers = await Promise.all(pages.map((path) => browser.get(`http://${world.host("acme")}${path}`)));
  const { status, json } = await world.api("GET", "/audit-log", { token: await world.token(acme) });

  assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403, 403]);
  assert.match(answers[0]!.text, /“Audit log” is included in the Team plan and above\./);
  assert.ok(answers[0]!.text.includes(`href="/billing/plans"`));
  assert.equal(status, 403);
  assert.deepEqual([json.type, json.detail], [
    "/problems/feature-not-in-plan",
    "“Audit log” is included in the Team plan and above.",
  ]);
});

Deno.test("every filter reads a long log through an index, and so do the filters' choices", async (t) => {
  await using world = await World.open({}, { connections: 3 });
  const acme = await world.company("acme");
  const { ctx, owner, tenant } = acme;
  const rare = newId();
  await world.asOwner(`
    insert into ${tenant.schemaName}.audit_log (id, sequence, at, action, actor_id, actor_name, subject_type, subject_id,
      subject_name, salt, content_hash, previous_hash, hash, origin)
    select gen_random_uuid(), 1000 + line, timestamptz '2026-01-01' + line * interval '1 minute',
      case when line % 1000 = 1 then 'project.deleted' else 'project.updated' end,
      case when line % 1000 = 2 then null when line % 1000 = 3 then '${owner.id}'::uuid else '${rare}'::uuid end, 'Ada', 'project',
      case when line % 1000 = 4 then '${rare}'::uuid else gen_random_uuid() end, 'Other', '', '', '', '',
      jsonb_build_object('kind', case when line % 2000 = 2 then 'staff' else 'system' end)
    from generate_series(1, 10000) as line;
    analyze ${tenant.schemaName}.audit_log`);
  const rowsRead = async () => {
    await ctx.tx((tx) => tx.execute(sql`select pg_stat_force_next_flush()`));
    const [row] = await ctx.tx((tx) =>
      tx.execute<{ rows: number }>(sql`
        select (seq_tup_read + coalesce((select sum(idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid), 0))::int
          as rows from pg_stat_user_tables t where relname = 'audit_log' and schemaname = current_schema()`)
    );
    return row!.rows;
  };
  const filters = {
    "nothing": {},
    "a user": { actor: owner.id },
    "support": { actor: "staff" },
    "an action": { action: "project.deleted" },
    "a subject": { subject: rare },
    "a day": { since: "2026-01-03", until: "2026-01-03" },
    "a user's action on a day": {
      actor: rare,
      action: "project.updated",
      since: "2026-01-03",
      until: "2026-01-03",
    },
  };

  for (const [name, filter] of Object.entries(filters)) {
    await t.step(name, async () => {
      const before = await rowsRead();

      const { items } = await listAudit(ctx, AUDIT_LIST.query.parse({ ...filter, limit: 20 }));

      const read = await rowsRead() - before;
      assert.ok(items.length > 4, `${items.length} items`);
      assert.ok(read >= items.length && read < 100, `${read} rows were read`);
    });
  }
  await t.step("the choices", async () => {
    const before = await rowsRead();

    const choices = await getAuditChoices(ctx);

    assert.deepEqual(choices.actions, ["project.deleted", "project.updated", "tenant.created"]);
    assert.deepEqual(choices.actors.map(({ id }) => id).sort(), [owner.id, rare].sort());
    const read = await rowsRead() - before;
    assert.ok(read > 0 && read < 100, `${read} rows were read`);
  });
});

async function signIn(world: World, { tenant }: Company, email: string): Promise<Browser> {
  const browser = world.browser();
  await browser.post(`http://${world.host(tenant.subdomain)}/login`, { email, password: PASSWORD });
  return browser;
}

/** The text of each row of the list. */
function rowsOf(html: string): string[] {
  const [, rows] = /<tbody id="audit-list-rows"[^>]*>([^]*?)<\/tbody>/.exec(html) ?? [];
  return rows
    ? rows.split("</tr>").slice(0, -1).map((row) => plain(row.replace(/<div[^]*?<\/div>/, "")))
    : [];
}

function plain(html: string): string {
  return html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ").trim();
}
