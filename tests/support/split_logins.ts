import postgres from "postgres";
import { hardeningScript } from "../../db/migration/server_setup.ts";
import { randomBase32 } from "../../src/platform/crypto.ts";
import { serverUrl } from "./database.ts";

/** An empty database with two logins: one creates and migrates schemas, one is the application's. */
export type SplitLogins = {
  variables: { DATABASE_URL: string; MIGRATION_DATABASE_URL: string };
  migratorName: string;
  /** Runs a statement as a superuser, or as the application's login. */
  query(statement: string): Promise<Record<string, unknown>[]>;
  asApplication(statement: string): Promise<unknown>;
  close(): Promise<void>;
};

export async function openSplitLogins(): Promise<SplitLogins> {
  const suffix = randomBase32(8);
  const [name, migrator, application] = [
    `denizen_split_${suffix}`,
    `migrator_${suffix}`,
    `application_${suffix}`,
  ];
  await withConnection(serverUrl!, async (admin) => {
    for (const login of [migrator, application]) {
      const rights = login === migrator ? "createrole" : "nocreaterole";
      await admin.unsafe(`create role ${login} login noinherit ${rights} password '${login}'`);
    }
    await admin.unsafe(`create database ${name} owner ${migrator}`);
  });
  const adminUrl = urlOf(name, {});
  const applicationUrl = urlOf(name, { username: application, password: application });
  await withConnection(adminUrl, async (admin) => {
    await admin.unsafe(hardeningScript());
  });
  return {
    variables: {
      DATABASE_URL: applicationUrl,
      MIGRATION_DATABASE_URL: urlOf(name, { username: migrator, password: migrator }),
    },
    migratorName: migrator,
    query: (statement) => withConnection(adminUrl, async (admin) => [...await admin.unsafe(statement)]),
    asApplication: (statement) =>
      withConnection(applicationUrl, async (login) => [...await login.unsafe(statement)]),
    async close() {
      const roles = await withConnection(adminUrl, async (admin) => [
        ...await admin`select nspname as name from pg_namespace where nspname like 'tenant\\_%'`,
        ...await admin`select owner_role as name from control.installation union all select name from control.ready_roles`,
      ]);
      await withConnection(serverUrl!, async (admin) => {
        await admin.unsafe(`drop database ${name} with (force)`);
        for (const role of roles) await admin.unsafe(`drop role ${role.name}`);
        await admin.unsafe(`drop role ${migrator}, ${application}`);
      });
    },
  };
}

function urlOf(database: string, login: { username?: string; password?: string }): string {
  return Object.assign(new URL(`/${database}`, serverUrl), login).href;
}

/** A connection outside the product and its pooler. */
export async function withConnection<T>(
  url: string,
  work: (connection: postgres.Sql) => Promise<T>,
): Promise<T> {
  const connection = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
