import fc from "fast-check";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createApp } from "../../routes/app.ts";
import { createProject } from "../../src/projects/projects.ts";
import { type RawAnswer, send } from "../support/http.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: no path, query, header or body causes a 5xx (S28, S56). The routes come from the route table, and the seed is
 * fixed.
 */

const SEED = 20_260_302;

/** Routes that would sign the caller out. */
const ENDS_SESSION = /logout|end-others/;
const FIELDS = [
  "name",
  "description",
  "status",
  "version",
  "email",
  "password",
  "subdomain",
  "company_name",
  "plan",
  "token",
  "tenant",
  "refresh_token",
  "brand_color",
  "address",
  "reason",
  "confirmation",
  "choices",
  "next",
  "remember",
];

const hostile = fc.constantFrom(
  "%00",
  "%",
  "%zz",
  "%ff%fe",
  "%c0%80",
  "%ED%A0%80",
  "%E2%80%AE",
  "%2e%2e%2f",
  "%0d%0a",
  "'",
  "..",
  "*",
  "-1",
  "1e400",
  "9".repeat(30),
  "__proto__",
  "constructor",
  "NaN",
  "[object%20Object]",
  "%F0%9F%98%80",
  "x".repeat(3_000),
);
const inAddress = fc.oneof(
  hostile,
  fc.string({ unit: "grapheme", maxLength: 40 }).map(encodeURIComponent),
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }).map((text) =>
    text.replaceAll(/[^\x21-\x7e]|[?#]/g, "")
  ),
  fc.uuid(),
);
const inText = fc.oneof(
  hostile.map((text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
);
/** Characters that a header can contain. */
const inHeader = fc.oneof(
  hostile,
  fc.string({ maxLength: 100 }).map((text) => text.replaceAll(/[^\t\x20-\x7e]/g, "")),
  fc.uint8Array({ maxLength: 100 }).map((bytes) =>
    Buffer.from(bytes.map((byte) => byte | 0x80)).toString("latin1")
  ),
  fc.constantFrom(
    '"1"',
    "*",
    'W/"1"',
    '"99999999999"',
    "a=b",
    "=",
    ";;;",
    "[]",
    "{}",
    "Bearer",
    "Bearer a.b.c",
    "Basic eDp5",
  ),
);
const query = fc.array(
  fc.tuple(
    fc.constantFrom(
      "cursor",
      "limit",
      "sort",
      "status",
      "search",
      "token",
      "next",
      "notice",
      "state",
      "preview",
      "to",
      "v",
    ),
    inAddress,
  ),
  { maxLength: 4 },
).map((pairs) => pairs.map(([name, value]) => `${name}=${value.replaceAll("&", "")}`).join("&"));

const json = fc.oneof(
  fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(inText, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 6 }),
  fc.jsonValue({ maxDepth: 4 }),
).map((value) => ["application/json", JSON.stringify(value)] as const);
const fields = fc.array(fc.tuple(fc.constantFrom(...FIELDS), inText), { maxLength: 6 });
const form = fields.map((pairs) =>
  [
    "application/x-www-form-urlencoded",
    new URLSearchParams(pairs.map(([name, value]) => [name, value.toWellFormed()])).toString(),
  ] as const
);
const multipart = fields.map((pairs) =>
  [
    "multipart/form-data; boundary=x",
    pairs.map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join("") + "--x--\r\n",
  ] as const
);
const garbage = fc.tuple(
  fc.constantFrom(
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "",
  ),
  fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    inText,
    fc.constantFrom("{", "[1", '{"a":', "--x\r\n", "--x--", "%", "a=%"),
  ),
);
const body = fc.oneof(json, form, multipart, garbage);

Deno.test("S56 no request gets 5xx", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.staff(acme.owner.email);
  const { id } = await createProject(acme.ctx, { name: "Apollo", description: "", status: "active" });
  const token = await world.token(acme);
  const cookies = await signIn(world);
  const app = await createApp(world.services);
  const routes = app.routes.filter(({ method, path }) => method !== "ALL" && !ENDS_SESSION.test(path));
  const changes = routes.filter(({ method }) => method !== "GET");
  const someRoute = fc.constantFrom(...routes);
  const host = fc.constantFrom(...Object.keys(cookies));

  const call = async (
    { host, headers = {}, ...request }: {
      host: string;
      method: string;
      path: string;
      headers?: Record<string, string>;
      body?: string | Uint8Array;
    },
  ) => {
    const signedIn: Record<string, string> = {
      Cookie: cookies[host] ?? "",
      Authorization: `Bearer ${token}`,
    };
    const answer = await send({ port: world.port, host, ...request, headers: { ...signedIn, ...headers } });
    assertNoFault(answer);
  };
  const fuzz = async <T>(
    name: string,
    runs: number,
    input: fc.Arbitrary<T>,
    attempt: (input: T) => Promise<void>,
  ) => {
    await t.step(name, () => fc.assert(fc.asyncProperty(input, attempt), { seed: SEED, numRuns: runs }));
  };

  await fuzz(
    "with any path and query",
    400,
    fc.record({ route: someRoute, host, part: fc.oneof(inAddress, fc.constant(id)), query }),
    ({ route, host, part, query }) =>
      call({ host, method: route.method, path: `${fill(route.path, part)}?${query}` }),
  );
  await fuzz(
    "with any body",
    400,
    fc.record({ route: fc.constantFrom(...changes), host, body, isPartial: fc.boolean() }),
    ({ route, host, body: [type, body], isPartial }) =>
      call({
        host,
        method: route.method,
        path: fill(route.path, id),
        headers: {
          ...(type ? { "Content-Type": type } : {}),
          ...(isPartial ? { "HX-Request": "true" } : {}),
        },
        body,
      }),
  );
  await fuzz(
    "with any headers",
    300,
    fc.record({
      route: someRoute,
      host,
      headers: fc.dictionary(
        fc.constantFrom(
          "Cookie",
          "Authorization",
          "X-Tenant",
          "If-Match",
          "If-None-Match",
          "Accept",
          "Accept-Encoding",
          "Accept-Language",
          "Range",
          "Origin",
          "Sec-Fetch-Site",
          "X-Forwarded-For",
          "User-Agent",
          "HX-Request",
          "HX-Current-URL",
          "HX-Target",
          "HX-History-Restore-Request",
          "webhook-id",
        ),
        inHeader,
        { maxKeys: 5 },
      ),
    }),
    ({ route, host, headers }) => call({ host, method: route.method, path: fill(route.path, id), headers }),
  );
  await fuzz(
    "with any Host",
    60,
    fc.oneof(
      inHeader,
      inHeader.map((text) => `${text}.${world.host()}`),
      fc.constantFrom("", "[::1", "x:99999", `${world.host("acme")}.`, world.host("ACME")),
    ),
    (host) => call({ host, method: "GET", path: "/projects" }),
  );
  await fuzz(
    "with any cursor",
    150,
    fc.record({
      sort: fc.constantFrom("name", "-name", "created_at", "-updated_at"),
      cursor: fc.oneof(
        fc.tuple(
          fc.constantFrom("name", "-name", "created_at", "-updated_at"),
          inText,
          fc.oneof(fc.uuid(), inText),
        ).map(
          (position) => Buffer.from(JSON.stringify(position)).toString("base64url"),
        ),
        fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
        fc.base64String(),
      ),
      path: fc.constantFrom(
        "/api/v1/projects",
        "/projects",
        "/admin/tenants",
        "/admin/jobs",
        "/admin/suppressions",
      ),
      host,
    }),
    ({ sort, cursor, path, host }) =>
      call({ host, method: "GET", path: `${path}?sort=${sort}&cursor=${encodeURIComponent(cursor)}` }),
  );
  await t.step("a valid request works afterward", async () => {
    assert.equal((await world.api("GET", "/me", { token })).status, 200);
  });
});

function assertNoFault({ status, text }: RawAnswer): void {
  assert.ok(status < 500, `${status}: ${text.slice(0, 2_000)}`);
}

function fill(path: string, part: string): string {
  return path.replaceAll(/:[a-z_]+(\{[^}]*\})?/g, part.replaceAll("/", "%2F"));
}

/** The cookies per host of a user who owns a workspace and is platform staff. Other hosts have none. */
async function signIn(world: World): Promise<Record<string, string>> {
  const browser = world.browser();
  const hosts = [world.host(), world.host("acme")];
  for (const host of hosts) {
    const fields = { email: "owner@acme.example", password: PASSWORD, next: "/workspaces" };
    await browser.post(`http://${host}/login`, fields);
  }
  return Object.fromEntries(
    hosts.map((
      host,
    ) => [host, [...browser.cookies(host)].map(([name, value]) => `${name}=${value}`).join("; ")]),
  );
}
