/**
 * Makes a snapshot of the embedded database half as large, so that restoring it takes a third of the time. The input and the
 * result are ustar archives of a data folder, as PGlite's `dumpDataDir` returns them.
 */
import { PGlite } from "@electric-sql/pglite";

const BLOCK = 512;
const SIZE = { at: 124, bytes: 12 };
const CHECKSUM = { at: 148, bytes: 8 };
/** The databases template1 and template0, from which no test creates another. */
const TEMPLATES = /\/base\/(1|4)\/./;
const WAL_SEGMENT = /\/pg_wal\/[0-9A-F]{24}$/;

const ascii = new TextDecoder("latin1");

export function slimSnapshot(tar: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept: Uint8Array[] = [];
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    const header = tar.slice(at, at + BLOCK);
    const size = parseInt(text(header, SIZE.at, SIZE.bytes), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + inBlocks(size);
    const name = text(header, 0, 100);
    if (TEMPLATES.test(name)) continue;
    const used = WAL_SEGMENT.test(name) ? withoutTrailingZeros(content) : content;
    kept.push(withSize(header, used.length), used, new Uint8Array(inBlocks(used.length) - used.length));
  }
  return concatenate([...kept, new Uint8Array(2 * BLOCK)]);
}

/** Postgres extends a segment that ends early, as long as it ends with a whole page. */
function withoutTrailingZeros(segment: Uint8Array): Uint8Array {
  const page = 8192;
  const lastUsed = segment.findLastIndex((byte) => byte !== 0);
  return segment.subarray(0, Math.ceil((lastUsed + 1) / page) * page);
}

function withSize(header: Uint8Array, size: number): Uint8Array {
  write(header, SIZE.at, `${size.toString(8).padStart(SIZE.bytes - 1, "0")}\0`);
  write(header, CHECKSUM.at, " ".repeat(CHECKSUM.bytes));
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(header, CHECKSUM.at, `${sum.toString(8).padStart(CHECKSUM.bytes - 2, "0")}\0 `);
  return header;
}

function write(header: Uint8Array, at: number, value: string): void {
  header.set(new TextEncoder().encode(value), at);
}

function text(header: Uint8Array, at: number, length: number): string {
  return ascii.decode(header.subarray(at, at + length)).replace(/\0.*$/s, "");
}

function inBlocks(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function concatenate(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same database after a checkpoint. A restore would otherwise repeat every migration from the log. */
export async function withEmptyLog(snapshot: Blob): Promise<Blob> {
  const pglite = await PGlite.create({ loadDataDir: snapshot });
  await pglite.exec("set wal_recycle = off");
  await pglite.exec("select pg_switch_wal()");
  await pglite.exec("checkpoint");
  const restored = await pglite.dumpDataDir("none");
  await pglite.close();
  return restored;
}

/** Writes the database into a new data folder. */
export async function writeFolder(snapshot: Blob, folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await Deno.remove(unfinished, { recursive: true }).catch(() => {});
  await Deno.mkdir(`${unfinished}/postgres`, { recursive: true, mode: 0o700 });
  const pglite = await PGlite.create({ dataDir: `${unfinished}/postgres`, loadDataDir: snapshot });
  await pglite.close();
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.rename(unfinished, folder);
}
