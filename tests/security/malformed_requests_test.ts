import assert from "node:assert/strict";
import { send } from "../support/http.ts";
import { World } from "../support/world.ts";

/** Protects: malformed requests get 4xx, and the server survives (S19, S35, S56). */

const MULTIPART = { "Content-Type": "multipart/form-data; boundary=x" };
const URLENCODED = { "Content-Type": "application/x-www-form-urlencoded" };
const MEGABYTE = 1024 * 1024;

type Case = {
  name: string;
  status: number;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
};

const manyFields = Array.from({ length: 10_000 }, (_, index) => `field${index}=x`).join("&");
const manyParts = Array.from({ length: 5_000 }, (_, index) => part(`name="field${index}"`, "x")).join("");

const CASES: Case[] = [
  ...["TRACE", "TRACK", "PROPFIND", "FOO"].flatMap((method) => [
    { name: `the method ${method} on a page`, status: 405, method },
    { name: `the method ${method} on the API`, status: 405, method, path: "/api/v1/projects" },
    { name: `the method ${method} on /health`, status: 405, method, path: "/health" },
  ]),
  { name: "TRACE with a body", status: 405, method: "TRACE", body: "name=x" },
  ...["::::", "http://", "\\\\evil", "http://a b/", "x".repeat(5_000)].map((address) => ({
    name: `HX-Current-URL ${address.slice(0, 20)}`,
    status: 204,
    path: "/workspaces",
    headers: { "HX-Request": "true", "HX-Current-URL": address },
  })),
  multipart("NUL in a multipart field", part('name="company_name"', "a\0b")),
  multipart("NUL in a multipart field's name", part('name="company\0_name"', "x")),
  multipart("NUL in a file's name", part('name="company_name"; filename="a\0b"', "x")),
  multipart("a file where none is expected", part('name="company_name"; filename="a.txt"', "x")),
  multipart("a part without a name", part("", "x")),
  multipart("a part without a disposition", "--x\r\n\r\n1\r\n"),
  multipart("5,000 multipart fields", manyParts),
  {
    ...multipart("multipart that breaks off", ""),
    body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
  },
  { ...multipart("multipart that is none", ""), body: "garbage" },
  { ...multipart("multipart without a boundary", ""), headers: { "Content-Type": "multipart/form-data" } },
  { ...multipart("a boundary cut off", ""), headers: { "Content-Type": 'multipart/form-data; boundary="' } },
  { ...multipart("invalid UTF-8 in multipart", ""), body: Uint8Array.from([0x2d, 0x2d, 0x78, 0xff, 0xfe]) },
  form("10,000 form fields", manyFields),
  form("a field's name with NUL", "a%00b=x"),
  form("broken percent-encoding", "company_name=%zz"),
  {
    ...form("NUL in a form of unusual case", "a=%00"),
    headers: { "Content-Type": "Application/X-WWW-Form-URLEncoded" },
  },
];

Deno.test("S56 a malformed request gets 4xx and changes nothing", async (t) => {
  await using world = await World.open();
  const before = await world.countAll();
  for (const { name, status, method = "GET", path = "/", headers = {}, body } of CASES) {
    await t.step(name, async () => {
      const call = { port: world.port, host: world.host(), method, path, headers, body };
      const answer = await send(call);
      assert.equal(answer.status, status, answer.text);
      if (status === 405) assert.match(answer.headers.allow as string, /^GET, HEAD, POST/);
    });
  }
  await t.step("a cookie of 1 MB", async () => {
    const headers = { Cookie: `denizen_session=${"x".repeat(MEGABYTE)}` };
    const answer = await world.raw("GET", world.host(), "/login", headers).catch(() => ({ status: 431 }));
    assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
  });
  await t.step("a cookie of 10 KB that isn't a session", async () => {
    const headers = { Cookie: `denizen_session=${"x".repeat(10_000)}; flash=%zz; %00=%ff; =; ;;` };
    assert.equal((await world.raw("GET", world.host(), "/login", headers)).status, 200);
  });
  await t.step("a valid request works afterward", async () => {
    assert.equal((await world.browser().get(`http://${world.host()}/signup`)).status, 200);
    assert.deepEqual(await world.countAll(), before);
  });
});

Deno.test("S19 the redirect after sign-in always stays on this host", async () => {
  await using world = await World.open();
  const host = world.host();
  const addresses = {
    [`http://${host}/workspaces?sort=name`]: "/login?next=%2Fworkspaces%3Fsort%3Dname",
    [`http://${host}/`]: "/login",
    [`http://${host}//evil.example/x`]: "/login",
    "http://evil.example/workspaces": "/login",
    "https://evil.example//evil.example": "/login",
    "javascript:alert(1)": "/login",
    "//evil.example": "/login",
  };

  for (const [address, expected] of Object.entries(addresses)) {
    const headers = { "HX-Request": "true", "HX-Current-URL": address };
    const answer = await world.raw("GET", host, "/workspaces", headers);
    assert.equal(answer.headers["hx-redirect"], expected, address);
  }
});

Deno.test("S35 an unknown host serves only the static files of its error page", async () => {
  await using world = await World.open();
  const unknown = "unknown.example";

  const page = await world.raw("GET", unknown, "/login");
  const style = /"(\/static\/app\.css\?v=[^"]+)"/.exec(page.text)![1]!;

  assert.equal(page.status, 404);
  assert.equal((await world.raw("GET", unknown, style)).status, 200);
  for (
    const path of ["/", "/signup", "/openapi.json", "/.well-known/jwks.json", "/api/v1/projects", "/static/x"]
  ) {
    assert.equal((await world.raw("GET", unknown, path)).status, 404, path);
  }
});

function multipart(name: string, parts: string): Case {
  return {
    name,
    status: 422,
    method: "POST",
    path: "/signup",
    headers: MULTIPART,
    body: `${parts}--x--\r\n`,
  };
}

function form(name: string, body: string): Case {
  return { name, status: 422, method: "POST", path: "/signup", headers: URLENCODED, body };
}

function part(disposition: string, value: string): string {
  return `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
}
