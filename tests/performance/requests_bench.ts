import postgres from "postgres";
import { Installation, type Workspace } from "./installation.ts";
import { alternate, atLeast, type Figure, type Load, load, median, under } from "./measure.ts";

const ROUNDS = 3;
const BARE_PORT = 8991;
const CONNECTIONS = 32;
/** A server has many tenants, and shares its connections among them. */
const WORKSPACES = 16;
const MOST_MILLISECONDS = 25;

/** An API read by a program with an API key, compared with the bare server, and the dashboard. */
export async function benchRequests(adminUrl: string): Promise<Figure[]> {
  await using installation = await Installation.open({ workspaces: WORKSPACES });
  const { port } = installation.server;
  const [{ cookie }] = installation.workspaces as [Workspace];
  await using bare = await BareServer.start(adminUrl, installation.databaseUrl);
  const latencies: number[] = [];
  const rates = await alternate(ROUNDS, {
    bare: bare.load,
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
  await using bare = await BareServer.start(adminUrl, installation.databaseUrl);
  const slowest: number[] = [];
  const rateOf = async (measured: Installation) => {
    const { requestsPerSecond, p99 } = await loadPipeline(measured);
    slowest.push(p99);
    return requestsPerSecond;
  };
  const rates = await alternate(ROUNDS, {
    bare: bare.load,
    inProcess: () => rateOf(installation),
    onRedis: () => rateOf(onRedis),
  });
  return [
    atLeast(
      "whole API pipeline, of bare Hono with the same SELECT",
      "req/s",
      rates.inProcess,
      rates.bare,
      0.45,
    ),
    atLeast("whole API pipeline with Redis, of bare Hono", "req/s", rates.onRedis, rates.bare, 0.35),
    under("whole API pipeline: median of p99", "ms", median(slowest), MOST_MILLISECONDS),
  ];
}

function loadPipeline({ server: { port }, workspaces }: Installation): Promise<Load> {
  const headers = workspaces.map(({ apiKey }) => ({ "Host": `localhost:${port}`, "X-API-Key": apiKey }));
  return load(port, "/api/v1/projects?limit=10", CONNECTIONS, headers);
}

/** Hono with the driver, in a process of its own. */
class BareServer implements AsyncDisposable {
  private constructor(private readonly process: Deno.ChildProcess) {}

  static async start(adminUrl: string, databaseUrl: string): Promise<BareServer> {
    return new BareServer(await startBare(adminUrl, databaseUrl));
  }

  load = async (): Promise<number> => (await load(BARE_PORT, "/", CONNECTIONS, {})).requestsPerSecond;

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.process.status;
  }
}

async function startBare(adminUrl: string, databaseUrl: string): Promise<Deno.ChildProcess> {
  const url = Object.assign(new URL(adminUrl), { pathname: new URL(databaseUrl).pathname }).href;
  const sql = postgres(url, { max: 1 });
  const [tenant] = await sql`select schema_name from control.tenants where subdomain = 'bench'`;
  await sql.end();
  const script = new URL("./bare_server.ts", import.meta.url).pathname;
  const permissions = ["--allow-net", "--allow-env", "--allow-read", "--allow-sys"];
  const args = ["run", ...permissions, script, url, `${tenant!.schema_name}.projects`, String(BARE_PORT)];
  const process = new Deno.Command("deno", { args, stdin: "null", stdout: "null", stderr: "inherit" })
    .spawn();
  for (;;) {
    if (await fetch(`http://127.0.0.1:${BARE_PORT}/`).then((answer) => answer.text(), () => "")) {
      return process;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}
