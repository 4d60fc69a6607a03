import assert from "node:assert/strict";
import { createApp } from "../../routes/app.ts";
import { permissionKeys } from "../../src/access/granting.ts";
import { createRole } from "../../src/access/role_editing.ts";
import { grantsOfRole, type MemberRole, type Permission, ROLES } from "../../src/access/permissions.ts";
import type { ListedRole } from "../../src/access/roles.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { OPERATIONS } from "../support/contract.ts";
import { sampleBody } from "../support/sample_body.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: every route of a workspace, page or API, answers each role as its permission says (S21). The table is made from the
 * routes themselves: a route names the permission that it needs when it refuses a member who has none. A new route is tested
 * automatically. If it needs no permission, it needs a line in `FREE`.
 */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";

/** Pages and calls that every member may use, whatever their role: about themselves, or open to all. */
const FREE =
  /^(GET|POST|DELETE|PATCH) \/($|health$|ready$|metrics$|internal\/domain-check$|static\/|favicon\.ico$|apple-touch-icon\.png$|collect(\.js)?$|robots\.txt$|\.well-known\/|login|logout$|handoff|verify-email|brand\/|contact\/|subscribe\/|manifest\.webmanifest$|shared-reports\/|offline$|sw\.js$|[cs]\/:token$|exports\/:id$|campaigns\/:id\/archive\/|account|reauthenticate$|search|workspaces|settings$|settings\/notifications$|settings\/security$|dashboard$|dashboard\/checklist\/dismiss$|switcher$|announcements\/|notifications(\/|$)|ws\/notifications$|problems\/|support-visit\/end$|api\/v1\/(auth|me|notifications)(\/|$)|api\/v1\/tenants$|api\/v1\/plans$|api\/v1\/shared-reports\/|api\/v1\/features\/|api\/v1\/push-subscriptions(\/|$)|api\/v1\/events\/stream$)|^GET \/api\/v1\/tenants\/:id$|^POST \/api\/v1\/tenants\/:id\/membership$/;

/** What the smaller built-in roles may do. Owners and admins may do more. */
const SMALL_ROLES: { noun: string; member: string[]; viewer: string[] }[] = [
  { noun: "analytics", member: ["read"], viewer: ["read"] },
  { noun: "members", member: ["read"], viewer: ["read"] },
  { noun: "projects", member: ["read", "write"], viewer: ["read"] },
];

/** Development pages, the alias of the current API, and what ends the sign-ins of this test. */
const SKIPPED = /^\w+ (\/dev(\/|$)|\/api\/(?!v1\/)|\/logout$|\/api\/v1\/auth\/|\/account\/sessions)/;

/** Values that every form of a page accepts. */
const FORM = {
  name: "Sample",
  description: "",
  version: "1",
  subdomain: "acme",
  time_zone: "UTC",
  brand_color: "",
  confirmation: "no",
  permissions: "projects:read",
  plan: "team",
  billing_cycle: "monthly",
};

Deno.test("S21 every route answers every role as the permission that it needs says", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const members = await openMembers(world, acme);
  const table = new Map<string, string>();
  const reading = members.find(({ name }) => name === "projects:read")!;
  const counting = members.find(({ name }) => name === "analytics:read")!;

  for (const route of await routesOf(world)) {
    await t.step(route, async () => {
      const needed = neededBy(world, await ask(world, reading, route)) ??
        neededBy(world, await ask(world, counting, route));
      if (!needed) return assert.match(route, FREE, "refuses nobody, and is no line of FREE");
      table.set(route, needed.key);

      for (const member of members) {
        const { status } = await ask(world, member, route);
        const isAllowed = grantsOfRole(member.role).has(needed);
        assert.equal(status === 403 ? "refused" : "allowed", isAllowed ? "allowed" : "refused", member.name);
        assert.ok(status < 500, `${member.name}: ${status}`);
      }
    });
  }

  for (const { method, path, operationId, "x-permission": documented } of OPERATIONS) {
    const needed = table.get(`${method} /api/v1${path.replaceAll(/\{(\w+)\}/g, ":$1")}`);
    if (needed) assert.equal(documented, needed, `the permission of ${operationId} in the OpenAPI document`);
  }
  assert.equal(table.get("POST /projects"), "projects:write");
  assert.equal(table.get("GET /api/v1/members"), "members:read");
  assert.equal(table.get("GET /dashboard/storage"), "analytics:read");
  assert.equal(table.get("DELETE /api/v1/roles/:id"), "roles:manage");
  assert.equal(table.get("POST /settings/name"), "settings:manage");
  assert.equal(table.get("POST /settings/deletion"), "tenant:delete");
  assert.ok(table.size >= 30, `${table.size} routes need a permission`);
});

