import type { RawAnswer } from "./http.ts";
import { type Company, PASSWORD, type World } from "./world.ts";

/** One request of each kind, signed in where necessary. */
export type EveryKind = Record<string, () => Promise<Pick<RawAnswer, "status" | "headers">>>;

/** Prepares one request of each kind: pages, sign-in, sign-up, the API, the back office and the operations endpoints. */
export async function everyKind(world: World, company: Company): Promise<EveryKind> {
  const { subdomain } = company.tenant;
  const [apex, tenantHost] = [`http://${world.host()}`, `http://${world.host(subdomain)}`];
  await world.staff("staff@example.com");
  const [member, staff] = [world.browser(), world.browser()];
  await member.post(`${tenantHost}/login`, { email: company.owner.email, password: PASSWORD });
  await staff.post(`${apex}/login`, {
    email: "staff@example.com",
    password: PASSWORD,
    next: "/admin/tenants",
  });
  const token = await world.token(company);
  let signUps = 0;
  const signUp = () => {
    const subdomain = `late-${++signUps}`;
    const fields = { company_name: "Late", subdomain, name: "Lin", email: `lin@${subdomain}.example` };
    return world.browser().post(`${apex}/signup`, { ...fields, password: PASSWORD });
  };
  return {
    page: () => world.browser().get(`${tenantHost}/login`),
    "sign-in": () =>
      world.browser().post(`${tenantHost}/login`, { email: company.owner.email, password: PASSWORD }),
    "sign-up": signUp,
    dashboard: () => member.get(`${tenantHost}/dashboard`),
    api: () => world.api("GET", "/projects", { token }),
    "api sign-in": () =>
      world.api("POST", "/auth/login", {
        body: { email: company.owner.email, password: PASSWORD, tenant: subdomain },
      }),
    "back office": () => staff.get(`${apex}/admin/tenants`),
    health: () => world.raw("GET", world.host(), "/health"),
    ready: () => world.raw("GET", world.host(), "/ready"),
    metrics: () => world.raw("GET", world.host(), "/metrics"),
  };
}

/** Sends them in order. Returns the status of each. */
export async function statusesOf(kinds: EveryKind): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const [kind, send] of Object.entries(kinds)) statuses[kind] = (await send()).status;
  return statuses;
}

/** The statuses of a working product. */
export function allAnswered(kinds: EveryKind): Record<string, number> {
  return Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 200]));
}
