import postgres from "postgres";
import { Installation } from "./installation.ts";
import { alternate, atLeast, type Figure, load, under } from "./measure.ts";

const ROUNDS = 3;
const BARE_PORT = 8991;

/** An API read compared with the bare server, and the dashboard. */
export async function benchRequests(adminUrl: string): Promise<Figure[]> {
  await using installation = await Installation.open();
  const { port } = installation.server;
  const bare = await startBare(adminUrl, installation.databaseUrl);
  try {
    const api = () =>
      load(port, "/api/v1/projects?limit=10", 32, {
        Host: `localhost:${port}`,
        Authorization: `Bearer ${installation.token}`,
      });
    const latencies: number[] = [];
    const rates = await alternate(ROUNDS, {
      bare: async () => (await load(BARE_PORT, "/", 32, {})).requestsPerSecond,
      api: async () => {
        const { requestsPerSecond, p50, p99 } = await api();
        latencies.push(p99 / p50);
        return requestsPerSecond;
      },
      dashboard: async () =>
        (await load(port, "/dashboard", 16, { Host: `bench.localhost:${port}`, Cookie: installation.cookie }))
          .requestsPerSecond,
    });
    return [
      atLeast("API read, of bare Hono with the same SELECT", "req/s", rates.api, rates.bare, 0.35),
      under("API read, its p99 in p50s", "×", Math.max(...latencies), 10),
      atLeast("dashboard HTML, 16 connections", "req/s", rates.dashboard, 2_000, 1),
    ];
  } finally {
    bare.kill("SIGKILL");
    await bare.status;
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
