import postgres from "postgres";
import { Agent, request } from "node:http";
import { freePort, ServerProcess } from "../support/process.ts";
import { Installation } from "./installation.ts";
import type { Figure } from "./measure.ts";
import { Nginx } from "./nginx.ts";

const REQUESTS = Number(Deno.env.get("BENCH_REQUESTS") || 100_000);
const CLIENTS = 8;
/** A tenant gets only a share of the connections to the database. */
const WORKSPACES = 4;
/** One in this many requests creates a project. */
const POST_EVERY = 5;
/** When the deployments start, as shares of the requests. */
const RESTARTS = [0.2, 0.6];
const LATER_VERSION = "tests/performance/later_unlimited_server.ts";
const VARIABLES = {
  JOBS_ENGINE: "postgres",
  TRUSTED_PROXIES: "127.0.0.1",
  STOP_DELAY: "1.5",
  LOG_LEVEL: "error",
};

/** Two servers behind nginx are replaced one after the other by a version with one more migration, while clients read and write. */
export async function benchRolling(adminUrl: string): Promise<Figure[]> {
  await using installation = await Installation.open({ workspaces: WORKSPACES, variables: VARIABLES });
  const { server: first, databaseUrl, workspaces } = installation;
  const host = `localhost:${first.port}`;
  const variables = { ...VARIABLES, DATABASE_URL: databaseUrl, APP_URL: `http://${host}` };
  await using second = await startServer(variables, "tests/performance/unlimited_server.ts");
  await using nginx = await Nginx.start(await freePort(), [first.port, second.port]);
  const later: ServerProcess[] = [];
  try {
    const load = new Load({ port: nginx.port, host, apiKeys: workspaces.map(({ apiKey }) => apiKey) });
    const finished = load.run();
    for (const [index, old] of [first, second].entries()) {
      await load.reached(REQUESTS * RESTARTS[index]!);
      await old.stop("SIGTERM"); // nginx turns away when /ready says so
      const fresh = await startServer(variables, LATER_VERSION);
      later.push(fresh);
      nginx.add(fresh.port);
    }
    await finished;
    const stored = await countProjects(adminUrl, databaseUrl);
    return [
      figure(
        "requests during a rolling restart with a migration",
        load.sent,
        `${load.created} POSTs`,
        "all",
        load.sent >= REQUESTS,
      ),
      figure(
        "failed requests",
        load.failures.length,
        load.failures.slice(0, 3).join("; "),
        "0",
        load.failures.length === 0,
      ),
      figure(
        "created projects that the database lacks or has twice",
        load.created - stored,
        "",
        "0",
        load.created === stored,
      ),
    ];
  } finally {
    await Promise.all(later.map((server) => server.stop("SIGKILL")));
  }
}

async function startServer(variables: Record<string, string>, script: string): Promise<ServerProcess> {
  const server = await ServerProcess.start(variables, "null", { script });
  await server.ready();
  return server;
}

/** The projects that the load created. */
async function countProjects(adminUrl: string, databaseUrl: string): Promise<number> {
  const url = Object.assign(new URL(adminUrl), { pathname: new URL(databaseUrl).pathname }).href;
  const sql = postgres(url, { max: 1 });
  const tenants = await sql`select schema_name from control.tenants`;
  let projects = 0;
  for (const { schema_name: schema } of tenants) {
    const [row] = await sql`select count(*)::int as projects from ${sql(`${schema}.projects`)}
      where name like 'Rolling %' and color is null`;
    projects += row!.projects;
  }
  await sql.end();
  return projects;
}

type Target = { port: number; host: string; apiKeys: string[] };

/** Clients that keep their connections and send one request after the other. */
class Load {
  sent = 0;
  created = 0;
  readonly failures: string[] = [];
  readonly #target: Target;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

  constructor(target: Target) {
    this.#target = target;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
    this.#agent.destroy();
  }

  async reached(count: number): Promise<void> {
    while (this.sent < count) await new Promise((done) => setTimeout(done, 20));
  }

  async #client(): Promise<void> {
    while (this.sent < REQUESTS) {
      const number = this.sent++;
      const isPost = number % POST_EVERY === 0;
      const answer = await this.#send(number, isPost ? { name: `Rolling ${number}` } : undefined).catch(
        String,
      );
      if (answer === "201") this.created++;
      else if (answer !== "200") this.failures.push(`${isPost ? "POST" : "GET"}: ${answer}`);
    }
  }

  /** Returns the status, with the body if the request failed. */
  #send(number: number, body?: unknown): Promise<string> {
    const { port, host, apiKeys } = this.#target;
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = {
      Host: host,
      "X-API-Key": apiKeys[number % apiKeys.length]!,
      ...(text && { "Content-Type": "application/json", "Content-Length": String(text.length) }),
    };
    const path = text ? "/api/v1/projects" : "/api/v1/projects?limit=5";
    return new Promise<string>((resolve, reject) => {
      const call = request({
        host: "127.0.0.1",
        port,
        path,
        method: text ? "POST" : "GET",
        headers,
        agent: this.#agent,
      });
      call.on("response", (answer) => {
        const status = answer.statusCode!;
        let received = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => received += chunk).on("error", reject);
        answer.on(
          "end",
          () =>
            resolve(
              status < 400 ? String(status) : `${status} ${/"detail":"[^"]*"/.exec(received)?.[0] ?? ""}`,
            ),
        );
      });
      call.on("error", reject).end(text);
    });
  }
}

function figure(name: string, value: number, limit: string, target: string, met: boolean): Figure {
  return { name, value: String(value), limit, ratio: "", target, met };
}
