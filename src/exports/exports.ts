import { and, desc, eq, gt, lte, sql } from "drizzle-orm";
import { z } from "zod";
import { exportChunks, workspaceExports } from "../../db/control/schema/exports.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { users } from "../../db/control/schema/users.ts";
import { describeActor } from "../access/actor.ts";
import { authorize } from "../access/authorize.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { QUEUES } from "../outbox/queues.ts";
import { requireRecentSignIn } from "../identity/recent_sign_in.ts";
import { after, DAY, HOUR, SECOND } from "../platform/clock.ts";
import { derivedToken, isSameSecret } from "../platform/crypto.ts";
import { isId, newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { type Tenant, tenantUrl } from "../tenancy/tenant.ts";
import { deleteLostArchives, storeArchive } from "./archive_store.ts";
import { EXPORT_DOWNLOADED, EXPORT_READY, EXPORT_REQUESTED } from "./events.ts";
import { DATA_EXPORT } from "./permissions.ts";
import { writeArchive } from "./write_archive.ts";

const EXPORT_NOT_FOUND = problem("export_not_found", "This export was not found, or has expired.");

/** How long an archive can be downloaded. It has personal data, so it isn't kept for long. */
export const EXPORT_DAYS = 1;

const LINK_TIME = HOUR;
const QUEUE = "cleanup";

export type WorkspaceExport = {
  id: string;
  status: "pending" | "ready" | "failed";
  /** Bytes, and rows of all tables. Null until it is ready. */
  size: number | null;
  rows: number | null;
  sha256: string | null;
  /** Null for someone whose account is gone, and for the product itself. */
  requestedBy: string | null;
  createdAt: Date;
  expiresAt: Date;
};

/** An archive to send to a client. */
export type OpenExport = { body: ReadableStream<Uint8Array<ArrayBuffer>>; size: number; fileName: string };

/** The tenant's last export, unless it has expired. */
export async function findLastExport(ctx: TenantContext): Promise<WorkspaceExport | null> {
  authorize(ctx, DATA_EXPORT);
  return await findLast(ctx.system, ctx.tenant);
}

/** Starts a new export, unless one is being made. The archives before it are deleted. */
export async function requestExport(ctx: TenantContext): Promise<WorkspaceExport> {
  authorize(ctx, DATA_EXPORT);
  const { tenant, system, services } = ctx;
  const now = services.clock.now();
  const id = newId();
  await system.tx(async (tx) => {
    await tx.delete(workspaceExports).where(
      and(
        eq(workspaceExports.tenantId, tenant.id),
        sql`(status <> 'pending' or not ${isLive(now)} or ${IS_LOST})`,
      ),
    );
    const added = await tx.insert(workspaceExports).values({
      id,
      tenantId: tenant.id,
      requestedBy: describeActor(ctx.actor).id,
      status: "pending",
      createdAt: now,
      expiresAt: after(now, EXPORT_DAYS * DAY),
    }).onConflictDoNothing().returning({ id: workspaceExports.id });
    if (added.length === 0) return;
    await enqueue(system, tx, MAKE_EXPORT, { exportId: id }, { tenantId: tenant.id });
    await publish(system, tx, EXPORT_REQUESTED, {
      after: { id, name: tenant.name },
      schema: tenant.schemaName,
    });
  });
  return (await findLastExport(ctx))!;
}

/** The last export, or a new one if there is none. */
export async function getOrRequestExport(ctx: TenantContext): Promise<WorkspaceExport> {
  const last = await findLastExport(ctx);
  return last && last.status !== "failed" ? last : await requestExport(ctx);
}

/**
 * A finished archive of the tenant, and its bytes. Records the download. Throws `reauthentication_required` unless the person signed in
 * a moment ago, and `not_found`.
 */
export async function openExport(ctx: TenantContext, id: string): Promise<OpenExport> {
  authorize(ctx, DATA_EXPORT);
  await requireRecentSignIn(ctx);
  return await open(ctx.system, ctx.tenant, id);
}

/** An address that downloads the archive within an hour, for programs. It needs no sign-in. */
export function exportLink({ tenant, services }: TenantContext, { id, expiresAt }: WorkspaceExport): string {
  const { appUrl, appSecret } = services.config;
  const until = Math.min(after(services.clock.now(), LINK_TIME).getTime(), expiresAt.getTime());
  const expires = String(Math.floor(until / SECOND));
  const signature = signatureOf(appSecret, tenant, id, expires);
  return `${tenantUrl(appUrl, tenant)}/exports/${id}?${new URLSearchParams({ expires, signature })}`;
}

/** The archive that a link of `exportLink` leads to. Throws `not_found`. */
export async function openExportLink(
  ctx: SystemContext,
  tenant: Tenant,
  { id, expires, signature }: { id: string; expires: string; signature: string },
): Promise<OpenExport> {
  const { clock, config } = ctx.services;
  const isSigned = isSameSecret(signature, signatureOf(config.appSecret, tenant, id, expires));
  if (!isSigned || Number(expires) * SECOND <= clock.now().getTime() || tenant.status !== "active") {
    throw notFound(EXPORT_NOT_FOUND);
  }
  return await open(ctx, tenant, id);
}

/** Makes an archive and tells the owners. */
export const MAKE_EXPORT = job("export.make", {
  queue: QUEUE,
  payload: z.object({ exportId: z.uuid() }),
  run: async (run, { exportId }) => {
    const ctx = tenantOf(run);
    const isMine = and(eq(workspaceExports.id, exportId), eq(workspaceExports.tenantId, ctx.tenant.id));
    const isPending = and(isMine, eq(workspaceExports.status, "pending"));
    const [row] = await run.system.control.select({ id: workspaceExports.id }).from(workspaceExports)
      .where(isPending);
    if (!row) return;
    try {
      const { manifest, size, sha256 } = await storeArchive(
        run.system,
        exportId,
        (sink) => writeArchive(ctx, sink, { signal: run.signal }),
      );
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      const now = ctx.services.clock.now();
      await run.system.tx(async (tx) => {
        const done = await tx.update(workspaceExports)
          .set({
            status: "ready",
            size,
            sha256,
            rows,
            endedAt: now,
            expiresAt: after(now, EXPORT_DAYS * DAY),
          })
          .where(isPending).returning({ id: workspaceExports.id });
        if (done.length === 0) return;
        await publish(run.system, tx, EXPORT_READY, {
          after: { id: exportId, name: ctx.tenant.name },
          schema: ctx.tenant.schemaName,
        });
      });
    } catch (error) {
      if (run.attempt >= QUEUES[QUEUE].attempts) {
        await run.system.control.update(workspaceExports)
          .set({ status: "failed", endedAt: ctx.services.clock.now() }).where(isPending);
      }
      throw error;
    }
  },
});

/** Deletes expired archives, and what killed processes left of others. Returns their number. */
export async function deleteExpiredExports(ctx: SystemContext): Promise<number> {
  const { control, services } = ctx;
  await deleteLostArchives(ctx);
  const deleted = await control.delete(workspaceExports)
    .where(lte(workspaceExports.expiresAt, services.clock.now())).returning({ id: workspaceExports.id });
  return deleted.length;
}

function signatureOf(secret: string, tenant: Tenant, id: string, expires: string): string {
  return derivedToken(`${tenant.id} ${id} ${expires}`, secret, "export link");
}

async function open(system: SystemContext, tenant: Tenant, id: string): Promise<OpenExport> {
  const last = isId(id) ? await findLast(system, tenant) : null;
  if (last?.id !== id || last.status !== "ready") throw notFound(EXPORT_NOT_FOUND);
  await system.tx((tx) =>
    publish(system, tx, EXPORT_DOWNLOADED, { after: { id, name: tenant.name }, schema: tenant.schemaName })
  );
  const day = last.createdAt.toISOString().slice(0, 10);
  const body = ReadableStream.from(readChunks(system, id));
  return { body, size: last.size!, fileName: `${tenant.subdomain}-${day}.tar.gz` };
}

async function findLast(
  { control, services }: SystemContext,
  { id }: Tenant,
): Promise<WorkspaceExport | null> {
  const [row] = await control.select(FIELDS).from(workspaceExports)
    .leftJoin(users, eq(users.id, workspaceExports.requestedBy))
    .where(and(eq(workspaceExports.tenantId, id), isLive(services.clock.now())))
    .orderBy(desc(workspaceExports.createdAt), desc(workspaceExports.id)).limit(1);
  return row ?? null;
}

/** Whether nothing makes the archive any longer: its process was lost in the last attempt, or staff discarded its job. */
const IS_LOST = sql`(${workspaceExports.status} = 'pending' and not exists (select from ${outbox}
  where ${outbox.tenantId} = ${workspaceExports.tenantId} and ${outbox.name} = ${MAKE_EXPORT.name}
    and ${outbox.payload} ->> 'exportId' = ${workspaceExports.id}::text and ${outbox.state} not in ('done', 'failed')))`;

const FIELDS = {
  id: workspaceExports.id,
  status: sql<
    WorkspaceExport["status"]
  >`case when ${IS_LOST} then 'failed' else ${workspaceExports.status} end`,
  size: workspaceExports.size,
  rows: workspaceExports.rows,
  sha256: workspaceExports.sha256,
  requestedBy: users.name,
  createdAt: workspaceExports.createdAt,
  expiresAt: workspaceExports.expiresAt,
};

function isLive(now: Date) {
  return gt(workspaceExports.expiresAt, now);
}

async function* readChunks(
  { control }: SystemContext,
  exportId: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let number = 0;; number++) {
    const [chunk] = await control.select({ bytes: exportChunks.bytes }).from(exportChunks)
      .where(and(eq(exportChunks.exportId, exportId), eq(exportChunks.number, number)));
    if (!chunk) return;
    yield new Uint8Array(chunk.bytes);
  }
}
