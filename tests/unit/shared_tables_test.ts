import assert from "node:assert/strict";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { is } from "drizzle-orm";
import { archiveTables } from "../../src/exports/archive_table.ts";
import { LEFT_OUT, SHARED_TABLES, TENANT_RULES } from "../../src/exports/shared_tables.ts";
import { FEATURES } from "../../src/feature_list.ts";

/** Protects: every table with rows of tenants is in an archive or left out for a reason, and an archive has no secret. */

const tables = await readTables();

Deno.test("each table with rows of tenants is either archived or left out with a reason", () => {
  const ofTenants = tables.filter(({ columns }) => columns.some(({ name }) => name === "tenant_id"))
    .map(({ schema, name }) => `${schema}.${name}`);
  const archived = SHARED_TABLES.map(({ table }) => nameOf(table));

  assert.deepEqual(
    ofTenants.filter((name) => archived.includes(name) === name in LEFT_OUT),
    [],
    "Add these tables to SHARED_TABLES or to LEFT_OUT in src/exports/shared_tables.ts.",
  );
});

Deno.test("no archive has a sealed column, a hash, a key, or a token", () => {
  const columns = archiveTables(FEATURES.flatMap(({ tables }) => tables))
    .filter(({ area }) => area !== "workspace")
    .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`));

  assert.deepEqual(
    columns.filter((name) => /sealed|token|secret|password|publishable|link_hash/.test(name)),
    [],
  );
});

Deno.test("an archive reads a shared table in the order of its primary key, so that no page sorts the table", () => {
  const archived = archiveTables(FEATURES.flatMap(({ tables }) => tables));
  const keys = SHARED_TABLES.map(({ table }) => getTableConfig(table))
    .flatMap(({ name, schema, primaryKeys: [key] }) => key ? [{ name, schema, key }] : []);

  assert.ok(keys.length > 0);
  for (const { name, schema, key } of keys) {
    const table = archived.find((each) => each.area === schema && each.name === name)!;
    const expected = key.columns.map((column) => column.name).filter((column) => column !== "tenant_id");
    assert.deepEqual(table.key.map((column) => column.name), expected, name);
  }
});

Deno.test("what is left out of a table exists in it", () => {
  const missing = SHARED_TABLES.flatMap(({ table, leftOut = [], ids = [], people = [] }) => {
    const names = getTableConfig(table).columns.map(({ name }) => name);
    return [...leftOut, ...ids, ...people].filter((name) => !names.includes(name));
  });

  assert.deepEqual(missing, []);
});

Deno.test("rows that change on arrival name the accounts that their people have in the new installation", () => {
  const changed = [...SHARED_TABLES, ...TENANT_RULES].filter(({ arrive, ids }) => arrive || ids);
  const forgotten = changed.flatMap(({ table, people = [] }) =>
    getTableConfig(table).columns
      .filter((column) =>
        column.getSQLType() === "uuid" && /(_by|user_id|owner_id|actor_id|person_id)$/.test(column.name)
      )
      .filter(({ name }) => !people.includes(name)).map(({ name }) => `${getTableConfig(table).name}.${name}`)
  );

  assert.deepEqual(forgotten, []);
});

Deno.test("parts of a tenant's own tables follow a key, so that pages can follow each other", () => {
  const ofFeatures = archiveTables(FEATURES.flatMap(({ tables }) => tables))
    .filter(({ area }) => area === "workspace");

  assert.deepEqual(ofFeatures.filter(({ key }) => key.length === 0).map(({ name }) => name), []);
});

function nameOf(table: PgTable): string {
  const { schema, name } = getTableConfig(table);
  return `${schema}.${name}`;
}

async function readTables() {
  const found = new Map<string, ReturnType<typeof getTableConfig>>();
  for (const set of ["control", "stream"]) {
    const folder = new URL(`../../db/${set}/schema/`, import.meta.url);
    for await (const { name } of Deno.readDir(folder)) {
      const module = await import(new URL(name, folder).href);
      for (const each of Object.values(module)) {
        if (is(each, PgTable)) found.set(nameOf(each), getTableConfig(each));
      }
    }
  }
  return [...found.values()];
}
