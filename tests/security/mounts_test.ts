import assert from "node:assert/strict";
import { createApp, type HttpApp } from "../../routes/app.ts";
import { World } from "../support/world.ts";

/** Protects: every route is behind its mount's guard (S25). Reads the route table, so new routes are tested, too. */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";

/** The routes of a workspace's host that don't require a member: every host's routes, the API, the events of websites, sign-in, sign-out, and the end of a visit. */
const OPEN_TO_ALL =
  /^\/($|health$|ready$|metrics$|internal\/domain-check$|static\/|favicon\.ico$|apple-touch-icon\.png$|collect(\.js)?$|problems\/|robots\.txt$|\.well-known\/|api\/|login(\/(mfa|email|code|code\/resend|link))?$|logout$|handoff(\/proof)?$|support-visit\/end$|verify-email\/resend$|brand\/|manifest\.webmanifest$|shared-reports\/|offline$|sw\.js$|contact\/|subscribe\/|[cs]\/:token$|exports\/:id$|campaigns\/:id\/archive\/)/;

Deno.test("S25 every route of the back office rejects visitors and people who aren't staff", async () => {
  await using world = await World.open();
  const person = await world.user("ada@acme.example");
  const signedIn = (await world.signedInBrowser(person.email)).cookieHeader(world.host());
  const routes = await routesOf(world, ({ host, path }) => host === "apex" && /^\/admin(\/|$)/.test(path));

  for (const route of routes) {
    assert.equal((await ask(world, world.host(), route)).status, refusalOf(route), nameOf(route));
    assert.equal((await ask(world, world.host(), route, signedIn)).status, 403, nameOf(route));
  }
  assert.ok(routes.length >= 10, "the route table was read");
});

Deno.test("every page of a workspace rejects visitors, except sign-in and sign-out", async () => {
  await using world = await World.open();
  await world.company("acme");
  const routes = await routesOf(world, ({ host, path }) => host === "tenant" && !OPEN_TO_ALL.test(path));

  for (const route of routes) {
    assert.equal((await ask(world, world.host("acme"), route)).status, refusalOf(route), nameOf(route));
  }
  assert.ok(routes.length >= 15, "the route table was read");
});

Deno.test("an unknown path gets 404 for visitors, not a redirect to sign-in", async () => {
  await using world = await World.open();
  await world.company("acme");

  const answers = [
    await world.raw("GET", world.host("acme"), "/nowhere"),
    await world.raw("GET", world.host("acme"), "/admin/tenants"),
    await world.raw("GET", world.host("acme"), "/signup"),
    await world.raw("GET", world.host(), "/dashboard"),
  ];

  assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 404]);
});

type Route = HttpApp["routes"][number];

async function routesOf(world: World, isWanted: (route: Route) => boolean): Promise<Route[]> {
  const { routes } = await createApp(world.services);
  return routes.filter((route) => route.method !== "ALL" && isWanted(route));
}

function ask(world: World, host: string, { method, path }: Route, cookie = "") {
  const address = path.replaceAll(/:[a-z_]+/g, UNKNOWN_ID);
  return world.raw(method, host, address, { Cookie: cookie, Origin: `http://${host}` });
}

/** A page redirects visitors to sign-in. A change can't, because it has no page to return to. */
function refusalOf({ method }: Route): number {
  return method === "GET" ? 303 : 401;
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
