import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { connect } from "../../db/connection/connect.ts";
import { withTenant } from "../../db/connection/with_tenant.ts";
import type { PostgresManifest } from "../../db/backup/backup_file.ts";
import { requireProgram } from "../../db/backup/programs.ts";
import { rolesScript } from "../../db/backup/roles.ts";
import { migrate } from "../../db/migration/migrate.ts";
import { provisionSchema } from "../../db/migration/provision.ts";
import { findRoleProblems } from "../../db/migration/roles.ts";
import { findDrift } from "../../db/migration/drift.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { randomBase32 } from "../../src/platform/crypto.ts";
import { documentedSteps, parseTask } from "../support/backup_docs.ts";
import { serverUrl } from "../support/database.ts";
import { hasPostgresPrograms, shell } from "../support/postgres_programs.ts";
import { backupTask, cli } from "../support/process.ts";
import { PRODUCTION } from "../support/production.ts";
import { readmeSql } from "../support/readme_sql.ts";
import { S3Double } from "../support/s3_double.ts";
import { withConnection } from "../support/split_logins.ts";
import { hasTerminals, inTerminal } from "../support/terminal.ts";

/**
 * Protects: a backup made as docs/admin/backup.md says brings a lost installation back with its roles, and its tenants stay
 * isolated. A restore that can't succeed is refused before it changes anything.
 */

const ignore = !serverUrl || !await hasPostgresPrograms(serverUrl);

