import assert from "node:assert/strict";
import { readSource, saveWebsites } from "../../src/analytics/collect/source.ts";
import { DomainError } from "../../src/errors.ts";
import { englishOf } from "../../src/platform/problem.ts";
import type { Manifest } from "../../src/exports/manifest.ts";
import { sha256OfBytes } from "../../src/platform/crypto.ts";
import {
  archiveOf,
  importBytes,
  type Member,
  membersOf,
  packed,
  showWorkspace,
} from "../support/archives.ts";
import { World } from "../support/world.ts";

/** Protects: an archive that is broken, from elsewhere, or made to harm is refused in words, and nothing changes. */

type Bytes = Uint8Array<ArrayBuffer>;
type Change = (members: Member[], manifest: Manifest) => Member[];

const encode = (text: string): Bytes => new TextEncoder().encode(text);
const decode = (bytes: Bytes) => new TextDecoder().decode(bytes);

/** Changes the manifest, and keeps the members. */
const described = (change: (manifest: Manifest) => unknown): Change => (members, manifest) => {
  change(manifest);
  return members;
};

/** Replaces a part's text, with the right checksums, as someone who wants to harm would. */
function forged(table: string, edit: (text: string) => string): Change {
  return (members, manifest) => {
    const part = manifest.tables.find(({ name }) => name === table)!.parts[0]!;
    return members.map((member) => {
      if (member.name !== part.name) return member;
      const data = encode(edit(decode(member.data)));
      Object.assign(part, { bytes: data.length, sha256: sha256OfBytes(data) });
      return { ...member, data };
    });
  };
}

const added = (member: Member): Change => (members) => [member, ...members];
const file = (name: string, type: Member["type"] = "file", linkname?: string): Member => ({
  name,
  data: type === "file" ? encode("x") : encode(""),
  type,
  linkname,
});

const CASES: [string, Change, RegExp][] = [
  ["a name that leads out", added(file("../../etc/passwd")), /contains "\.\.\/\.\.\/etc\/passwd"/],
  ["an absolute name", added(file("/etc/passwd")), /which no export contains/],
  [
    "a name that leads out of a known folder",
    added(file("control/../x/000001.ndjson")),
    /no export contains/,
  ],
  ["a symbolic link", added(file("files/" + "a".repeat(64), "symlink", "/etc/passwd")), /no export contains/],
  ["a folder", added(file("control/", "directory")), /no export contains/],
  ["terminal codes in a name", added(file("\x1b[2J")), /\\u001b/],
  ["an extra file", added(file("files/" + "a".repeat(64))), /no export contains/],
  ["the same member twice", (members) => [members[0]!, ...members], /twice/],
  ["a missing member", (members) => members.slice(1), /lacks control\/roles/],
  [
    "no manifest",
    (members) => members.filter(({ name }) => name !== "manifest.json"),
    /complete workspace archive/,
  ],
  [
    "changed rows",
    (members) =>
      members.map((each) => each.name.includes("projects") ? { ...each, data: encode("{}\n") } : each),
    /projects.* changed or damaged/,
  ],
  ["a newer format", described((manifest) => manifest.format_version = 2), /newer version/],
  ["a newer schema", described((manifest) => manifest.schema_version.tenant = "9999_later"), /newer version/],
  [
    "a newer control schema",
    described((manifest) => manifest.schema_version.control = "9999"),
    /newer version/,
  ],
  [
    "another program's archive",
    described((manifest) => Object.assign(manifest, { format: "x" })),
    /complete workspace archive/,
  ],
  [
    "an unknown table",
    described(({ tables }) => tables[0]!.name = "users"),
    /unknown table "control\/users"/,
  ],
  [
    "an unknown column",
    described(({ tables }) => tables.find(({ name }) => name === "projects")!.columns.push("evil")),
    /unknown column "workspace\/projects.evil"/,
  ],
  [
    "a secret column",
    forged("webhook_endpoints", (text) => text.replace("{", '{"sealed_secret":"x",')),
    /unknown column "control\/webhook_endpoints.sealed_secret"/,
  ],
  [
    "another tenant's id in a row",
    forged("webhook_endpoints", (text) => text.replace("{", '{"tenant_id":"x",')),
    /unknown column "control\/webhook_endpoints.tenant_id"/,
  ],
  ["rows that are no JSON", forged("projects", () => "not json\n"), /can't be read/],
  ["rows that are no objects", forged("projects", () => "[1]\n"), /can't be read/],
  [
    "a value of another type",
    forged("projects", (text) => text.replace(/"version":\d+/, '"version":"x"')),
    /refused rows/,
  ],
  [
    "a duplicate key",
    forged("projects", (text) => {
      const [first, , ...rest] = text.split("\n");
      return [first, first, ...rest].join("\n");
    }),
    /refused rows of workspace\/projects/,
  ],
  ["a member without an email", forged("members", (text) => text.replace(/owner@/, "")), /refused rows/],
  ["no owner", forged("members", (text) => text.replaceAll('"owner"', '"viewer"')), /no owner/],
  [
    "a name that no workspace may have",
    described(({ workspace }) => workspace.name = ""),
    /name|invalid|wrong/i,
  ],
];

Deno.test("a broken or forged archive is refused, and nothing changes", async (t) => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const { bytes } = await archiveOf(acme.ctx);
  const before = await world.countAll();

  for (const [name, change, reason] of CASES) {
    await t.step(name, async () => {
      const members = await membersOf(bytes);
      const manifest = JSON.parse(decode(members.at(-1)!.data)) as Manifest;
      const changed = change(members, manifest).map((member) =>
        member.name === "manifest.json" ? { ...member, data: encode(JSON.stringify(manifest)) } : member
      );

      await assertRefused(world, await packed(changed), reason);

      assert.deepEqual(await world.countAll(), before);
    });
  }
});

Deno.test("what is no archive, or only the start of one, is refused", async (t) => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const { bytes } = await archiveOf(acme.ctx);
  const before = await world.countAll();
  const damaged = bytes.slice();
  damaged[Math.floor(bytes.length / 2)]! ^= 0xff;
  const broken: Record<string, Bytes> = {
    "an empty file": new Uint8Array(),
    "another file": encode("hello"),
    "half of an archive": bytes.slice(0, bytes.length / 2),
    "an archive without its end": bytes.slice(0, -20),
    "a flipped bit": damaged,
  };

  for (const [name, archive] of Object.entries(broken)) {
    await t.step(name, async () => {
      await assertRefused(world, archive, /archive/);

      assert.deepEqual(await world.countAll(), before);
    });
  }
});

