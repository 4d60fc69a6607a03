/**
 * `deno task test`: all tests except the browser tests. Those that compare times run last, one file at a time. With files, such as
 * `deno task test tests/api/projects_test.ts`, only those.
 */
import { dirname, normalize } from "node:path";
import { runSuite, type TestRun } from "./support/suite.ts";

/** Two more than there are cores, because some tests wait. */
const PARALLEL_GROUPS = navigator.hardwareConcurrency + 2;
const DATABASE_FACING = ["tests/api", "tests/auth", "tests/integration", "tests/security"];
const TIMING: TestRun = { report: "timing", folders: ["tests/timing"] };

/** Tests of transactions, roles, locks, notifications and queues, which a pooler in transaction mode can change. */
const THROUGH_POOLER = new Set([
  ...[
    "analytics_rollups",
    "availability",
    "campaigns_killed",
    "campaigns_sending",
    "concurrency",
    "connections",
  ],
  ...["contact_imports", "database_addresses", "email_delivery", "event_stream", "events", "full_database"],
  ...[
    "heavy_reports",
    "idempotency",
    "isolation_sql",
    "jobs",
    "jobs_processes",
    "jobs_silence",
    "jobs_trouble",
  ],
  ...[
    "live_feeds",
    "many_workspaces",
    "metrics",
    "migration_processes",
    "migrations",
    "notifications",
    "projects",
  ],
  ...[
    "readme_database",
    "ready_schemas",
    "repair",
    "report_queries",
    "report_replica",
    "request_log_writing",
  ],
  ...[
    "requests",
    "schedules",
    "sessions",
    "sign_up",
    "sql_defense",
    "stopping",
    "stream",
    "tenant_lifecycle",
  ],
  ...["usage", "webhooks", "workspace_archive", "workspace_exports"],
]);

const LONGEST = ["campaigns_killed", "generator", "event_stream", "cli"];
const LAST = [
  ...[
    "rename",
    "jobs_processes",
    "mutation",
    "server",
    "cli_progress",
    "embedded_backup",
    "html",
    "concurrency",
  ],
  ...["data_folder", "request_log_processes", "requests"],
];

const files = Deno.args.filter((argument) => argument !== "--");

await runSuite(
  { report: "results", ...filesToRun(), longest: LONGEST, last: LAST, parallelGroups: PARALLEL_GROUPS },
  ...(files.length > 0 || Deno.env.get("TEST_POOLER_URL") ? [] : [TIMING]),
);

/** A database server changes nothing for units, which have no database, or installations, which have their own. */
function filesToRun(): Pick<TestRun, "folders" | "only" | "files"> {
  if (files.length > 0) {
    return { folders: [...new Set(files.map(dirname))], files: new Set(files.map(normalize)) };
  }
  if (Deno.env.get("TEST_POOLER_URL")) return { folders: DATABASE_FACING, only: THROUGH_POOLER };
  if (Deno.env.get("TEST_DATABASE_URL")) return { folders: DATABASE_FACING };
  return { folders: ["tests/unit", "tests/installation", ...DATABASE_FACING] };
}