Deno.test({
  name:
    "S54 an installation that is backed up and restored as the documentation says keeps its tenants isolated",
  ignore,
  async fn(t) {
    await using lost = await Installation.open();
    await using s3 = new S3Double();
    const identity = await generateX25519Identity();
    const { acme, globex, folder, name } = lost;
    const steps = await documentedSteps([
      ["denizen", name],
      ["db.example.com", new URL(serverUrl!).host],
      [".data/", `${folder}/`],
      ["AGE-SECRET-KEY-…", identity],
      ["postgres:…@", "postgres@"],
      ["…", "secret"],
    ]);
    const [loginSql, backup, rehearsal, storage, storedDrill, createSql, restore, passwordSql, ...more] =
      steps;
    const [check, copySql, oneTenant, byHand] = more;
    const file = `${folder}/backups/monday.backup`;
    const settings = {
      ...PRODUCTION,
      ...s3.variables,
      BACKUP_AGE_RECIPIENT: await identityToRecipient(identity),
      DATA_DIR: folder,
      JOBS_ENGINE: "postgres",
      DATABASE_URL: lost.url,
    };
    const run = ({ text }: { text: string }) => {
      const { variables, task, args } = parseTask(text);
      const all = { ...settings, ...variables };
      return task === "admin" ? cli(all, ...args) : backupTask(task as "backup" | "restore", all, ...args);
    };

    await t.step("the backup login writes a backup that the drill restores", async () => {
      await lost.runSql(loginSql!.text);
      const made = await run(backup!);
      const drilled = await run(rehearsal!);
      assert.equal(made.code, 0, made.stderr);
      assert.equal(drilled.code, 0, drilled.stderr);
      assert.match(drilled.stderr, /The backup can be restored\. Every table has its rows\./);
      assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
      assert.equal((await lost.databases()).join(), name, "the drill's database is gone");
    });

    await t.step({
      name: "in a terminal, the backup shows how far it is",
      ignore: !await hasTerminals(),
      async fn() {
        const { variables } = parseTask(backup!.text);
        const shown = await inTerminal(
          "backup",
          { ...variables, DATA_DIR: folder },
          `${folder}/shown.backup`,
        );
        assert.match(shown, /█ \d+ of \d+ MB, \d+ MB\/s, \d+ s left/);
      },
    });

    await t.step("PostgreSQL's own programs can read the file", async () => {
      const { success, stdout } = await shell(byHand!.text);
      assert.ok(success);
      assert.match(stdout, new RegExp(`TABLE DATA ${acme} projects`));
    });

    await t.step("the bucket gets an encrypted backup that the drill restores", async () => {
      const [store, list] = storage!.text.split("\n");
      const { BACKUP_DATABASE_URL } = parseTask(backup!.text).variables;
      const stored = await run({ text: `BACKUP_DATABASE_URL=${BACKUP_DATABASE_URL} ${store}` });
      const listed = await run({ text: `${list} --json` });
      const drilled = await run(storedDrill!);
      const [{ backup: name }] = JSON.parse(listed.stdout);
      assert.equal(stored.code, 0, stored.stderr);
      assert.deepEqual([...s3.objects.keys()], [name.replace("s3:", "folder/")]);
      assert.match(drilled.stderr, /The backup can be restored/);
    });

    const before = await lost.privileges();
    await lost.lose();

    await t.step("the restore creates the roles, and says which logins need a password", async () => {
      await lost.runSql(createSql!.text);
      const { code, stderr } = await run(restore!);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`The login "${name}" has no password yet.*\\\\password ${name}\n`));
      assert.match(stderr, new RegExp(`The login "${name}_backup" has no password yet`));
      assert.match(stderr, /Next: set APP_SECRET/);
      await lost.runSql(passwordSql!.text);
    });

    await t.step("config check finds no problems, and every schema matches the migrations", async () => {
      const { code, stdout } = await run(check!);
      assert.equal(code, 0, stdout);
      await lost.withApplication(async (db) => {
        assert.deepEqual(await findRoleProblems(db), []);
        assert.deepEqual(await findDrift(db), []);
      });
    });

    await t.step(
      "owners, privileges, policies, memberships and login attributes are the same as before",
      async () => {
        assert.ok(before.length > 100);
        assert.deepEqual(await lost.privileges(), before);
      },
    );

    await t.step("a tenant's role reads its rows and no other tenant's", async () => {
      await lost.withApplication(async (db) => {
        const read = (as: SchemaName, schema: SchemaName) =>
          withTenant(db, as, (tx) => tx.execute(sql.raw(`select name from ${schema}.projects`)));
        assert.deepEqual([...await read(acme, acme)], [{ name: "Acme's" }]);
        assert.deepEqual([...await read(globex, globex)], [{ name: "Globex's" }]);
        await assert.rejects(async () => await read(acme, globex), isDenied);
        assert.deepEqual(
          [...await withTenant(db, acme, (tx) => tx.execute(sql.raw("select * from stream.api_usage")))],
          [],
        );
        await assert.rejects(
          async () =>
            await withTenant(
              db,
              acme,
              (tx) => tx.execute(sql.raw(`select set_config('role', '${globex}', true)`)),
            ),
          isDenied,
        );
        await assert.rejects(
          async () => await db.control.execute(sql.raw(`select * from ${acme}.projects`)),
          isDenied,
        );
      });
    });

    await t.step("one tenant of the backup comes back beside its original", async () => {
      await lost.runSql(copySql!.text);
      for (const text of oneTenant!.text.split("\n")) {
        const { code, stderr } = await run({ text });
        assert.equal(code, 0, stderr);
      }
      const { stdout } = await cli(settings, "tenants", "list", "--json");
      const subdomains = JSON.parse(stdout).map(({ subdomain }: { subdomain: string }) => subdomain);
      assert.deepEqual(subdomains.sort(), ["acme", "acme-monday"]);
    });

    await t.step("new tenants can be created, and the restored database can be backed up", async () => {
      await lost.withApplication(async (db) => void await provisionSchema(db));
      const again = await run({ text: backup!.text.replace("monday", "tuesday") });
      assert.equal(again.code, 0, again.stderr);
    });
  },
});

