import assert from "node:assert/strict";
import { permissionPath } from "../../deploy/scripts/data_dir.ts";
import { GENERATED_FILES } from "../../deploy/scripts/settings.ts";
import { ADMIN_PASSWORD, READABLE_VARIABLES, SETTINGS } from "../../src/config/settings.ts";
import {
  flag,
  oneOf,
  readSettings,
  type Setting,
  setting,
  textOfLength,
  wholeNumber,
} from "../../src/platform/setting.ts";
import { denoConfig } from "../support/deno_config.ts";

/** Protects: a setting is declared once, and every file that lists settings is generated from the table. */

const ROOT = new URL("../../", import.meta.url);
const settings: Setting[] = [...Object.values(SETTINGS), ADMIN_PASSWORD];

for (const [path, generate] of Object.entries(GENERATED_FILES)) {
  Deno.test(`${path} matches the table of settings`, async () => {
    const current = await Deno.readTextFile(new URL(path, ROOT));

    assert.ok(current === generate(current), `${path} is out of date. Run: deno task settings`);
  });
}

Deno.test("the files that list settings follow a change of the table", () => {
  const outdated = {
    "README.md": "# Title\n\n<!-- settings -->\n\noutdated\n\n<!-- /settings -->\n\nThe end.\n",
    "deno.json": JSON.stringify({
      tasks: { x: "y" },
      permissions: { serve: { net: true, env: ["OLD"] }, admin: {}, backup: {} },
    }),
  };

  const readme = GENERATED_FILES["README.md"]!(outdated["README.md"]);
  const config = JSON.parse(GENERATED_FILES["deno.json"]!(outdated["deno.json"]));

  assert.match(
    readme,
    /^# Title\n\n<!-- settings -->\n\n\| Variable [^]*`PORT`[^]*<!-- \/settings -->\n\nThe end\.\n$/,
  );
  assert.doesNotMatch(readme, /outdated/);
  assert.deepEqual(config.tasks, { x: "y" });
  assert.deepEqual(config.permissions.serve, {
    net: true,
    env: { allow: READABLE_VARIABLES.serve, ignore: true },
  });
  assert.throws(() => GENERATED_FILES["README.md"]!("# Title\n"), /has no <!-- settings -->/);
});

Deno.test("every setting has its own name, a group and a description in sentences", () => {
  assert.equal(new Set(settings.map(({ name }) => name)).size, settings.length);
  for (const { name, group, description } of settings) {
    assert.match(name, /^[A-Z][A-Z_]+$/);
    assert.ok(group, name);
    assert.match(description, /^[A-Z`][^|]+\.$/, name);
  }
});

Deno.test("a default, and an example to copy, are values that the setting accepts", () => {
  for (const { name, parse, default: fallback, example } of settings) {
    for (const text of [fallback, example]) {
      if (text !== undefined) assert.equal(parse.safeParse(text).error, undefined, `${name}=${text}`);
    }
  }
});

Deno.test("the documentation says what happens if a variable isn't set", () => {
  for (const { name, default: fallback, unset } of settings) assert.ok(unset || fallback, name);
});

Deno.test("S41 every setting with a secret's name or a password is a secret, and its default is not shown", async () => {
  const named = settings.filter(({ name }) => /SECRET|PASSWORD|TOKEN|KEY|DATABASE_URL|SMTP_URL/.test(name));
  const files = await Promise.all(
    Object.keys(GENERATED_FILES).map((path) => Deno.readTextFile(new URL(path, ROOT))),
  );

  assert.deepEqual(
    named.filter(({ name, secret }) => !secret && name !== "ALLOW_UNHARDENED_DATABASE").map(({ name }) =>
      name
    ),
    [],
  );
  for (const { name, secret, default: fallback } of settings) {
    if (secret && fallback) assert.ok(files.every((text) => !text.includes(fallback)), name);
  }
});

Deno.test("guides are pages of docs/admin", async () => {
  for (const { guide } of settings) {
    if (guide) await Deno.stat(new URL(`docs/admin/${guide}`, ROOT));
  }
});

Deno.test("S46 only the CLI can read the administrator's password", () => {
  assert.ok(READABLE_VARIABLES.admin.includes(ADMIN_PASSWORD.name));
  assert.ok(!READABLE_VARIABLES.serve.includes(ADMIN_PASSWORD.name));
  for (const { name } of Object.values(SETTINGS)) assert.ok(READABLE_VARIABLES.serve.includes(name), name);
});

Deno.test("the tasks' permissions name the same data folder as its setting", () => {
  const { name, default: folder } = SETTINGS.dataDir;

  assert.deepEqual(denoConfig.permissions.data_dir, { env: [name] });
  assert.equal(permissionPath(undefined), folder);
  assert.deepEqual(denoConfig.permissions.serve!.write, [folder]);
  assert.deepEqual(denoConfig.permissions.admin!.write, [folder]);
});

Deno.test("a shell can read every value of .env.example when it is uncommented", async () => {
  const text = await Deno.readTextFile(new URL(".env.example", ROOT));
  const values = [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) =>
    [name!, value!] as const
  );

  assert.deepEqual(
    values.map(([name]) => name),
    settings.filter(({ setBy }) => !setBy).map(({ name }) => name),
  );
  assert.ok(values.some(([, value]) => value === '"Denizen <no-reply@example.com>"'));
  assert.deepEqual(values.filter(([, value]) => !/^("[^"$`\\]*"|[\w:/.@%,+-]*)$/.test(value)), []);
});

Deno.test("values have the types of their settings, and an empty or missing variable gives the default", () => {
  const table = {
    port: setting("PORT", {
      group: "Server",
      description: "A port.",
      parse: wholeNumber(1, 9_999),
      default: "8000",
    }),
    isOpen: setting("OPEN", { group: "Server", description: "Open.", parse: flag(), unset: "unknown" }),
  };
  const read = (variables: Record<string, string>) => {
    const result = readSettings(table, variables);
    assert.ok("values" in result);
    const { port, isOpen }: { port: number; isOpen: boolean | undefined } = result.values;
    return [port, isOpen];
  };

  assert.deepEqual(read({}), [8000, undefined]);
  assert.deepEqual(read({ PORT: "", OPEN: "" }), [8000, undefined]);
  assert.deepEqual(read({ PORT: "9000", OPEN: "1", OTHER: "x" }), [9000, true]);
  assert.deepEqual(readSettings(table, { PORT: "0", OPEN: "yes" }), {
    problems: ["PORT: must be a whole number from 1 to 9999", "OPEN: must be 0 or 1"],
  });
});

Deno.test("a parser says in one line what it accepts", () => {
  const messagesOf = (parser: Setting["parse"], text: string) =>
    parser.safeParse(text).error?.issues.map(({ message }) => message);

  for (const text of ["-1", "11", "1.5", "0x5", "1e1", "ten"]) {
    assert.deepEqual(messagesOf(wholeNumber(0, 10), text), ["must be a whole number from 0 to 10"], text);
  }
  assert.deepEqual(messagesOf(oneOf("all", "web", "worker"), "boss"), ["must be all, web or worker"]);
  assert.deepEqual(messagesOf(textOfLength(3), "ab"), ["must have at least 3 characters"]);
});
