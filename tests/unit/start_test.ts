import assert from "node:assert/strict";
import { commandsOf } from "../support/deno_config.ts";
import { staticImportsOf } from "../support/static_imports.ts";

/** Protects: a process loads and computes at its start only what it needs then. */

const ROOT = new URL("../../", import.meta.url);
/** Large packages for which many processes never have a use. */
const LATE_PACKAGES = [
  "@electric-sql/pglite",
  "@simplewebauthn/server",
  "@sindresorhus/transliterate",
  "@upstash/redis",
  "csv-parse",
  "graphile-worker",
  "html-to-text",
  "mailparser",
  "nodemailer",
  "openid-client",
  "redis",
  "stripe",
  "web-push",
];
const COUNT_DEFINITIONS = `
  const { api, openApiDocument } = await import("./routes/api/api.ts");
  const counts = [api.openAPIRegistry.definitions.length];
  openApiDocument("https://app.example");
  counts.push(api.openAPIRegistry.definitions.length);
  console.log(JSON.stringify(counts));
`;

Deno.test("the API's document isn't built before someone reads it", async () => {
  // In a new process: other tests in this one may have read the document.
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["eval", COUNT_DEFINITIONS],
    cwd: ROOT,
  }).output();

  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const [before, after] = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(before, 0);
  assert.ok(after > 100);
});

Deno.test("bundles leave what is imported late in files of their own", () => {
  const entries = ["bundle", "bundle:cli"].flatMap(commandsOf)
    .filter((command) => / (src|cli)\/main\.ts$/.test(command));

  assert.ok(entries.length >= 2);
  for (const command of entries) assert.match(command, / --code-splitting /);
});

Deno.test("the server imports large packages where it uses them", async () => {
  const { packages } = await staticImportsOf("src/main.ts");

  assert.ok(packages.includes("hono"));
  assert.deepEqual(packages.filter((name) => LATE_PACKAGES.includes(name)), []);
});

Deno.test("the server's bundle has only characters of Latin-1, because V8 keeps any other text in twice the memory", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const line = commandsOf("bundle").find((command) => command.endsWith(" src/main.ts"))!;
    const args = line.replace("dist/server", folder).split(" ").slice(1);
    const { code, stderr } = await new Deno.Command("deno", { args, cwd: ROOT }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));

    const bundle = await Deno.readTextFile(`${folder}/main.js`);

    assert.ok(bundle.length > 1_000_000);
    assert.deepEqual(bundle.match(/.{0,40}[^\0-\xff]/g), null, "escape it in regular expressions: \\u2019");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