Deno.test({
  name: "a backup or restore that can't succeed says why, and changes nothing",
  ignore,
  async fn(t) {
    await using source = await Installation.open();
    const { folder, superuser } = source;
    const file = `${folder}/good.backup`;
    const application = { DATA_DIR: folder, DATABASE_URL: source.url };
    const asSuperuser = { ...application, BACKUP_DATABASE_URL: superuser };
    const toItself = { ...application, MIGRATION_DATABASE_URL: superuser };
    const inDrill = { ...application, MIGRATION_DATABASE_URL: serverUrl! };
    const pathWith = async (...fake: Parameters<typeof fakeProgram>) =>
      `${await fakeProgram(...fake)}:${Deno.env.get("PATH")}`;
    const made = await backupTask("backup", asSuperuser, file);
    assert.equal(made.code, 0, made.stderr);

    const refusals: [name: string, attempt: () => ReturnType<typeof cli>, message: RegExp][] = [
      [
        "the application's login",
        () => backupTask("backup", application, `${folder}/new.backup`),
        /may not read the whole database.*docs\/admin\/backup\.md.*BACKUP_DATABASE_URL/,
      ],
      [
        "a file that exists",
        () => backupTask("backup", asSuperuser, file),
        /good\.backup" exists/,
      ],
      [
        "a file outside DATA_DIR",
        () => backupTask("backup", asSuperuser, "/tmp/outside.backup"),
        /may not write "\/tmp\/outside\.backup"\. Name a file in DATA_DIR/,
      ],
      [
        "the CLI without the permission to run pg_dump",
        () => cli(asSuperuser, "db", "backup", `${folder}/new.backup`),
        /may not run pg_dump\. Run "deno task backup FILE"/,
      ],
      [
        "a pg_dump that is older than the server",
        async () => {
          const PATH = await pathWith(folder, "pg_dump", "9.6");
          return await backupTask("backup", { ...asSuperuser, PATH }, `${folder}/new.backup`);
        },
        /pg_dump 9 is older than PostgreSQL \d+\. Install/,
      ],
      [
        "no pg_dump",
        async () => {
          const bin = `${folder}/only_deno`;
          const variables =
            `-i HOME=${folder} PATH=${bin} DATA_DIR=${folder} BACKUP_DATABASE_URL=${superuser}`;
          const run = `deno run -q --no-prompt -P=backup --allow-read=.,${folder} --allow-write=${folder}`;
          const { success, stdout } = await shell(
            `mkdir ${bin} && ln -s "$(readlink -f /proc/$PPID/exe)" ${bin}/deno &&
            env ${variables} ${bin}/${run} cli/main.ts db backup ${folder}/new.backup 2>&1`,
          );
          return { code: Number(!success), stdout, stderr: stdout };
        },
        /pg_dump is not installed\. Install PostgreSQL's client programs, version \d+ or later/,
      ],
      [
        "a pg_restore that is older than the backup",
        async () => {
          const PATH = await pathWith(folder, "pg_restore", "9.6");
          return await backupTask("restore", { ...inDrill, PATH }, "--drill", file);
        },
        /pg_restore 9 is older than PostgreSQL \d+\. Install/,
      ],
      [
        "a drill in which pg_restore fails",
        async () => {
          const PATH = await pathWith(folder, "pg_restore", "99.1");
          return await backupTask("restore", { ...inDrill, PATH }, "--drill", file);
        },
        /pg_restore failed: disk full\nThe backup could not be restored/,
      ],
      [
        "a login that is no superuser",
        () => backupTask("restore", application, file),
        /is not a superuser.*MIGRATION_DATABASE_URL.*Nothing changed/,
      ],
      [
        "a database that isn't empty",
        () => backupTask("restore", toItself, file),
        /is not empty\. Nothing changed/,
      ],
      [
        "a file with one changed byte",
        async () => {
          const damaged = await copyWith(file, (bytes) => bytes[bytes.length - 100]! ^= 1);
          return await backupTask("restore", toItself, damaged);
        },
        /is damaged: its content does not match its SHA-256/,
      ],
      [
        "a file that is no backup",
        async () => {
          const other = await copyWith(file, (bytes) => bytes[0]! ^= 1);
          return await backupTask("restore", toItself, other);
        },
        /is not a backup/,
      ],
    ];
    for (const [what, attempt, message] of refusals) {
      await t.step(what, async () => {
        const { code, stderr } = await attempt();
        assert.equal(code, 1, stderr);
        assert.match(stderr, message);
      });
    }

    await t.step("nothing is left behind", async () => {
      const files = (await Array.fromAsync(Deno.readDir(folder))).filter(({ isFile }) => isFile);
      assert.deepEqual(files.map(({ name }) => name).sort(), ["copy.backup", "good.backup"]);
      assert.deepEqual(await source.databases(), [source.name]);
      await source.withApplication(async (db) => assert.deepEqual(await findDrift(db), []));
    });
  },
});

