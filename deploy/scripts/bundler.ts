/**
 * `deno bundle` downloads esbuild, which the lockfile doesn't name. This names it. `deno info --json | deno run bundler.ts` fails
 * unless the downloaded program is that of npm's package `@esbuild/PLATFORM`. A new version of Deno may bring another one.
 */
import { sha256OfBytes } from "../../src/platform/crypto.ts";

export const ESBUILD = {
  version: "0.25.5",
  /** The SHA-256 of the program, by platform. */
  sha256: {
    "linux-x64": "3331e0b23c99d93d9a39e436a4838de40ca1c95ac3bcbd9874ba169d8545b634",
    "linux-arm64": "d6d656d9326ce1c55c01f73604a3cffda35c63cce60016e9ed795ac91cd1e67d",
    "darwin-x64": "e7b2a105f88836f1e080a76180e5cd8e59d1c22f6575d63f5a77a104954c427e",
    "darwin-arm64": "58d144357454bca840167171380785b133b1e5e682d0c51afa8c80158bfd3f8a",
    "win32-x64": "889543031385fb79a28b09a5611a3a03f913beb5a608c7de29390c13f1030994",
  },
} as const;

/** The programs in Deno's cache that aren't the one above. Throws if there is none at all. */
export async function findOtherBundlers(cache: string): Promise<string[]> {
  const others: string[] = [];
  let found = 0;
  for await (const { name: folder } of Deno.readDir(`${cache}/dl`)) {
    if (!folder.startsWith("esbuild-")) continue;
    for await (const { name, isFile } of Deno.readDir(`${cache}/dl/${folder}`)) {
      if (!isFile || !name.startsWith("esbuild")) continue;
      found++;
      const bytes = await Deno.readFile(`${cache}/dl/${folder}/${name}`);
      const digest = sha256OfBytes(bytes);
      if (!Object.values<string>(ESBUILD.sha256).includes(digest)) others.push(`${folder}/${name} ${digest}`);
    }
  }
  if (found === 0) throw new Error(`${cache} has no esbuild. Run deno task bundle first.`);
  return others;
}

if (import.meta.main) {
  const { denoDir } = await new Response(Deno.stdin.readable).json();
  const others = await findOtherBundlers(denoDir);
  if (others.length > 0) {
    throw new Error(`deno bundle used another program than expected:\n${others.join("\n")}`);
  }
}
