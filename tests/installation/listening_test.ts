import assert from "node:assert/strict";
import { serveHttp } from "../../routes/server/http_server.ts";
import { StartError } from "../../src/platform/start_error.ts";
import { newDataFolder } from "../support/database.ts";
import { freePort, ServerProcess } from "../support/process.ts";

/** Protects: the server listens on the right addresses, and a start that can't listen says in one line what to do. */

const ON_A_MACHINE = { sleepsBetweenRequests: false };
const hasIPv6 = isAddress("::1");
const hello: Deno.ServeHandler = () => new Response("hello");

Deno.test("without HOST, the server listens on IPv4 and IPv6", async () => {
  const port = await freePort();
  const server = serveHttp({ host: undefined, port, portSetting: "PORT" }, hello, ON_A_MACHINE);

  assert.equal(await textOf(`http://127.0.0.1:${port}/`), "hello");
  if (hasIPv6) assert.equal(await textOf(`http://[::1]:${port}/`), "hello");
  await server.shutdown();
});

for (const host of ["127.0.0.1", "localhost", "::1"]) {
  const ignore = host === "::1" && !hasIPv6;
  Deno.test(`with HOST=${host}, the server listens only there`, { ignore }, async () => {
    const port = await freePort();
    const server = serveHttp({ host, port, portSetting: "PORT" }, hello, ON_A_MACHINE);
    const [inside, outside] = host === "::1" ? ["[::1]", "127.0.0.1"] : ["127.0.0.1", "[::1]"];

    assert.equal(await textOf(`http://${inside}:${port}/`), "hello");
    await assert.rejects(fetch(`http://${outside}:${port}/`));
    await server.shutdown();
  });
}

Deno.test("a HOST of another machine and an unknown name are reported with instructions", () => {
  for (const host of ["192.0.2.1", "nowhere.invalid"]) {
    assert.throws(
      () => serveHttp({ host, port: 0, portSetting: "PORT" }, hello, ON_A_MACHINE),
      (error) =>
        error instanceof StartError && error.message.startsWith(`HOST is ${host}, `) &&
        error.message.includes("Set HOST to"),
    );
  }
});

Deno.test("a metrics port in use is reported with its setting", () => {
  const taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;

  assert.throws(
    () => serveHttp({ host: undefined, port, portSetting: "METRICS_PORT" }, hello, ON_A_MACHINE),
    new StartError(`Port ${port} is in use. Stop the other program or set METRICS_PORT.`),
  );
  taken.close();
});

Deno.test("a server whose port is in use exits with one line that says what to do", async () => {
  const folder = await newDataFolder();
  const taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await using server = await ServerProcess.start({ DATA_DIR: folder, PORT: String(port) });

  const { code, stderr } = await server.outcome;

  assert.equal(code, 1);
  assert.equal(stderr, `denizen: Port ${port} is in use. Stop the other program or set PORT.\n`);
  taken.close();
  await Deno.remove(folder, { recursive: true });
});

async function textOf(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

function isAddress(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
