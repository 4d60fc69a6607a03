import { eq } from "drizzle-orm";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { exportChunks } from "../../db/control/schema/exports.ts";
import type { SystemContext } from "../context.ts";
import { deleteLeftovers } from "../platform/data_folder.ts";
import type { Manifest } from "./manifest.ts";

const CHUNK_BYTES = 1024 * 1024;

/** The name of the file in which an archive waits. */
const WAITING_FILE = /^export-[0-9a-f-]{36}\.tar\.gz$/;

type Write = (sink: WritableStream<Uint8Array<ArrayBuffer>>) => Promise<Manifest>;

/**
 * Stores an archive in pieces, while `write` makes it. The embedded database has a single backend, which `write` keeps busy, so there
 * the archive waits in a file.
 */
export async function storeArchive(
  ctx: SystemContext,
  exportId: string,
  write: Write,
): Promise<{ manifest: Manifest; size: number; sha256: string }> {
  await ctx.control.delete(exportChunks).where(eq(exportChunks.exportId, exportId)); // of an earlier attempt
  if (ctx.services.config.databaseUrl) return await storeInChunks(ctx, exportId, write);
  const file = join(ctx.services.config.dataDir, `export-${exportId}.tar.gz`);
  await Deno.mkdir(ctx.services.config.dataDir, { recursive: true });
  try {
    const { writable } = await Deno.open(file, { write: true, create: true, truncate: true, mode: 0o600 });
    const manifest = await write(writable as WritableStream<Uint8Array<ArrayBuffer>>);
    return await storeInChunks(ctx, exportId, async (sink) => {
      await (await Deno.open(file)).readable.pipeTo(sink);
      return manifest;
    });
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}

/** Deletes the files of archives whose processes were killed. */
export async function deleteLostArchives({ services }: SystemContext): Promise<void> {
  const { databaseUrl, dataDir } = services.config;
  if (!databaseUrl) await deleteLeftovers(dataDir, WAITING_FILE, services.clock.now());
}

async function storeInChunks({ control }: SystemContext, exportId: string, write: Write) {
  const hash = createHash("sha256");
  let size = 0;
  let number = 0;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  const flush = async () => {
    if (pendingBytes === 0) return;
    const bytes = new Uint8Array(pendingBytes);
    let offset = 0;
    for (const chunk of pending) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    [pending, pendingBytes] = [[], 0];
    await control.insert(exportChunks).values({ exportId, number: number++, bytes });
  };
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({
    async write(chunk) {
      hash.update(chunk);
      size += chunk.length;
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes >= CHUNK_BYTES) await flush();
    },
    close: flush,
  });
  const manifest = await write(sink);
  return { manifest, size, sha256: hash.digest("hex") };
}
