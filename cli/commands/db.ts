import { Command } from "@commander-js/extra-typings";
import { migrate, migrationStatus } from "../../db/migrate.ts";
import { resetDatabase } from "../../db/reset.ts";
import { seed } from "../seed.ts";
import { conflict } from "../../src/errors.ts";
import { createOutput } from "../output.ts";
import { withDatabase, withSystem } from "../session.ts";

export function dbCommand() {
  const db = new Command("db").description("The database: migrations, sample data, a new start.");

  db.command("migrate").description(
    "Brings the control schema and all tenants' schemas to the newest version.",
  )
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const output = createOutput(json === true);
      const { control, tenants } = await withDatabase((db) => migrate(db));
      const applied = [{ schema: "control", migrations: control }].filter(({ migrations }) =>
        migrations.length > 0
      )
        .concat(tenants.map(({ subdomain, versions }) => ({ schema: subdomain, migrations: versions })));
      output.data(applied);
      output.note(applied.length === 0 ? "Everything is up to date." : "Done.");
    });

  db.command("status").description("Shows which migrations are applied where.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const { control, tenants } = await withDatabase((db) => migrationStatus(db));
      const rows = [
        ...control.map(({ version, applied }) => ({
          schema: "control",
          version,
          state: applied ? "applied" : "pending",
        })),
        ...tenants.map(({ subdomain, version, pending }) => ({
          schema: subdomain,
          version: version ?? "",
          state: pending === 0 ? "applied" : `${pending} pending`,
        })),
      ];
      createOutput(json === true).data(rows);
    });

  db.command("seed").description("Adds two sample companies with people and projects.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const output = createOutput(json === true);
      output.data(await withSystem(seed));
      output.note("Everyone signs in with the password shown.");
    });

  db.command("reset").description("Removes every tenant, user and setting, and migrates from nothing.")
    .option("--yes", "don't ask")
    .option("--json", "print JSON")
    .action(async ({ yes, json }) => {
      const output = createOutput(json === true);
      await withDatabase(async (db, config) => {
        if (config.environment === "production") {
          throw conflict("A production database is not reset. Drop it yourself.");
        }
        if (!yes && !agrees()) throw conflict("Nothing was changed.");
        await resetDatabase(db);
        await migrate(db);
      });
      output.data({ reset: true });
    });

  return db;
}

function agrees(): boolean {
  if (!Deno.stdin.isTerminal()) {
    throw conflict("This removes all data. Add --yes to do it without a question.");
  }
  return confirm("Remove all tenants, users and their data?");
}
