import { publish } from "../events/publish.ts";
import type { TenantContext } from "../context.ts";
import { TENANT_EXPORTED } from "./events.ts";
import type { Manifest } from "./manifest.ts";
import { type OnProgress, writeArchive } from "./write_archive.ts";

/** Writes the tenant's archive into `sink` for an operator, and records it in both audit logs. */
export async function exportTenant(
  ctx: TenantContext,
  sink: WritableStream<Uint8Array<ArrayBuffer>>,
  onProgress?: OnProgress,
): Promise<Manifest> {
  const manifest = await writeArchive(ctx, sink, { onProgress });
  const { id, name, schemaName: schema } = ctx.tenant;
  await ctx.system.tx((tx) => publish(ctx.system, tx, TENANT_EXPORTED, { after: { id, name }, schema }));
  return manifest;
}
