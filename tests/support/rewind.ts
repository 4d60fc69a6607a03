/** Takes an embedded database back to an earlier moment, by restoring the memory and the files of PGlite's WebAssembly module. */
import type { PGlite } from "@electric-sql/pglite";
import { Buffer } from "node:buffer";

/** What this module uses of Emscripten's file system, which keeps files in memory (MEMFS). */
type Node = {
  mode: number;
  name: string;
  parent: Node;
  name_next?: Node;
  mounted?: { root: Node } | null;
  contents?: Record<string, Node> | Uint8Array | null;
  usedBytes?: number;
  /** When the file was last written. */
  ctime?: number;
};
type Stream = { fd: number | null; shared: Record<string, unknown> };
type FileSystem = {
  root: Node;
  nameTable: (Node | undefined)[];
  streams: (Stream | null | undefined)[];
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
};
type Module = { HEAPU8: Uint8Array; FS: FileSystem };

const CHUNK = 2 ** 18;
const UNWRITTEN = 0;
const zeros = Buffer.alloc(CHUNK);

/** Remembers the database as it is now, and returns what takes it back. No query may be running at either moment. */
export function rememberState(pglite: PGlite): () => void {
  const module = pglite.Module as unknown as Module;
  const restoreMemory = rememberMemory(module);
  const restoreFiles = rememberFiles(module.FS);
  return () => {
    restoreMemory();
    restoreFiles();
  };
}

function rememberMemory(module: Module): () => void {
  const used = new Map<number, Uint8Array>();
  for (const [at, chunk] of chunksOf(module.HEAPU8)) if (!isZero(chunk)) used.set(at, chunk.slice());
  return () => {
    // The module replaces this array when its memory grows.
    for (const [at, chunk] of chunksOf(module.HEAPU8)) {
      const bytes = used.get(at);
      if (bytes) chunk.set(bytes);
      else if (!isZero(chunk)) chunk.fill(0);
      if (bytes && bytes.length < chunk.length) chunk.fill(0, bytes.length);
    }
  };
}

function* chunksOf(memory: Uint8Array): Generator<[number, Uint8Array]> {
  for (let at = 0; at < memory.length; at += CHUNK) yield [at, memory.subarray(at, at + CHUNK)];
}

function isZero(chunk: Uint8Array): boolean {
  return zeros.compare(chunk, 0, chunk.length, 0, chunk.length) === 0;
}

function rememberFiles(fs: FileSystem): () => void {
  const restoreNodes = nodesBelow(fs.root, fs).map((node) => rememberNode(node, fs));
  const names = [...fs.nameTable];
  const streams = [...fs.streams];
  const restoreStreams = streams.filter((stream) => !!stream).map(rememberStream);
  return () => {
    for (const restore of [...restoreNodes, ...restoreStreams]) restore();
    fs.nameTable.splice(0, Infinity, ...names);
    fs.streams.splice(0, Infinity, ...streams);
  };
}

function nodesBelow(node: Node, fs: FileSystem): Node[] {
  const children = fs.isDir(node.mode) ? Object.values(node.contents ?? {}) : [];
  const mounted = node.mounted ? [node.mounted.root] : [];
  return [node, ...[...children, ...mounted].flatMap((child) => nodesBelow(child, fs))];
}

function rememberNode(node: Node, fs: FileSystem): () => void {
  const { mode, name, parent, name_next, usedBytes } = node;
  const place = { mode, name, parent, name_next };
  if (fs.isDir(mode)) {
    const entries = { ...node.contents as Record<string, Node> };
    return () => Object.assign(node, place, node.contents ? { contents: { ...entries } } : {});
  }
  if (!fs.isFile(mode) || !(node.contents instanceof Uint8Array)) return () => Object.assign(node, place);
  const bytes = node.contents.slice();
  let restored: Node["contents"] = node.contents;
  node.ctime = UNWRITTEN;
  return () => {
    Object.assign(node, place, { usedBytes });
    const contents = node.contents as Uint8Array | null;
    if (contents === restored && node.ctime === UNWRITTEN) return; // as most files, which take long to copy
    if (contents?.length === bytes.length) contents.set(bytes);
    else node.contents = bytes.slice();
    restored = node.contents;
    node.ctime = UNWRITTEN;
  };
}

/** A closed stream has lost its number. */
function rememberStream(stream: Stream): () => void {
  const { fd } = stream;
  const shared = { ...stream.shared };
  return () => {
    stream.fd = fd;
    Object.assign(stream.shared, shared);
  };
}
