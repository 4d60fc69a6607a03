import type { z } from "zod";
import { getTableConfig } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { packTar, unpackTar } from "modern-tar";
import type { SystemContext, TenantContext } from "../../src/context.ts";
import type { Manifest } from "../../src/exports/manifest.ts";
import { type Imported, importOptions, importWorkspace } from "../../src/exports/import_workspace.ts";
import { SHARED_TABLES } from "../../src/exports/shared_tables.ts";
import { writeArchive } from "../../src/exports/write_archive.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { addEvents } from "./analytics.ts";
import { flushCalls } from "./api_calls.ts";
import { blackPng } from "./images.ts";
import { updateBrand } from "../../src/tenancy/brand.ts";
import { type Company, World } from "./world.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export type Member = {
  name: string;
  data: Bytes;
  type?: "file" | "symlink" | "directory";
  linkname?: string;
};

/** A workspace with rows in many tables, a role of its own, a logo, and four members. */
export async function showWorkspace(world: World, subdomain = "acme"): Promise<Company> {
  const company = await world.company(subdomain, "Acme Robotics");
  const token = await world.token(company);
  const { json: role } = await world.api("POST", "/roles", {
    token,
    body: { name: "Planner", permissions: ["projects:read", "projects:write"] },
  });
  await world.member(company, `admin@${subdomain}.example`, "admin");
  await world.member(company, `viewer@${subdomain}.example`, "viewer");
  const planner = { id: role.id, name: role.name, permissions: role.permissions };
  await world.member(company, `planner@${subdomain}.example`, planner);
  for (const name of ["Apollo", "Zoë's 🚀 plan", 'Quotes " and \\ and \u2028']) {
    await world.api("POST", "/projects", { token, body: { name, description: "Line 1\nLine 2" } });
  }
  await world.api("POST", "/webhook-endpoints", {
    token,
    body: { url: "https://93.184.215.14/hooks", events: ["project.*"] },
  });
  await world.api("POST", "/projects", { token, body: { name: "With a webhook" } });
  await world.api("POST", "/saved-reports", {
    token,
    body: { name: "Opening", kind: "funnel", steps: ["opened", "saved"], window_hours: 24 },
  });
  await addEvents(world, company, [
    { event: "opened", userId: "mei", at: "2026-03-01T09:00:00Z" },
    { event: "saved", userId: "mei", at: "2026-03-01T10:00:00Z" },
  ]);
  await world.apiCalls(company, "2026-03-01", 12);
  await flushCalls(world.services);
  await updateBrand(company.ctx, { brandColor: "#1d59b3", logo: blackPng(60, 30) });
  return { ...company, ctx: await reopened(world, company.ctx) };
}

async function reopened(world: World, ctx: Company["ctx"]): Promise<Company["ctx"]> {
  const tenant = (await openTenant(world.system, ctx.tenant.id)).tenant;
  return { ...ctx, tenant };
}

export async function archiveOf(ctx: TenantContext): Promise<{ bytes: Bytes; manifest: Manifest }> {
  const { readable, writable } = new TransformStream<Bytes, Bytes>();
  const [bytes, manifest] = await Promise.all([new Response(readable).bytes(), writeArchive(ctx, writable)]);
  return { bytes, manifest };
}

export function importBytes(
  ctx: SystemContext,
  bytes: Bytes,
  options: z.input<typeof importOptions> = {},
): Promise<Imported> {
  const open = () => Promise.resolve(new Blob([bytes]).stream());
  return importWorkspace(ctx, open, importOptions.parse(options));
}

export async function membersOf(bytes: Bytes): Promise<Member[]> {
  const tar = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await unpackTar(tar)).map(({ header, data }) => ({ name: header.name, data: data! }));
}

/** An archive with these members, whatever they are. */
export async function packed(members: Member[]): Promise<Bytes> {
  const tar = await packTar(members.map(({ name, data, type = "file", linkname }) => ({
    header: { name, size: type === "file" ? data.length : 0, type, linkname },
    body: type === "file" ? data : undefined,
  })));
  return await new Response(new Blob([tar]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
}

/** Every row of the workspace, by table, read without the code of exports. */
export async function dumpWorkspace(world: World, { tenant, tx }: TenantContext) {
  const dump: Record<string, unknown[]> = {};
  for (const table of world.services.tenantTables) {
    const { name } = getTableConfig(table);
    dump[name] = await tx(async (each) => sorted(await each.select().from(table as never)));
  }
  for (const { table } of SHARED_TABLES) {
    const { name, schema } = getTableConfig(table);
    const query = sql`select * from ${table} where tenant_id = ${tenant.id}`;
    const rows = schema === "stream"
      ? await tx((each) => each.execute(query))
      : await world.system.control.execute(query);
    dump[`${schema}.${name}`] = sorted([...rows].map(({ tenant_id: _, ...row }) => row));
  }
  const members = await world.system.control.execute(sql`
    select email, users.name, role, custom_role_id, memberships.created_at from control.memberships
    join control.users on users.id = user_id where tenant_id = ${tenant.id}`);
  dump.members = sorted([...members]);
  return dump;
}

function sorted(rows: readonly unknown[]): unknown[] {
  return rows.map((row) => ({ ...row as object })).sort((one, other) =>
    JSON.stringify(one) < JSON.stringify(other) ? -1 : 1
  );
}
