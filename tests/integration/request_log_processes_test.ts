import assert from "node:assert/strict";
import { SECOND } from "../../src/platform/clock.ts";
import { Browser } from "../support/browser.ts";
import { newDataFolder, openTestDatabase, serverUrl } from "../support/database.ts";
import { callApi } from "../support/http.ts";
import { ServerProcess } from "../support/process.ts";

/** Protects: the request log loses no call on SIGTERM, and at most the last second on SIGKILL. The count of calls loses none. */

const ACCOUNT = { email: "ada@acme.example", password: "correct horse battery" };
const CALLING_MILLISECONDS = 1_300;
const CALLERS = 2;

/** An answered call, and when its answer arrived. */
type Answered = { id: string; at: number };

Deno.test("the request log survives the end of its process", async (t) => {
  const folder = await newDataFolder();
  const database = serverUrl ? await openTestDatabase() : undefined;
  const variables = { ...database?.variables, DATA_DIR: folder, TENANT_POOL_SIZE: "1" };
  let server = await start(variables);
  const restart = async (signal: Deno.Signal) => {
    await server.stop(signal);
    server = await start(variables);
  };
  try {
    const form = { ...ACCOUNT, company_name: "Acme", subdomain: "acme", name: "Ada" };
    await new Browser(server.port).post(`http://localhost:${server.port}/signup`, form);

    await t.step(
      "killed, it loses at most the calls of the last second, and the count of the month loses none",
      async () => {
        const before = await countedCalls(server.port);
        const answered = await callFor(server.port, CALLING_MILLISECONDS);
        const killedAt = performance.now();
        await restart("SIGKILL");
        const counted = await countedCalls(server.port) - before;

        const lost = await findLost(server.port, answered);
        assert.deepEqual(lost.filter(({ at }) => killedAt - at >= SECOND), []);
        assert.equal(counted, answered.length + 1, "the calls, and the one that read the count before");
      },
    );

    await t.step("told to stop, it loses none", async () => {
      const answered = await callFor(server.port, CALLING_MILLISECONDS);
      await restart("SIGTERM");

      assert.deepEqual(await findLost(server.port, answered), []);
    });
  } finally {
    await server.stop("SIGKILL");
    await database?.close();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Without the plans' limits, because refused calls are only counted. */
async function start(variables: Record<string, string>): Promise<ServerProcess> {
  const script = "tests/performance/unlimited_server.ts";
  const server = await ServerProcess.start(variables, "piped", { script });
  await server.ready();
  return server;
}

async function signIn(port: number): Promise<string> {
  const { json } = await call(port, "POST", "/auth/login", undefined, { ...ACCOUNT, tenant: "acme" });
  return json.access_token as string;
}

/** Calls the API without a pause until the time is over, and returns the answered calls. */
async function callFor(port: number, milliseconds: number): Promise<Answered[]> {
  const token = await signIn(port);
  const answered: Answered[] = [];
  const until = performance.now() + milliseconds;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    while (performance.now() < until) {
      const { headers } = await call(port, "GET", "/projects?limit=1", token);
      answered.push({ id: String(headers["x-request-id"]), at: performance.now() });
    }
  }));
  return answered;
}

/** The API calls of the month, without the one that asks. */
async function countedCalls(port: number): Promise<number> {
  const { json } = await call(port, "GET", "/usage", await signIn(port));
  return json.data.find(({ metric }: { metric: string }) => metric === "api_calls").total;
}

/** The calls that the log lacks. */
async function findLost(port: number, answered: Answered[]): Promise<Answered[]> {
  assert.ok(answered.length >= CALLERS * 5, `${answered.length} calls were answered`);
  const token = await signIn(port);
  const logged = new Set<string>();
  for (let cursor = ""; cursor !== null;) {
    const { json } = await call(port, "GET", `/request-log?limit=100${cursor && `&cursor=${cursor}`}`, token);
    for (const { id } of json.data) logged.add(id);
    cursor = json.next_cursor;
  }
  return answered.filter(({ id }) => !logged.has(id));
}

function call(port: number, method: string, path: string, token?: string, body?: Record<string, unknown>) {
  return callApi({ port, host: `localhost:${port}`, method, path: `/api/v1${path}`, token, body });
}
