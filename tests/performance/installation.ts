import { Browser } from "../support/browser.ts";
import { openTestDatabase, prepareDatabases } from "../support/database.ts";
import { callApi } from "../support/http.ts";
import { ServerProcess } from "../support/process.ts";

export const ACCOUNT = { email: "ada@bench.example", password: "correct horse battery" };

/** A server on PostgreSQL with one company, twenty projects and a signed-in user. */
export class Installation implements AsyncDisposable {
  private constructor(
    readonly server: ServerProcess,
    readonly databaseUrl: string,
    readonly token: string,
    readonly cookie: string,
    readonly close: () => Promise<void>,
  ) {}

  static async open(): Promise<Installation> {
    await prepareDatabases();
    const database = await openTestDatabase();
    const { DATABASE_URL: databaseUrl } = database.variables;
    if (!databaseUrl) throw new Error("The benchmarks need PostgreSQL: set TEST_DATABASE_URL.");
    const server = await ServerProcess.start(
      {
        DATABASE_URL: databaseUrl,
        LOG_LEVEL: Deno.env.get("LOG_LEVEL") ?? "info",
      },
      "null",
      { script: "tests/performance/unlimited_server.ts" },
    );
    await server.ready();
    const host = `bench.localhost:${server.port}`;
    const browser = new Browser(server.port);
    const form = { ...ACCOUNT, company_name: "Bench", subdomain: "bench", name: "Ada" };
    await browser.post(`http://localhost:${server.port}/signup`, form);
    const call = { port: server.port, host: `localhost:${server.port}` };
    const { json } = await callApi({
      ...call,
      method: "POST",
      path: "/api/v1/auth/login",
      body: { ...ACCOUNT, tenant: "bench" },
    });
    for (let number = 0; number < 20; number++) {
      const body = {
        name: `Project ${number}`,
        description: "One line about a project.",
      };
      await callApi({ ...call, method: "POST", path: "/api/v1/projects", token: json.access_token, body });
    }
    const cookie = [...browser.cookies(host)].map(([name, value]) => `${name}=${value}`).join("; ");
    const close = async () => {
      await server.stop();
      await database.close();
    };
    return new Installation(server, databaseUrl, json.access_token, cookie, close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