Deno.test("a backup of an older PostgreSQL gives the login the right to administer its roles on a newer one", () => {
  const manifest = {
    kind: "postgres",
    version: "0.1.0",
    createdAt: "2026-01-01T00:00:00Z",
    serverVersion: 150_000,
    dumpVersion: 15,
    databaseOwner: "denizen",
    roles: [
      { name: "denizen", login: true, inherit: false, createRole: true, bypassRls: false },
      { name: "tenant_a", login: false, inherit: true, createRole: false, bypassRls: false },
      { name: 'odd "name', login: true, inherit: true, createRole: false, bypassRls: true },
    ],
    memberships: [
      { role: "tenant_a", member: "denizen", admin: false, inherit: false, set: true },
      { role: "pg_read_all_data", member: 'odd "name', admin: false, inherit: true, set: true },
    ],
    rows: {},
  } satisfies PostgresManifest;

  const script = (version: number) => rolesScript(manifest, ["tenant_a", 'odd "name'], version).split("\n");

  assert.deepEqual(script(150_000), [
    'CREATE ROLE "tenant_a" NOLOGIN INHERIT;',
    'CREATE ROLE "odd ""name" LOGIN INHERIT BYPASSRLS;',
    'GRANT "tenant_a" TO "denizen";',
    'GRANT "pg_read_all_data" TO "odd ""name";',
  ]);
  assert.deepEqual(script(180_000).slice(2), [
    'GRANT "pg_read_all_data" TO "odd ""name" WITH ADMIN FALSE, INHERIT TRUE, SET TRUE;',
    'GRANT "tenant_a" TO "denizen" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE;',
  ]);
});

Deno.test("a drill grants only memberships of the roles that it creates", () => {
  const role = { login: false, inherit: true, createRole: false, bypassRls: false };
  const membership = { admin: false, inherit: true, set: true };
  const manifest = {
    kind: "postgres",
    version: "0.1.0",
    createdAt: "2026-01-01T00:00:00Z",
    serverVersion: 180_000,
    dumpVersion: 18,
    databaseOwner: "denizen",
    roles: [{ name: "denizen", ...role, login: true }, { name: "tenant_a", ...role }, {
      name: "tenant_b",
      ...role,
    }],
    memberships: [
      { role: "pg_read_all_data", member: "denizen", ...membership },
      { role: "tenant_a", member: "denizen", ...membership },
      { role: "tenant_b", member: "denizen", ...membership },
    ],
    rows: {},
  } satisfies PostgresManifest;

  assert.deepEqual(rolesScript(manifest, ["tenant_b"], 180_000, { keepsOthers: true }).split("\n"), [
    'CREATE ROLE "tenant_b" NOLOGIN INHERIT;',
    'GRANT "tenant_b" TO "denizen" WITH ADMIN FALSE, INHERIT TRUE, SET TRUE;',
  ]);
});

Deno.test("a process without the permission to run pg_dump says which task has it", async () => {
  await assert.rejects(
    requireProgram("pg_dump", 15),
    /may not run pg_dump\. Run "deno task backup FILE" or "deno task restore FILE"/,
  );
});

