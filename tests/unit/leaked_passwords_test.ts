import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isLeakedPassword } from "../../src/identity/leaked_passwords.ts";

/** Protects: leaked passwords are found without telling anyone the password, and a failing service never keeps people out. */

const LEAKED = "correct horse battery staple";
const PADDED = "another password that is padding";

Deno.test("a leaked password is found by 5 digits of its hash, and padding counts as none", async () => {
  const asked: { path: string; padding: string | null }[] = [];
  await using service = serve((request) => {
    asked.push({ path: new URL(request.url).pathname, padding: request.headers.get("Add-Padding") });
    return new Response(`${rest(LEAKED)}:12\r\n${rest(PADDED)}:0\r\n`);
  });

  const leaked = await isLeakedPassword(service, LEAKED);
  const padding = await isLeakedPassword(service, PADDED);
  const other = await isLeakedPassword(service, "a password that nobody uses");

  assert.deepEqual([leaked, padding, other], [true, false, false]);
  assert.deepEqual(asked[0], { path: `/range/${hash(LEAKED).slice(0, 5)}`, padding: "true" });
  assert.ok(asked.every(({ path }) => /^\/range\/[0-9A-F]{5}$/.test(path)));
});

Deno.test("a service that is slow, broken or missing keeps nobody out", async () => {
  const pending = Promise.withResolvers<void>();
  await using slow = serve(async () => {
    await pending.promise;
    return new Response();
  });
  await using broken = serve(() => new Response(`${rest(LEAKED)}:12`, { status: 500 }));

  const answers = await Promise.all([
    isLeakedPassword(slow, LEAKED),
    isLeakedPassword(broken, LEAKED),
    isLeakedPassword({ passwordRangeUrl: new URL("http://127.0.0.1:1/") }, LEAKED),
    isLeakedPassword({ passwordRangeUrl: undefined }, LEAKED),
  ]);
  pending.resolve();

  assert.deepEqual(answers, [false, false, false, false]);
});

function serve(handler: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  return {
    passwordRangeUrl: new URL(`http://127.0.0.1:${server.addr.port}/range/`),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function hash(password: string): string {
  return createHash("sha1").update(password).digest("hex").toUpperCase();
}

function rest(password: string): string {
  return hash(password).slice(5);
}
