/** `deno task sbom`: prints every package of the lockfile as CycloneDX, for the release. */
import { Buffer } from "node:buffer";
import { ESBUILD } from "./bundler.ts";
import { VERSION } from "../../src/platform/version.ts";

type Lockfile = { npm: Record<string, { integrity: string }> };

/** The packages of a lockfile as a CycloneDX document. */
export function sbomOf({ npm }: Lockfile, version: string) {
  const packages = new Map(
    Object.entries(npm).map(([key, { integrity }]) => [nameAndVersion(key), integrity]),
  );
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", name: "denizen", version },
      tools: { components: [{ type: "application", name: "esbuild", version: ESBUILD.version }] },
    },
    components: [...packages].map(([id, integrity]) => component(id, integrity)),
  };
}

/** Without the peers that the lockfile adds to a package: `a@1.0.0_b@2.0.0`. */
function nameAndVersion(key: string): string {
  return /^(@?[^@]+@[^_]+)/.exec(key)![1]!;
}

function component(id: string, integrity: string) {
  const [, name, version] = /^(@?[^@]+)@(.+)$/.exec(id)!;
  const [algorithm, hash] = integrity.split("-");
  return {
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name!.replace("@", "%40")}@${version}`,
    hashes: [{
      alg: algorithm!.replace("sha", "SHA-"),
      content: Buffer.from(hash!, "base64").toString("hex"),
    }],
  };
}

if (import.meta.main) {
  const lockfile = JSON.parse(await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)));
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(sbomOf(lockfile, VERSION), null, 2) + "\n"));
}