/** A production-like installation that belongs to one test, logins included. */
class Installation implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly name = `denizen_backup_${randomBase32(8)}`;
  readonly superuser = new URL(`/${this.name}`, serverUrl).href;
  readonly url = Object.assign(new URL(this.superuser), { username: this.name, password: "secret" }).href;
  acme!: SchemaName;
  globex!: SchemaName;

  static async open(): Promise<Installation> {
    const installation = new Installation();
    const { onServer, inDatabase } = await readmeSql();
    const named = onServer.replaceAll("denizen", installation.name).replace("…", "secret");
    await installation.runSql(`${named}\n\\connect ${installation.name}\n${inDatabase}`);
    await installation.withApplication(async (db) => {
      await migrate(db);
      installation.acme = await provisionSchema(db);
      installation.globex = await provisionSchema(db);
    });
    const variables = {
      ...PRODUCTION,
      JOBS_ENGINE: "postgres",
      DATABASE_URL: installation.url,
      DATA_DIR: installation.folder,
    };
    await cli(variables, "tenants", "create", "Acme", "acme", "--owner-email", "ada@acme.example");
    await withConnection(installation.superuser, async (admin) => {
      for (const [schema, name] of [[installation.acme, "Acme's"], [installation.globex, "Globex's"]]) {
        await admin.unsafe(
          `insert into ${schema}.projects (id, name, created_at, updated_at)
          values (gen_random_uuid(), $1, now(), now())`,
          [name!],
        );
      }
      await admin`insert into stream.api_usage (tenant_id, day, calls) values (gen_random_uuid(), '2026-01-01', 1)`;
    });
    return installation;
  }

  /** Runs statements as psql does, outside a transaction and as a superuser. */
  async runSql(script: string): Promise<void> {
    const [onServer, inDatabase] = script.split(/^\\connect \S+\n/m);
    for (const [url, part] of [[serverUrl!, onServer], [this.superuser, inDatabase]] as const) {
      for (const statement of part?.split(/;$/m).filter((each) => each.trim()) ?? []) {
        await withConnection(url, (admin) => admin.unsafe(statement));
      }
    }
  }

  async withApplication<T>(work: (db: ReturnType<typeof connect>) => Promise<T>): Promise<T> {
    const db = connect({ url: this.url }, { connections: 4 });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }

  async databases(): Promise<string[]> {
    return await withConnection(serverUrl!, async (admin) => {
      const rows = await admin`select datname as name from pg_database where datname = ${this.name}
        or datname like 'denizen\\_drill\\_%'`;
      return rows.map(({ name }) => name);
    });
  }

  /** Every owner, privilege, policy and membership of the installation, one a line. */
  async privileges(): Promise<string[]> {
    return await withConnection(this.superuser, async (admin) => {
      const rows = await admin`
        with own as (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
          lines as (
          select format('%s %s %s', oid::regclass, relowner::regrole, relacl) as line from pg_class
            where relnamespace in (select oid from own) and relkind in ('r', 'p', 'S', 'v')
          union all select format('%s %s %s', oid::regprocedure, proowner::regrole, proacl) from pg_proc
            where pronamespace in (select oid from own) or proname = 'set_config'
          union all select format('%s %s %s', nspname, nspowner::regrole, nspacl) from pg_namespace
            where oid in (select oid from own)
          union all select format('%s %s', datdba::regrole, datacl) from pg_database
            where datname = current_database()
          union all select format('%s %s %s', defaclrole::regrole, defaclnamespace::regnamespace, defaclacl)
            from pg_default_acl
          union all select format('%s.%s %s %s %s %s', schemaname, tablename, policyname, roles, qual, with_check)
            from pg_policies
          union all select format('%s %s %s', roleid::regrole, member::regrole, admin_option) from pg_auth_members
            where pg_get_userbyid(member) like ${this.name + "%"}
          union all select format('%s %s %s %s %s', rolname, rolcanlogin, rolinherit, rolcreaterole, rolbypassrls)
            from pg_roles where rolname like ${this.name + "%"})
        select line from lines order by line collate "C"`;
      return rows.map(({ line }) => line);
    });
  }

  /** Drops the database, its logins and its other roles, as when the server is lost. */
  async lose(): Promise<void> {
    await withConnection(serverUrl!, async (admin) => {
      const roles = await withConnection(
        this.superuser,
        (own) =>
          own`select owner_role as name from control.installation union select name from control.tenant_schemas
          union select name from control.ready_roles`,
      );
      for (const database of [this.name, `${this.name}_monday`]) {
        await admin.unsafe(`drop database if exists ${database} with (force)`);
      }
      for (const role of [...roles.map(({ name }) => name), `${this.name}_backup`, this.name]) {
        await admin.unsafe(`drop role if exists ${role}`);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lose();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A folder with a program that names its version, and fails at its work. */
async function fakeProgram(folder: string, program: string, version: string): Promise<string> {
  const bin = `${folder}/${program}_${version}`;
  const script = `#!/bin/sh
if [ "$1" = --version ]; then echo "${program} (PostgreSQL) ${version}"; exit; fi
echo "${program}: error: disk full" >&2
exit 1
`;
  await Deno.mkdir(bin);
  await Deno.writeTextFile(`${bin}/${program}`, script, { mode: 0o755 });
  return bin;
}

async function copyWith(file: string, change: (bytes: Uint8Array) => void): Promise<string> {
  const copy = file.replace("good", "copy");
  const bytes = await Deno.readFile(file);
  change(bytes);
  await Deno.writeFile(copy, bytes);
  return copy;
}

function isDenied(error: Error & { cause?: { code?: string } }): boolean {
  assert.equal(error.cause?.code, "42501", error.message);
  return true;
}
