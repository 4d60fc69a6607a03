import type { Command } from "@commander-js/extra-typings";
import { type Backup, readBackup } from "../../db/backup/backup_file.ts";
import { backUpEmbedded, drillEmbedded, restoreEmbedded } from "../../db/backup/embedded_backup.ts";
import { backUpServer, drill, type RestoreReport, restoreServer } from "../../db/backup/server_backup.ts";
import { type Config, loadConfig } from "../../src/config.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createOutput } from "../output.ts";
import { counted, type Progress, startProgress } from "../progress.ts";

const STORED = "s3:";

export function addBackupCommands(db: Command): void {
  db.command("backup").description("Writes the whole database to one file, or stores it in the bucket.")
    .argument("[file]", "a new file; default: the bucket of BACKUP_BUCKET_URL")
    .option("--json", "print JSON")
    .action(async (file, { json }) => {
      const output = createOutput(json === true);
      const config = loadConfig();
      const now = systemClock.now();
      const progress = startProgress({ unit: "bytes", quiet: json === true });
      const write = (file: string) => backUp(config, file, now, progress.show).finally(progress.end);
      if (file) {
        output.data(await write(file));
      } else {
        const { storeBackup } = await import("../../src/backups/stored_backups.ts");
        const { report, name, deleted } = await storeBackup(config, now, write);
        output.data({ ...report, file: STORED + name, deleted });
      }
      output.note("Keep APP_SECRET as well: a restored database needs the same one.");
    });

  db.command("backups").description("Lists the backups in the bucket, oldest first.")
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      const { listStoredBackups } = await import("../../src/backups/stored_backups.ts");
      const names = await listStoredBackups(loadConfig());
      createOutput(json === true).data(names.map((name) => ({ backup: STORED + name })));
    });

  db.command("restore").description("Restores a backup into an empty database, and compares every table.")
    .argument("<file>", `a file, ${STORED}latest, or a name that db backups lists`)
    .option("--drill", "restore into a new database beside, compare, and drop it again")
    .option("--json", "print JSON")
    .action(async (file, { drill: isDrill, json }) => {
      const output = createOutput(json === true);
      const config = loadConfig();
      const progress = startProgress({ unit: "bytes", quiet: json === true });
      const { newRoles, newLogins, ...report } = await withFile(
        config,
        file,
        async (path) => await restore(config, await readCounted(path, progress), isDrill === true),
      ).finally(progress.end);
      output.data({ ...report, newRoles: newRoles.length, newLogins });
      if (isDrill) return output.note("The backup can be restored. Every table has its rows.");
      for (const login of newLogins) {
        output.note(`The login "${login}" has no password yet. As a superuser, run: \\password ${login}`);
      }
      output.note(
        "Next: set APP_SECRET to the secret of that time, run: denizen config check, and start the server.",
      );
    });
}

async function backUp(config: Config, file: string, now: Date, onProgress?: Progress["show"]) {
  const url = config.backupDatabaseUrl ?? config.databaseUrl;
  return url
    ? await backUpServer(url, file, now, onProgress)
    : await backUpEmbedded(config.dataDir, file, now, onProgress);
}

/** A checked backup that shows how much of it was restored. */
async function readCounted(path: string, progress: Progress): Promise<Backup> {
  const backup = await readBackup(path);
  const { size } = await Deno.stat(path);
  let done = 0;
  return {
    ...backup,
    content: async () => counted(await backup.content(), (bytes) => progress.show?.(done += bytes, size)),
  };
}

async function restore(config: Config, backup: Backup, isDrill: boolean): Promise<RestoreReport> {
  const url = config.migrationDatabaseUrl ?? config.databaseUrl;
  if (url) return await (isDrill ? drill : restoreServer)(url, backup);
  const report = await (isDrill ? drillEmbedded : restoreEmbedded)(config.dataDir, backup);
  return { ...report, newRoles: [], newLogins: [] };
}

async function withFile<T>(config: Config, file: string, work: (path: string) => Promise<T>): Promise<T> {
  if (!file.startsWith(STORED)) return await work(file);
  const { withStoredBackup } = await import("../../src/backups/stored_backups.ts");
  return await withStoredBackup(config, file.slice(STORED.length), work);
}
