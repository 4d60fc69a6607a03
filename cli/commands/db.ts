import { type Command, Option } from "@commander-js/extra-typings";
import { z } from "zod";
import { findDrift } from "../../db/migration/drift.ts";
import type { FleetProgress, FleetReport } from "../../db/migration/fleet.ts";
import { migrate, type MigrationReport } from "../../db/migration/migrate.ts";
import { migrationStatus, planMigration } from "../../db/migration/migration_status.ts";
import { findWarnings } from "../../db/migration/migration_warnings.ts";
import { type Migration, newestTenantMigration } from "../../db/migration/migrations.ts";
import { repairRoles } from "../../db/migration/repair.ts";
import { resetDatabase } from "../../db/migration/reset.ts";
import { describeProblems, findRoleProblems } from "../../db/migration/roles.ts";
import { HARDENING, hardeningScript } from "../../db/migration/server_setup.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { CommandFailure, parseOptions } from "../options.ts";
import { createOutput, type Output } from "../output.ts";
import { startProgress } from "../progress.ts";
import { withDatabase, withSystem } from "../session.ts";
import { addBackupCommands } from "./db_backup.ts";

const migrateOptions = z.object({
  concurrency: z.coerce.number().int().min(1).max(64).optional(),
  canary: z.coerce.number().int().min(1).optional(),
  maxFailures: z.coerce.number().min(0).max(100).transform((percent) => percent / 100),
});

export function define(db: Command): void {
  db.command("migrate").description(
    "Migrates the control schema and all tenant schemas to the latest version.",
  )
    .option("--concurrency <count>", "parallel transactions; default: 8, or 1 on the embedded database")
    .option("--canary <count>", "migrate this many tenants, then stop")
    .option("--max-failures <percent>", "stop after a wave in which more schemas failed", "10")
    .addOption(new Option("--dry-run", "print the SQL without running it").conflicts("canary"))
    .option("--json", "print JSON")
    .action(async ({ dryRun, json, ...given }) => {
      const output = createOutput(json === true);
      if (dryRun) return await printPlan(output);
      const options = parseOptions(migrateOptions, given);
      const progress = startProgress({ unit: "schemas", quiet: json === true, asLines: true });
      const onProgress = ({ total, migrated, failed }: FleetProgress) =>
        progress.show?.(migrated + failed, total, failed);
      const report = await withDatabase(async (db, config) => {
        await warnAboutLocks(db, output);
        const concurrency = options.concurrency ?? (config.databaseUrl ? undefined : 1);
        const report = await migrate(db, { ...options, concurrency, onProgress });
        await noteRoleProblems(db, output);
        return report;
      }).finally(progress.end);
      printReport(output, report);
    });

  db.command("status").description("Shows applied migrations and schemas that are behind.")
    .option("--drift", "compare every schema with the migrations")
    .option("--json", "print JSON")
    .action(async ({ drift, json }) => {
      const output = createOutput(json === true);
      if (drift) return await printDrift(output);
      const newest = await newestTenantMigration();
      const { control, versions, laggards, behind } = await withDatabase(async (db) => {
        await noteRoleProblems(db, output);
        return await migrationStatus(db);
      });
      output.data([
        ...control.map(({ version, applied }) => ({
          schema: "control",
          version,
          state: applied ? "applied" : "pending",
        })),
        ...versions.map(({ version, schemas, ready }) => ({
          schema: `${schemas} tenant ${schemas === 1 ? "schema" : "schemas"}, ${ready} of them ready`,
          version,
          state: version === newest.version ? "applied" : "behind",
        })),
        ...laggards.map(({ schema, subdomain, version, failure }) => ({
          schema: subdomain ?? schema,
          version,
          state: failure ? `failed: ${failure}` : "behind",
        })),
      ]);
      if (behind > laggards.length) output.note(`${behind - laggards.length} more schemas are behind.`);
    });

  db.command("seed").description("Adds two sample companies with members and projects.")
    .option("--demo", "add three workspaces with 90 days of work instead; migrates first, and runs only once")
    .option("--json", "print JSON")
    .action(async ({ demo, json }) => {
      const output = createOutput(json === true);
      if (demo) return await addDemo(output, json === true);
      const { seed } = await import("../seed.ts");
      output.data(await withSystem(seed));
      output.note("All sample users sign in with this password.");
    });

  db.command("repair").description("Recreates missing database roles with their owners and privileges.")
    .option("--dry-run", "print the SQL without running it")
    .option("--json", "print JSON")
    .action(async ({ dryRun, json }) => {
      const output = createOutput(json === true);
      const repairs = await withDatabase((db) => repairRoles(db, { dryRun: dryRun === true }));
      if (dryRun) output.text(repairs.map(({ sql }) => sql).join("\n"), repairs);
      else output.data({ repaired: repairs.map(({ target }) => target) });
      if (repairs.length === 0) return output.note("No roles are missing.");
      output.note(dryRun ? "Dry run: nothing changed." : "Done.");
    });

  addBackupCommands(db);

  db.command("hardening").description("Prints the SQL that a superuser runs once in a new database.")
    .option("--json", "print JSON")
    .action(({ json }) => {
      const rows = HARDENING.map(({ name, closes, statement }) => ({ name, closes, statement }));
      createOutput(json === true).text(hardeningScript(), rows);
    });

  db.command("reset").description("Deletes all data and migrates from scratch.")
    .option("--yes", "skip the confirmation")
    .option("--json", "print JSON")
    .action(async ({ yes, json }) => {
      const output = createOutput(json === true);
      await withDatabase(async (db, config) => {
        if (config.environment === "production") {
          throw new CommandFailure("Can't reset a production database. Drop it yourself.");
        }
        if (!yes && !isConfirmed()) throw new CommandFailure("Canceled. Nothing changed.");
        await resetDatabase(db);
        await migrate(db);
      });
      output.data({ reset: true });
    });
}

