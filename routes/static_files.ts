import { Hono } from "hono";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { notFound } from "../src/errors.ts";
import { problem } from "../src/platform/problem.ts";
import { StartError } from "../src/platform/start_error.ts";
import { type AssetName, FONTS } from "../views/page.tsx";
import type { HttpEnv } from "./http.ts";

const FILE_NOT_FOUND = problem("file_not_found", "This file was not found.");

const ONE_YEAR = "public, max-age=31536000, immutable";
const HASH_LETTERS = 12;

const JAVASCRIPT = "text/javascript; charset=utf-8";

/**
 * The only files that are served. A request finds them by name, so its path never reaches the disk.
 * htmx and its extension hx-csp share one file. In separate files, htmx's timer could start it before hx-csp.
 */
const FILES: Record<AssetName, AssetSource> = {
  "app.css": { parts: [local("app.css")], type: "text/css; charset=utf-8" },
  "app.js": { parts: [local("app.js")], type: JAVASCRIPT },
  "favicon.svg": { parts: [local("favicon.svg")], type: "image/svg+xml" },
  "htmx.js": {
    parts: [installed("htmx.org/dist/htmx.min.js"), installed("htmx.org/dist/ext/hx-csp.min.js")],
    type: JAVASCRIPT,
  },
  "alpine.js": { parts: [installed("@alpinejs/csp/dist/cdn.min.js")], type: JAVASCRIPT },
  ...fontFiles(),
};

type AssetSource = { parts: URL[]; type: string };
type Asset = { type: string; url: string; identity: Uint8Array; gzipped: Uint8Array };

/** The static files, read and compressed once. Their URLs contain a hash of the content, so browsers cache them. */
export class StaticFiles {
  readonly #assets: Map<string, Asset>;
  readonly routes = new Hono<HttpEnv>();

  private constructor(assets: Map<string, Asset>) {
    this.#assets = assets;
    this.routes.get("/static/:name", (c) => {
      const asset = this.#assets.get(c.req.param("name"));
      if (!asset) throw notFound(FILE_NOT_FOUND);
      const gzip = c.req.header("Accept-Encoding")?.includes("gzip");
      const body = gzip ? asset.gzipped : asset.identity;
      const current = c.req.query("v") === new URL(asset.url, "http://host").searchParams.get("v");
      return c.body(body as Uint8Array<ArrayBuffer>, 200, {
        "Content-Type": asset.type,
        "Cache-Control": current ? ONE_YEAR : "no-cache",
        "Vary": "Accept-Encoding",
        ...(gzip ? { "Content-Encoding": "gzip" } : {}),
      });
    });
  }

  static async load(): Promise<StaticFiles> {
    const loaded = await Promise.all(
      Object.entries(FILES).map(async ([name, file]) => [name, await loadAsset(name, file)] as const),
    );
    const assets = new Map(loaded);
    assets.set("app.css", withHashedUrls(assets.get("app.css")!, assets));
    return new StaticFiles(assets);
  }

  /** A file's URL, with its hash. */
  url = (name: AssetName): string => this.#assets.get(name)!.url;
}

/** Throws `StartError` if a file is missing. */
export async function loadAsset(
  name: string,
  { parts, type }: AssetSource,
): Promise<Asset> {
  return toAsset(name, type, join(await Promise.all(parts.map(readAsset))));
}

function toAsset(name: string, type: string, identity: Uint8Array): Asset {
  const hash = createHash("sha256").update(identity).digest("base64url").slice(0, HASH_LETTERS);
  return { type, url: `/static/${name}?v=${hash}`, identity, gzipped: gzipSync(identity) };
}

/** The style sheet with the hashed URLs of the files that it names. */
function withHashedUrls({ type, identity }: Asset, assets: Map<string, Asset>): Asset {
  const css = new TextDecoder().decode(identity)
    .replaceAll(/url\("([^"/:]+)"\)/g, (_, name) => `url("${assets.get(name)!.url}")`);
  return toAsset("app.css", type, new TextEncoder().encode(css));
}

function fontFiles(): Record<Extract<AssetName, `inter-${string}`>, AssetSource> {
  const source = (subset: string): AssetSource => ({
    parts: [installed(`@fontsource-variable/inter/files/inter-${subset}-wght-normal.woff2`)],
    type: "font/woff2",
  });
  return Object.fromEntries(FONTS.map((subset) => [`inter-${subset}.woff2`, source(subset)])) as ReturnType<
    typeof fontFiles
  >;
}

/** Concatenates scripts. Adds a semicolon after each, because a minified file may lack its last one. */
function join(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from(";\n")]));
}

async function readAsset(at: URL): Promise<Uint8Array> {
  try {
    return await Deno.readFile(at);
  } catch (error) {
    const remedy = at.pathname.includes("/node_modules/") ? "deno install" : "deno task css";
    throw new StartError(`The file ${at.pathname} can't be read. Run: ${remedy}`, { cause: error });
  }
}

function local(name: string): URL {
  return new URL(`../views/static/${name}`, import.meta.url);
}

function installed(path: string): URL {
  return new URL(`../node_modules/${path}`, import.meta.url);
}
