import postgres from "postgres";
import { Installation, type Workspace } from "./installation.ts";
import { alternate, atLeast, type Figure, type Load, load, median, under, within } from "./measure.ts";

const ROUNDS = 3;
const BARE_PORT = 8991;
const ISOLATED_PORT = 8992;
const CONNECTIONS = 32;
/** A server has many tenants, and shares its connections among them. */
const WORKSPACES = 16;
const MOST_MILLISECONDS = 25;

/** An API read by a program with an API key, compared with the bare server, and the dashboard. */
export async function benchRequests(adminUrl: string): Promise<Figure[]> {
  await using installation = await Installation.open({ workspaces: WORKSPACES });
  const { port } = installation.server;
  const [{ cookie }] = installation.workspaces as [Workspace];
  await using bare = await OtherServer.startBare(adminUrl, installation.databaseUrl);
  const latencies: number[] = [];
  const rates = await alternate(ROUNDS, {
    bare: async () => (await bare.load()).requestsPerSecond,
    api: async () => {
      const { requestsPerSecond, p50, p99 } = await loadPipeline(installation);
      latencies.push(p99 / p50);
      return requestsPerSecond;
    },
    dashboard: async () =>
      (await load(port, "/dashboard", 16, { Host: `bench.localhost:${port}`, Cookie: cookie }))
        .requestsPerSecond,
  });
  const { p50: warm } = await load(port, "/dashboard", 1, {
    Host: `bench.localhost:${port}`,
    Cookie: cookie,
  });
  return [
    atLeast("API read, of bare Hono with the same SELECT", "req/s", rates.api, rates.bare, 0.35),
    under("API read, its p99 in p50s", "×", Math.max(...latencies), 10),
    atLeast("dashboard HTML, 16 connections", "req/s", rates.dashboard, 2_000, 1),
    under("dashboard HTML, one connection: median", "ms", warm, MOST_MILLISECONDS),
  ];
}

/** The same read with the limits in process and on Redis. */
export async function benchPipeline(adminUrl: string, redisUrl: string): Promise<Figure[]> {
  await using installation = await Installation.open({ workspaces: WORKSPACES });
  await using onRedis = await Installation.open({
    workspaces: WORKSPACES,
    variables: { REDIS_URL: redisUrl },
  });
  await using bare = await OtherServer.startBare(adminUrl, installation.databaseUrl);
  await using isolated = await OtherServer.startIsolated(adminUrl, installation.databaseUrl);
  const slowest = { bare: [] as number[], pipeline: [] as number[] };
  const rateOf = async (loaded: Promise<Load>, latencies: number[] = []) => {
    const { requestsPerSecond, p99 } = await loaded;
    latencies.push(p99);
    return requestsPerSecond;
  };
  const rates = await alternate(ROUNDS, {
    bare: () => rateOf(bare.load(), slowest.bare),
    isolated: () => rateOf(isolated.load()),
    inProcess: () => rateOf(loadPipeline(installation), slowest.pipeline),
    onRedis: () => rateOf(loadPipeline(onRedis), slowest.pipeline),
  });
  return [
    atLeast("isolation alone, of bare Hono with the same SELECT", "req/s", rates.isolated, rates.bare, 0.4),
    atLeast("whole API pipeline, of isolation alone", "req/s", rates.inProcess, rates.isolated, 0.45),
    atLeast(
      "whole API pipeline, of bare Hono with the same SELECT",
      "req/s",
      rates.inProcess,
      rates.bare,
      0.45,
    ),
    atLeast("whole API pipeline with Redis, of bare Hono", "req/s", rates.onRedis, rates.bare, 0.35),
    within(
      "whole API pipeline: median of p99 (bare Hono beside)",
      "ms",
      median(slowest.pipeline),
      median(slowest.bare),
      { below: MOST_MILLISECONDS },
    ),
  ];
}

function loadPipeline({ server: { port }, workspaces }: Installation): Promise<Load> {
  const headers = workspaces.map(({ apiKey }) => ({ "Host": `localhost:${port}`, "X-API-Key": apiKey }));
  return load(port, "/api/v1/projects?limit=10", CONNECTIONS, headers);
}

/** A server without the product, in a process of its own. */
class OtherServer implements AsyncDisposable {
  private constructor(private readonly process: Deno.ChildProcess, private readonly port: number) {}

  /** Hono with the driver. */
  static async startBare(adminUrl: string, databaseUrl: string): Promise<OtherServer> {
    const url = Object.assign(new URL(adminUrl), { pathname: new URL(databaseUrl).pathname }).href;
    const [schema] = await schemasOf(url);
    return await OtherServer.#start(
      "./bare_server.ts",
      [url, `${schema}.projects`, String(BARE_PORT)],
      BARE_PORT,
    );
  }

  /** Hono with the product's connections, which isolate each tenant. */
  static async startIsolated(adminUrl: string, databaseUrl: string): Promise<OtherServer> {
    const url = Object.assign(new URL(adminUrl), { pathname: new URL(databaseUrl).pathname }).href;
    const args = [databaseUrl, String(ISOLATED_PORT), ...await schemasOf(url)];
    return await OtherServer.#start("./isolated_server.ts", args, ISOLATED_PORT);
  }

  static async #start(script: string, args: string[], port: number): Promise<OtherServer> {
    const path = new URL(script, import.meta.url).pathname;
    const permissions = ["--allow-net", "--allow-env", "--allow-read", "--allow-sys"];
    const process = new Deno.Command("deno", {
      args: ["run", ...permissions, path, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    while (!await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), () => "")) {
      await new Promise((done) => setTimeout(done, 50));
    }
    return new OtherServer(process, port);
  }

  load(): Promise<Load> {
    return load(this.port, "/", CONNECTIONS, {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.process.status;
  }
}

/** The schemas of the workspaces, that of `bench` first. */
async function schemasOf(url: string): Promise<string[]> {
  const sql = postgres(url, { max: 1 });
  const rows = await sql`select schema_name from control.tenants order by subdomain`;
  await sql.end();
  return rows.map((row) => row.schema_name);
}
