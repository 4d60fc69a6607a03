import postgres from "postgres";
import { Browser } from "../support/browser.ts";
import { openTestDatabase, prepareDatabases } from "../support/database.ts";
import { callApi } from "../support/http.ts";
import { ServerProcess } from "../support/process.ts";

const PASSWORD = "correct horse battery";
const PROJECTS = 20;

export const ACCOUNT = { email: "ada@bench.example", password: PASSWORD };

/** A signed-in owner of a workspace with twenty projects. `apiKey` may read and write them. */
export type Workspace = { token: string; cookie: string; apiKey: string };

/** A server on PostgreSQL with workspaces. The first one is `bench`, and belongs to `ACCOUNT`. */
export class Installation implements AsyncDisposable {
  private constructor(
    readonly server: ServerProcess,
    readonly databaseUrl: string,
    readonly workspaces: Workspace[],
    readonly close: () => Promise<void>,
  ) {}

  static async open(
    { workspaces = 1, variables = {}, script = "tests/performance/unlimited_server.ts" }: {
      workspaces?: number;
      variables?: Record<string, string>;
      script?: string;
    } = {},
  ): Promise<Installation> {
    await prepareDatabases();
    const database = await openTestDatabase();
    const { DATABASE_URL: databaseUrl } = database.variables;
    if (!databaseUrl) throw new Error("The benchmarks need PostgreSQL: set TEST_DATABASE_URL.");
    const server = await ServerProcess.start(
      { DATABASE_URL: databaseUrl, LOG_LEVEL: Deno.env.get("LOG_LEVEL") ?? "info", ...variables },
      "null",
      { script },
    );
    await server.ready();
    const opened: Workspace[] = [];
    for (let number = 0; number < workspaces; number++) {
      opened.push(await openWorkspace(server.port, databaseUrl, number));
    }
    const close = async () => {
      await server.stop();
      await database.close();
    };
    return new Installation(server, databaseUrl, opened, close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function openWorkspace(port: number, databaseUrl: string, number: number): Promise<Workspace> {
  const subdomain = number === 0 ? "bench" : `bench-${number}`;
  const account = number === 0 ? ACCOUNT : { email: `owner@${subdomain}.example`, password: PASSWORD };
  const browser = new Browser(port);
  const form = { ...account, company_name: "Bench", subdomain, name: "Ada" };
  await browser.post(`http://localhost:${port}/signup`, form);
  await equip(databaseUrl);
  const post = async (path: string, body: object, token?: string) => {
    const call = { port, host: `localhost:${port}`, method: "POST", path: `/api/v1${path}`, body, token };
    const { status, json } = await callApi(call);
    if (status >= 300) throw new Error(`POST ${path} answers ${status}: ${JSON.stringify(json)}`);
    return json;
  };
  const { access_token: token } = await post("/auth/login", { ...account, tenant: subdomain });
  const key = { name: "Bench", permissions: ["projects:read", "projects:write"] };
  const { api_key: apiKey } = await post("/api-keys", key, token);
  for (let project = 0; project < PROJECTS; project++) {
    await post("/projects", { name: `Project ${project}`, description: "One line about a project." }, token);
  }
  const cookies = [...browser.cookies(`${subdomain}.localhost:${port}`)];
  return { token, cookie: cookies.map(([name, value]) => `${name}=${value}`).join("; "), apiKey };
}

/** Only people with a confirmed address may create API keys, and a larger plan runs more calls at once. */
async function equip(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  await sql`update control.users set email_verified_at = now() where email_verified_at is null`;
  await sql`update control.tenants set plan = 'premium'`;
  await sql.end();
}
