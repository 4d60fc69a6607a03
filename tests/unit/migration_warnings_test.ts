import assert from "node:assert/strict";
import { findWarnings } from "../../db/migration/migration_warnings.ts";
import { readMigrations } from "../../db/migration/migrations.ts";
import { COMPATIBLE_SINCE } from "../../db/tenant/compatibility.ts";

/** Protects: an operator learns which statements block requests before they run. */

Deno.test("statements that lock for long cause a warning that says what to do instead", () => {
  const cases: [string, RegExp | null][] = [
    ["ALTER TABLE projects ADD COLUMN color text", null],
    ["ALTER TABLE projects ADD COLUMN color text DEFAULT 'red' NOT NULL", null],
    ["ALTER TABLE projects ADD COLUMN token uuid DEFAULT gen_random_uuid()", /differs from row to row/],
    ["ALTER TABLE projects ALTER COLUMN name SET DATA TYPE varchar(10)", /rewrites the table/],
    ["ALTER TABLE projects ALTER COLUMN name SET NOT NULL", /reads the whole table/],
    ["ALTER TABLE projects ADD CONSTRAINT x CHECK (name <> '')", /NOT VALID/],
    ["ALTER TABLE projects ADD CONSTRAINT x CHECK (name <> '') NOT VALID", null],
    ["ALTER TABLE projects ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES b(a)", /NOT VALID/],
    ["CREATE INDEX projects_color ON projects (color)", /nobody can write/],
    ["CREATE TABLE colors (name text); CREATE INDEX colors_name ON colors (name)", null],
    ["ALTER TABLE projects DROP COLUMN color", /First deploy code that doesn.t use it/],
    ["UPDATE projects SET color = 'red'", /changes rows in bulk/],
    ["-- UPDATE projects SET color = 'red'\nSELECT 1", null],
    ["VACUUM FULL projects", /rewrites the table/],
  ];
  for (const [sql, expected] of cases) {
    const warnings = findWarnings(sql).map(({ warning }) => warning).join();
    if (expected) assert.match(warnings, expected, sql);
    else assert.equal(warnings, "", sql);
  }
});

Deno.test("a first migration, which creates every table, causes no warning", async () => {
  for (const set of ["control", "tenant"] as const) {
    const [initial] = await readMigrations(set);
    assert.deepEqual(findWarnings(initial!.sql), []);
  }
});

Deno.test("a migration's checksum covers all earlier migrations", async () => {
  const migrations = await readMigrations("tenant");

  assert.equal(new Set(migrations.map(({ chain }) => chain)).size, migrations.length);
});

Deno.test("the oldest compatible version is one of the migrations", async () => {
  const versions = (await readMigrations("tenant")).map(({ version }) => version);

  assert.ok(COMPATIBLE_SINCE === null || versions.includes(COMPATIBLE_SINCE));
});