Deno.test("a member that would fill the memory is refused before it is read", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const { bytes } = await archiveOf(acme.ctx);
  const members = await membersOf(bytes);
  const zeros = new Uint8Array(65 * 1024 * 1024);

  const bomb = await packed([{ name: "workspace/projects/000001.ndjson", data: zeros }, ...members]);

  assert.ok(bomb.length < 1_000_000);
  await assertRefused(world, bomb, /more than 64 MB/);
});

Deno.test("an address that is taken is refused, and nothing changes", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const { bytes } = await archiveOf(acme.ctx);
  const before = await world.countAll();

  await assert.rejects(importBytes(world.system, bytes), { kind: "invalid" });

  assert.deepEqual(await world.countAll(), before);
});

Deno.test("an older archive's rows get the defaults of newer columns", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  const { bytes } = await archiveOf(acme.ctx);
  const members = await membersOf(bytes);
  const manifest = JSON.parse(decode(members.at(-1)!.data)) as Manifest;
  manifest.schema_version = { control: "0001_old", tenant: "0000_initial" };
  const older = forged("projects", (text) => text.replaceAll(/"is_sample":false,/g, ""))(members, manifest);
  const projects = manifest.tables.find(({ name }) => name === "projects")!;
  projects.columns = projects.columns.filter((column) => column !== "is_sample");
  older.at(-1)!.data = encode(JSON.stringify(manifest));

  const imported = await importBytes(world.system, await packed(older), { subdomain: "older" });

  assert.equal(imported.tenant.subdomain, "older");
});

Deno.test("a part without rows adds nothing", async () => {
  await using world = await World.open();
  const acme = await showWorkspace(world);
  await saveWebsites(acme.ctx, { origins: ["https://shop.acme.example"] });
  const { bytes } = await archiveOf(acme.ctx);
  const members = await membersOf(bytes);
  const manifest = JSON.parse(decode(members.at(-1)!.data)) as Manifest;
  const emptied = forged("analytics_sources", () => "")(members, manifest);
  const table = manifest.tables.find(({ name }) => name === "analytics_sources")!;
  table.rows = table.parts[0]!.rows = 0;
  emptied.at(-1)!.data = encode(JSON.stringify(manifest));

  const { tenant } = await importBytes(world.system, await packed(emptied), { subdomain: "emptied" });

  assert.equal(await readSource(world.system.control, tenant.id), null);
});

async function assertRefused(world: World, archive: Bytes, reason: RegExp): Promise<void> {
  const error = await importBytes(world.system, archive, { subdomain: "copy" }).then(
    () => assert.fail("It was imported."),
    (error) => error,
  );
  assert.ok(error instanceof DomainError, String(error?.stack));
  const texts = [
    englishOf(error.problem),
    ...Object.entries(error.fields).map(([field, text]) => `${field}: ${englishOf(text)}`),
  ];
  assert.match(texts.join(" "), reason);
}
