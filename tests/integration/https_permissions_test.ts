import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { AUTHORITY, CERTIFICATE, PRIVATE_KEY } from "../support/certificate.ts";

/**
 * Protects: `node:https` works without `--allow-sys`, as decision 022 describes, and still verifies certificates (S46).
 */

Deno.test("node:https over tls.connect needs no sys permission and rejects unknown authorities", async () => {
  const server = createServer(
    { cert: CERTIFICATE, key: PRIVATE_KEY },
    (_, answer) => void answer.end("answer"),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const connectTo = (extra: object) =>
    JSON.stringify({ host: "127.0.0.1", port, servername: "localhost", ...extra });

  const trusting = await getByProcess(port, `() => tls.connect(${connectTo({ ca: AUTHORITY })})`);
  const strict = await getByProcess(port, `() => tls.connect(${connectTo({})})`);
  const byDefault = await getByProcess(port, "undefined");
  await new Promise((closed) => server.close(closed));

  assert.equal(trusting, "answer");
  assert.match(strict, /certificate|UnknownIssuer/);
  assert.match(byDefault, /--allow-sys/, "Deno no longer needs this: delete decision 022");
});

/** The result of a request in a process that may use only the network. */
async function getByProcess(port: number, createConnection: string): Promise<string> {
  const script = `
    import https from "node:https";
    import tls from "node:tls";
    const options = { host: "localhost", port: ${port}, createConnection: ${createConnection} };
    https.get(options, async (answer) => { for await (const part of answer) console.log(String(part)); })
      .on("error", (error) => console.log(error.message));`;
  const address = `data:text/javascript,${encodeURIComponent(script)}`;
  const { stdout, stderr } = await new Deno.Command("deno", {
    args: ["run", "--no-prompt", "--quiet", `--allow-net=127.0.0.1:${port},localhost:${port}`, address],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return (decoder.decode(stdout) + decoder.decode(stderr)).trim();
}
