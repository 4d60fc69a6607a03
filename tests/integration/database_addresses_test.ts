import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import pg from "pg";
import { connect } from "../../db/connection/connect.ts";
import { pgOptions } from "../../db/connection/driver_options.ts";
import { AUTHORITY } from "../support/certificate.ts";
import { loginUrl, serverUrl } from "../support/database.ts";
import { ServerProcess } from "../support/process.ts";
import { TlsFront } from "../support/tls_front.ts";

/** Protects: every form of database URL works with both drivers, with TLS if the URL asks for it (S41). */

if (serverUrl) {
  Deno.test("both drivers connect with every form of URL, encrypted where the URL asks for it", async (t) => {
    await using front = await TlsFront.open(serverUrl!, "localhost");
    const { username, password, pathname } = new URL(loginUrl!);
    const address = (host: string, query = "") =>
      `postgres://${username}:${password}@${host}:${front.port}${pathname}${query}`;
    const folder = await Deno.makeTempDir({ prefix: "denizen-" });
    const authority = `${folder}/ca.pem`;
    await Deno.writeTextFile(authority, AUTHORITY);
    const forms: [string, "plain" | "secure" | RegExp][] = [
      [address("localhost"), "plain"],
      [address("localhost", "?sslmode=disable"), "plain"],
      [address("localhost", "?sslmode=allow"), "secure"],
      [address("localhost", "?sslmode=prefer&connect_timeout=10&application_name=x"), "secure"],
      [address("localhost", "?sslmode=require"), "secure"],
      [address("localhost", `?sslmode=verify-ca&sslrootcert=${authority}`), "secure"],
      [address("127.0.0.1", `?sslmode=verify-full&sslrootcert=${authority}`), "secure"],
      [address("localhost", `?sslmode=require&channel_binding=require&sslrootcert=${authority}`), "secure"],
      [address("localhost", "?sslmode=verify-full"), /certificate/],
      [address("localhost", "?sslmode=require&channel_binding=require"), /certificate/],
      [address("localhost", "?sslmode=require&sslrootcert=system"), /certificate/],
    ];
    try {
      for (const [url, expected] of forms) {
        for (const [driver, ask] of Object.entries({ postgres: askPostgres, pg: askPg })) {
          await t.step(`${driver}: ${url.slice(url.indexOf("@") + 1)}`, async () => {
            const before = front.secure;
            if (expected instanceof RegExp) await assert.rejects(ask(url), expected);
            else {
              await ask(url);
              assert.equal(front.secure > before ? "secure" : "plain", expected);
            }
          });
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  Deno.test("S41 a start with an invalid database URL prints one line without the password", async () => {
    const { hostname, port } = new URL(serverUrl!);
    const socket = "postgres://app:hunter2@/app?host=/var/run/postgresql";
    const parameter = `postgres://app:hunter2@${hostname}:${port}/app?frobnicate=1`;

    for (
      const [url, expected] of [[socket, /Unix socket.*127\.0\.0\.1/], [parameter, /"frobnicate"/]] as const
    ) {
      await using server = await ServerProcess.start({ DATABASE_URL: url });
      const { code, stderr } = await server.outcome;
      assert.equal(code, 1);
      assert.match(stderr.trim().split("\n").at(-1)!, expected);
      assert.doesNotMatch(stderr, /hunter2/);
    }
  });
}

async function askPostgres(url: string): Promise<void> {
  const db = connect({ url }, { connections: 3 });
  try {
    await db.control.execute(sql`select 1`);
  } catch (error) {
    throw (error as Error).cause ?? error;
  } finally {
    await db.close();
  }
}

async function askPg(url: string): Promise<void> {
  const client = new pg.Client(await pgOptions(url));
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
  } finally {
    await client.end().catch(() => {});
  }
}
