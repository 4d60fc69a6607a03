import { type Context, Hono } from "hono";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { notFound } from "../src/errors.ts";
import { problem } from "../src/platform/problem.ts";
import { PROJECT_FOLDER } from "../src/platform/project_folder.ts";
import { StartError } from "../src/platform/start_error.ts";
import {
  type AssetName,
  SERVICE_WORKER,
  SHELL_FILES,
  STATIC_FILES,
  type StaticFile,
} from "../views/static_files.ts";
import { browserScript } from "./browser_script.ts";
import { EncodedContent } from "./encoded_content.ts";
import type { HttpEnv } from "./http.ts";

const FILE_NOT_FOUND = problem("file_not_found", "This file was not found.");

const ONE_YEAR = "public, max-age=31536000, immutable";
const ONE_DAY = "public, max-age=86400";
const HASH_LETTERS = 12;

/** Browsers request these without reading a page. */
const AT_THE_ROOT: readonly AssetName[] = ["favicon.ico", "apple-touch-icon.png"];

type Asset = { url: string; version: string; file: EncodedContent };

/** The static files, read once. Their URLs contain a hash of the content, so browsers cache them for good. */
export class StaticFiles {
  readonly #assets: Map<string, Asset>;
  readonly routes = new Hono<HttpEnv>();

  private constructor(
    assets: Map<string, Asset>,
    /** The script that caches these files in browsers. It changes with each of them. */
    readonly serviceWorker: Asset,
  ) {
    this.#assets = assets;
    this.routes.get("/static/:name", (c) => this.#send(c, c.req.param("name"), "no-cache"));
    for (const name of AT_THE_ROOT) this.routes.get(`/${name}`, (c) => this.#send(c, name, ONE_DAY));
  }

  static #loaded: Promise<StaticFiles> | undefined;

  /** Reads and compresses the files once in a process. */
  static load(): Promise<StaticFiles> {
    return StaticFiles.#loaded ??= StaticFiles.#read();
  }

  static async #read(): Promise<StaticFiles> {
    const loaded = await Promise.all(
      Object.entries(STATIC_FILES).map(async ([name, file]) => [name, await loadAsset(name, file)] as const),
    );
    const assets = new Map(loaded);
    assets.set("app.css", withHashedUrls(assets.get("app.css")!, assets));
    return new StaticFiles(assets, await loadServiceWorker(assets));
  }

  /** A file's URL, with its hash. */
  url = (name: AssetName): string => this.#assets.get(name)!.url;

  /** Sends a file at another address, where its URL has no hash. */
  async sendAs(c: Context<HttpEnv>, name: AssetName, cacheControl: string): Promise<Response> {
    return await this.#send(c, name, cacheControl);
  }

  async #send(c: Context<HttpEnv>, name: string, cacheWithoutHash: string): Promise<Response> {
    const asset = this.#assets.get(name);
    if (!asset) throw notFound(FILE_NOT_FOUND);
    const isCurrent = c.req.query("v") === asset.version;
    return await asset.file.send(c, { "Cache-Control": isCurrent ? ONE_YEAR : cacheWithoutHash });
  }
}

/** Throws `StartError` if a file is missing. */
export async function loadAsset(name: string, { parts, type }: StaticFile): Promise<Asset> {
  return assetOf(name, type, join(await Promise.all(parts.map(readPart))));
}

async function loadServiceWorker(assets: Map<string, Asset>): Promise<Asset> {
  const { file: { content, type } } = await loadAsset("sw.js", SERVICE_WORKER);
  const build = {
    version: hashOf(JSON.stringify([...assets.values()].map(({ url }) => url))),
    files: SHELL_FILES.map((name) => assets.get(name)!.url),
  };
  return assetOf(
    "sw.js",
    type,
    Buffer.concat([Buffer.from(`const BUILD=${JSON.stringify(build)};\n`), content]),
  );
}

function assetOf(name: string, type: string, content: Uint8Array): Asset {
  const version = hashOf(content);
  return { url: `/static/${name}?v=${version}`, version, file: new EncodedContent(type, content) };
}

function hashOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("base64url").slice(0, HASH_LETTERS);
}

/** The style sheet with the hashed URLs of the files that it names. */
function withHashedUrls({ file: { type, content } }: Asset, assets: Map<string, Asset>): Asset {
  const css = new TextDecoder().decode(content)
    .replaceAll(/url\("([^"/:]+)"\)/g, (_, name) => `url("${assets.get(name)!.url}")`);
  return assetOf("app.css", type, new TextEncoder().encode(css));
}

/** Concatenates scripts. Adds a semicolon after each, because a minified file may lack its last one. */
function join(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from(";\n")]));
}

async function readPart(path: string): Promise<Uint8Array> {
  const at = new URL(path, PROJECT_FOLDER);
  try {
    return at.pathname.endsWith(".ts") ? browserScript(await Deno.readTextFile(at)) : await Deno.readFile(at);
  } catch (error) {
    const remedy = path.startsWith("node_modules/") ? "deno install" : "deno task css";
    throw new StartError(`The file ${at.pathname} can't be read. Run: ${remedy}`, { cause: error });
  }
}
