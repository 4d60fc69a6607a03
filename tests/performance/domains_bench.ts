import postgres from "postgres";
import { Installation } from "./installation.ts";
import { alternate, atLeast, type Figure, load } from "./measure.ts";

const ROUNDS = 3;
const CONNECTIONS = 32;
const DOMAIN = "app.bench.example";

/** A proxy's question whether a name may have a certificate, compared with another answer from memory. */
export async function benchDomains(): Promise<Figure[]> {
  await using installation = await Installation.open();
  const { port } = installation.server;
  await addLiveDomain(installation.databaseUrl);
  const rateOf = async (path: string) =>
    (await load(port, path, CONNECTIONS, { Host: `localhost:${port}` })).requestsPerSecond;
  const rates = await alternate(ROUNDS, {
    check: () => rateOf(`/internal/domain-check?domain=${DOMAIN}`),
    ready: () => rateOf("/ready"),
  });
  return [atLeast("domain check, of /ready", "req/s", rates.check, rates.ready, 0.8)];
}

async function addLiveDomain(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  await sql`
    insert into control.custom_domains (id, tenant_id, domain, status, token, next_check_at, verified_at, created_at)
    select gen_random_uuid(), id, ${DOMAIN}, 'verified', 'bench', now() + interval '1 day', now(), now()
    from control.tenants where subdomain = 'bench'`;
  await sql.end();
}