Deno.test("S21 members and viewers may do what the product promises, and no more", () => {
  const permissions = FEATURES.flatMap((feature) => feature.permissions);

  for (const role of ["member", "viewer"] as const) {
    const promised = SMALL_ROLES.flatMap(({ noun, [role]: verbs }) => verbs.map((verb) => `${noun}:${verb}`));
    assert.deepEqual(permissionKeys(permissions, grantsOfRole(role)).toSorted(), promised.toSorted(), role);
  }
});

Deno.test("a built-in role with a permission has what the permission implies", () => {
  const missing = FEATURES.flatMap(({ permissions }) => permissions).flatMap(({ key, roles, implies }) =>
    implies.filter((implied) => [...roles].some((role) => !implied.roles.has(role)))
      .map((implied) => `${key} without ${implied.key}`)
  );

  assert.deepEqual(missing, []);
});

type Member = { name: string; role: MemberRole; token: string; cookie: string; tenantId: string };

/** A member with each built-in role, and some whose role has one permission and what it implies. */
async function openMembers(world: World, company: Company): Promise<Member[]> {
  const own = await Promise.all(
    ["projects:read", "projects:write", "analytics:read"].map((key) =>
      createRole(company.ctx, { name: key, permissions: [key] })
    ),
  );
  const roles: [string, MemberRole][] = [
    ...ROLES.filter((role) => role !== "owner").map((role): [string, MemberRole] => [role, role]),
    ...own.map((role): [string, MemberRole] => [role.name, role as ListedRole]),
  ];
  const members = [await signIn(world, company, "owner", "owner", company.owner.email)];
  for (const [name, role] of roles) {
    const email = `${name.replace(":", "-")}@acme.example`;
    await world.member(company, email, role);
    members.push(await signIn(world, company, name, role, email));
  }
  return members;
}

async function signIn(
  world: World,
  company: Company,
  name: string,
  role: MemberRole,
  email: string,
): Promise<Member> {
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email, password: PASSWORD });
  const cookie = browser.cookieHeader(world.host("acme"));
  return { name, role, cookie, tenantId: company.tenant.id, token: await world.token(company, email) };
}

/** `METHOD path` of every route on the workspace's host, without middleware, development pages, and what ends a sign-in. */
async function routesOf(world: World): Promise<string[]> {
  const { routes } = await createApp(world.services);
  const names = routes.filter(({ host, method, path }) =>
    host === "tenant" && method !== "ALL" && !SKIPPED.test(`${method} ${path}`)
  ).map(({ method, path }) => `${method} ${path}`);
  return [...new Set(names)];
}

async function ask(world: World, { token, cookie, tenantId }: Member, route: string) {
  const [method = "", path = ""] = route.split(" ");
  const host = world.host("acme");
  const id = path.includes("/tenants/") ? tenantId : UNKNOWN_ID;
  const address = path.replaceAll(/:[a-z_]+/g, id);
  if (path.startsWith("/api")) {
    const documented = path.replace(/^\/api(\/v1)?/, "").replaceAll(/:(\w+)/g, "{$1}");
    const body = ["POST", "PUT", "PATCH"].includes(method)
      ? sampleBody(method, documented, "Sample")
      : undefined;
    return await world.api(method, "", { host, path: address, token, body });
  }
  const headers = { Cookie: cookie, Origin: `http://${host}`, Accept: "text/html" };
  if (method === "GET") return await world.raw(method, host, address, headers);
  const type = { "Content-Type": "application/x-www-form-urlencoded" };
  return await world.raw(method, host, address, { ...headers, ...type }, String(new URLSearchParams(FORM)));
}

/** The permission whose lack a refusal names. */
function neededBy(world: World, { status, text }: { status: number; text: string }): Permission | undefined {
  if (status !== 403) return undefined;
  return world.services.permissions.find(({ action }) =>
    text.includes(`permission to ${action.english}.`.replaceAll("'", text.includes("&#39;") ? "&#39;" : "'"))
  );
}
