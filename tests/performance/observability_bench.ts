import { OtlpCollector } from "../support/otlp_collector.ts";
import { Installation, type Workspace } from "./installation.ts";
import { alternate, atLeast, type Figure, load } from "./measure.ts";

const ROUNDS = 7;
const CONNECTIONS = 16;
const SAMPLED = "0.05";

/** What metrics, logs and traces cost: the same page and API read of servers that differ only in these. */
export async function benchObservability(): Promise<Figure[]> {
  await using collector = OtlpCollector.open();
  const sampled = { ...collector.variables("parentbased_traceidratio"), OTEL_TRACES_SAMPLER_ARG: SAMPLED };
  await using plain = await Installation.open();
  await using bare = await Installation.open({
    variables: { LOG_LEVEL: "error" },
    script: "tests/performance/uninstrumented_server.ts",
  });
  await using traced = await Installation.open({ variables: sampled });
  await using fullyTraced = await Installation.open({ variables: collector.variables("always_on") });
  const rates = await alternate(ROUNDS, {
    bare: () => pagesPerSecond(bare),
    plain: () => pagesPerSecond(plain),
    traced: () => pagesPerSecond(traced),
    fullyTraced: () => pagesPerSecond(fullyTraced),
    bareApi: () => readsPerSecond(bare),
    plainApi: () => readsPerSecond(plain),
  });
  return [
    atLeast("dashboard with metrics and logs, of one without", "req/s", rates.plain, rates.bare, 0.95),
    atLeast("API read with metrics and logs, of one without", "req/s", rates.plainApi, rates.bareApi, 0.95),
    atLeast(
      `dashboard with ${SAMPLED} traced, of one without traces`,
      "req/s",
      rates.traced,
      rates.plain,
      0.95,
    ),
    atLeast(
      "dashboard with everything traced, of one without traces",
      "req/s",
      rates.fullyTraced,
      rates.plain,
      0.5,
    ),
  ];
}

async function pagesPerSecond({ server: { port }, workspaces }: Installation): Promise<number> {
  const [{ cookie }] = workspaces as [Workspace];
  const headers = { Host: `bench.localhost:${port}`, Cookie: cookie };
  return (await load(port, "/dashboard", CONNECTIONS, headers)).requestsPerSecond;
}

async function readsPerSecond({ server: { port }, workspaces }: Installation): Promise<number> {
  const [{ apiKey }] = workspaces as [Workspace];
  const headers = { "Host": `localhost:${port}`, "X-API-Key": apiKey };
  return (await load(port, "/api/v1/projects?limit=10", CONNECTIONS, headers)).requestsPerSecond;
}