async function addDemo(output: Output, quiet: boolean): Promise<void> {
  const { ADMIN, seedDemo } = await import("../demo/demo.ts");
  const { refuseInProduction } = await import("../demo/companies.ts");
  const progress = startProgress({ unit: "steps", quiet });
  const signIns = await withDatabase(async (db, config) => {
    refuseInProduction(config);
    await migrate(db);
    return await seedDemo(config, db, systemClock.now(), progress.show);
  }).finally(progress.end);
  output.data(signIns);
  output.note(`The back office at /admin: ${ADMIN.email}, with the same password.`);
}

type Db = Parameters<typeof migrate>[0];

function printReport(output: Output, { control, fleet }: MigrationReport): void {
  const { migrated, failed, left, stopped } = fleet;
  output.data({ control, migrated, failed: failed.length, left, stopped });
  for (const { schema, reason } of failed) output.note(`${schema}: ${reason}`);
  if (stopped === "canary") {
    output.note(`Stopped after the canary. ${left} schemas remain. Run the command again without --canary.`);
  }
  const problem = problemOf(fleet);
  if (problem) throw new CommandFailure(problem);
  if (!stopped) output.note(control.length + migrated === 0 ? "Everything is up to date." : "Done.");
}

function problemOf({ failed, left, stopped }: FleetReport): string | undefined {
  if (stopped === "failures") {
    return `Stopped: ${failed.length} schemas failed. ${left} schemas were not migrated.`;
  }
  return failed.length > 0
    ? `${failed.length} schemas failed; the others were migrated. Run: denizen db status`
    : undefined;
}

async function noteRoleProblems(db: Db, output: Output): Promise<void> {
  const problems = await findRoleProblems(db);
  if (problems.length > 0) output.note(`Missing roles: ${describeProblems(problems)}`);
}

/** Warns about locks that the pending migrations take. */
async function warnAboutLocks(db: Db, output: Output): Promise<void> {
  const { control, tenants } = await planMigration(db);
  for (
    const { version, sql } of withoutDuplicates([
      ...control,
      ...tenants.flatMap(({ migrations }) => migrations),
    ])
  ) {
    for (const { statement, warning } of findWarnings(sql)) {
      output.note(`${version}: ${statement}\n  ${warning}`);
    }
  }
}

async function printPlan(output: Output): Promise<void> {
  const { control, tenants } = await withDatabase((db) => planMigration(db));
  output.data([
    ...control.map(({ version, sql }) => ({ schema: "control", schemas: 1, version, sql })),
    ...tenants.flatMap(({ from, schemas, migrations }) =>
      migrations.map(({ version, sql }) => ({ schema: `tenants at ${from}`, schemas, version, sql }))
    ),
  ]);
}

async function printDrift(output: Output): Promise<void> {
  const drifts = await withDatabase((db) => findDrift(db));
  output.data(drifts.flatMap(({ schema, missing, unexpected }) => [
    ...missing.map((what) => ({ schema, difference: "missing", what })),
    ...unexpected.map((what) => ({ schema, difference: "unexpected", what })),
  ]));
  if (drifts.length > 0) throw new CommandFailure(`${drifts.length} schemas differ from the migrations.`);
  output.note("All schemas match the migrations.");
}

function withoutDuplicates(migrations: Migration[]): Migration[] {
  return [...new Map(migrations.map((migration) => [migration.sql, migration])).values()];
}

function isConfirmed(): boolean {
  if (!Deno.stdin.isTerminal()) {
    throw new CommandFailure("This deletes all data. Add --yes to skip the confirmation.");
  }
  return confirm("Delete all tenants, users and their data?");
}
