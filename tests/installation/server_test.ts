import assert from "node:assert/strict";
import postgres from "postgres";
import { Browser } from "../support/browser.ts";
import { cli, ServerProcess } from "../support/process.ts";

/** Protects: the server process starts from nothing, keeps its data, and stops properly. */

const FORM = { name: "Ada", email: "ada@acme.example", password: "correct horse battery" };

Deno.test("a server starts in an empty folder, signs up a company, and keeps it across restarts", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  const variables = { DATA_DIR: folder, LOG_LEVEL: "info" };
  try {
    await t.step(
      "the first start creates the database and prints the address; SIGTERM ends it with code 0",
      async () => {
        await using server = await ServerProcess.start(variables);
        await server.ready();
        const browser = new Browser(server.port);
        const page = await browser.post(`http://localhost:${server.port}/signup`, {
          ...FORM,
          company_name: "Acme",
          subdomain: "acme",
        });
        await browser.post(new URL("/projects", page.url).href, { name: "Kept over a restart" });

        const { code, stdout } = await server.stop("SIGTERM");

        assert.match(page.url, /acme\.localhost:\d+\/dashboard$/);
        assert.match(stdout, new RegExp(`http://localhost:${server.port}/signup`));
        assert.equal(code, 0);
      },
    );

    await t.step("the second start still has everything; Ctrl-C ends it with code 0", async () => {
      await using server = await ServerProcess.start(variables);
      await server.ready();
      const browser = new Browser(server.port);
      await browser.post(`http://acme.localhost:${server.port}/login`, FORM);
      const page = await browser.get(`http://acme.localhost:${server.port}/projects`);

      assert.match(page.text, /Kept over a restart/);
      assert.equal((await server.stop("SIGINT")).code, 0);
    });

    await t.step("beside a running server", async (t) => {
      await using server = await ServerProcess.start(variables);
      await server.ready();

      await t.step("the CLI works on the same data", async () => {
        const { code, stdout } = await cli(variables, "tenants", "list", "--json");
        assert.equal(code, 0);
        assert.deepEqual(JSON.parse(stdout).map(({ subdomain }: { subdomain: string }) => subdomain), [
          "acme",
        ]);
      });

      await t.step(
        "any Postgres client reaches the database through its socket, and no tenant without its role",
        async () => {
          assert.equal((await Deno.stat(`${folder}/.s.PGSQL.5432`)).mode! & 0o777, 0o600);
          const sql = postgres({
            path: `${folder}/.s.PGSQL.5432`,
            username: "denizen",
            database: "postgres",
            max: 1,
          });
          const [tenant] = await sql`select subdomain, schema_name from control.tenants`;
          await assert.rejects(
            sql.unsafe(`select * from ${tenant!.schema_name}.projects`),
            /permission denied/,
          );
          await sql.unsafe(`set role ${tenant!.schema_name}`);
          await sql.end();
          const ready = await fetch(`http://127.0.0.1:${server.port}/health`);
          const page = await new Browser(server.port).get(`http://acme.localhost:${server.port}/login`);
          await ready.body?.cancel();
          assert.deepEqual(
            [ready.status, page.status],
            [200, 200],
            "its session settings don't outlive its connection",
          );
          assert.equal(tenant!.subdomain, "acme");
        },
      );

      await t.step("a second server in the folder is rejected with the reason", async () => {
        await using second = await ServerProcess.start(variables);
        const { code, stderr } = await second.outcome;
        assert.equal(code, 1);
        assert.match(stderr, /Another Denizen server is running on the folder/);
      });

      await t.step("a running request finishes after the stop signal", async () => {
        const late = { ...FORM, company_name: "Late", subdomain: "late", email: "late@acme.example" };
        const connection = await sendSignUp(server.port, late);
        await new Promise((done) => setTimeout(done, 20));
        const stopped = server.stop("SIGTERM");
        const answer = await new Response(connection.readable).text();
        assert.equal((await stopped).code, 0);
        assert.match(answer, /^HTTP\/1\.1 303 /);
      });
    });

    await t.step("the folder can be opened again after kill -9", async () => {
      {
        await using server = await ServerProcess.start(variables);
        await server.ready();
        await server.stop("SIGKILL");
      }
      await using server = await ServerProcess.start(variables);
      await server.ready();
      const { stdout } = await cli(variables, "tenants", "show", "late", "--json");
      assert.equal(JSON.parse(stdout).name, "Late");
    });

    await t.step("the log is one JSON object per line, with ids and without secrets", async () => {
      await using server = await ServerProcess.start(variables);
      await server.ready();
      const browser = new Browser(server.port);
      await browser.post(`http://acme.localhost:${server.port}/login`, FORM);
      await browser.get(`http://acme.localhost:${server.port}/dashboard`);
      const { stderr } = await server.stop("SIGTERM");

      const lines = stderr.trim().split("\n").map((line) => JSON.parse(line));
      const request = lines.find((line) =>
        line.message === "request" && line.route === "/dashboard" && line.userId
      )!;
      assert.equal(request.status, 200);
      assert.ok(request.requestId && request.tenantId && request.durationMs >= 0);
      assert.deepEqual(Object.keys(request), [
        ...["@timestamp", "level", "message", "logger", "requestId", "method", "route", "status"],
        ...["durationMs", "tenantId", "userId"],
      ]);
      for (
        const secret of [
          FORM.password,
          FORM.email,
          ...browser.cookies(`acme.localhost:${server.port}`).values(),
        ]
      ) {
        assert.ok(!stderr.includes(secret));
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("invalid variables stop the start with one line each and exit code 1", async () => {
  await using server = await ServerProcess.start({ DENO_ENV: "staging", LOG_LEVEL: "loud" });

  const { code, stderr } = await server.outcome;

  assert.equal(code, 1);
  assert.deepEqual(stderr.trim().split("\n").map((line) => line.split(":").slice(0, 2).join(":")), [
    "denizen: DENO_ENV",
    "denizen: LOG_LEVEL",
  ]);
});

Deno.test("an unreachable database stops the start with the reason and exit code 1", async () => {
  await using server = await ServerProcess.start({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });

  const { code, stderr } = await server.outcome;

  assert.equal(code, 1);
  assert.match(stderr, /ECONNREFUSED/);
});

/** Sends the sign-up form and returns the connection that will receive the response. */
async function sendSignUp(port: number, fields: Record<string, string>): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const body = new URLSearchParams(fields).toString();
  const lines = [
    "POST /signup HTTP/1.1",
    `Host: localhost:${port}`,
    `Origin: http://localhost:${port}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${body.length}`,
    "Connection: close",
    "",
    body,
  ];
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  return connection;
}
