import { pause } from "../../db/connection/retry.ts";
import { Browser } from "../support/browser.ts";
import { openTestDatabase } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { allAnswered, type EveryKind, everyKind, statusesOf } from "../support/every_kind.ts";
import { ServerProcess } from "../support/process.ts";
import { PASSWORD, World } from "../support/world.ts";
import { Report } from "./report.ts";

const LONG_IDLE_MILLISECONDS = 20 * 60_000;
const HEALTH_KEPT_MILLISECONDS = 1_200;
const LONGEST_ANSWER_SECONDS = 35;
const LONGEST_STOP_SECONDS = 8;

/** Lets all connections exceed their maximum age, then sends the first request of every kind. */
export async function growOld(): Promise<boolean> {
  const report = new Report("old connections");
  let age = 0;
  await using world = await World.open({}, { now: () => performance.now() + age });
  const kinds = await everyKind(world, await world.company("acme"));
  await statusesOf(kinds);

  age += LONG_IDLE_MILLISECONDS;
  const statuses = await statusesOf(kinds);

  report.check(isEqual(statuses, allAnswered(kinds)), `first request of each kind: ${describe(statuses)}`);
  return report.passed;
}

/** Kills the path to the database while the network still acknowledges packets. */
export async function silencePath(): Promise<boolean> {
  const report = new Report("dead path");
  let proxy: DatabaseProxy | undefined;
  {
    await using world = await World.open({}, {
      through: async (address) => (proxy = await DatabaseProxy.open(address)).address,
    });
    const kinds = await everyKind(world, await world.company("acme"));
    await statusesOf(kinds);

    proxy!.silenceConnections();
    const [answers, health] = await Promise.all([
      answersOf(kinds),
      pause(HEALTH_KEPT_MILLISECONDS).then(() => kinds.health!()),
    ]);
    const after = await statusesOf(kinds);

    const isRefused = answers.every(({ status }) => status === 200 || status === 503);
    const longest = Math.max(...answers.map(({ seconds }) => seconds));
    report.check(
      isRefused,
      `while the path was dead: ${answers.map(({ kind, status }) => `${kind} ${status}`).join(", ")}`,
    );
    report.check(
      longest <= LONGEST_ANSWER_SECONDS,
      `the last response came after ${longest.toFixed(1)} s`,
    );
    report.check(health.status === 503, `health afterwards: ${health.status}`);
    report.check(isEqual(after, allAnswered(kinds)), `after recovery: ${describe(after)}`);
  }
  await proxy![Symbol.asyncDispose]();
  return report.passed;
}

/** Stops a server whose database doesn't answer while a request and a job wait for it. */
export async function stopWhileSilent(): Promise<boolean> {
  const report = new Report("stopping");
  const database = await openTestDatabase();
  const folder = await Deno.makeTempDir({ prefix: "denizen-chaos-" });
  try {
    await using proxy = await DatabaseProxy.open(database.address);
    await using server = await ServerProcess.start({
      DATABASE_URL: (proxy.address as { url: string }).url,
      JOBS_ENGINE: "postgres",
      DATA_DIR: folder,
      LOG_LEVEL: "warning",
    });
    await server.ready();
    const browser = new Browser(server.port);
    const account = { name: "Ada", email: "ada@acme.example", password: PASSWORD };
    const page = await browser.post(`http://localhost:${server.port}/signup`, {
      ...account,
      company_name: "Acme",
      subdomain: "acme",
    });

    proxy.silenceAll();
    browser.get(page.url).catch(() => {}); // it may be cut off
    const started = performance.now();
    const { code } = await server.stop("SIGTERM");
    const seconds = (performance.now() - started) / 1_000;

    report.check(
      code === 0 && seconds <= LONGEST_STOP_SECONDS,
      `SIGTERM while the database hangs: exited with ${code} after ${seconds.toFixed(1)} s`,
    );
  } finally {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  }
  return report.passed;
}

async function answersOf(kinds: EveryKind) {
  return await Promise.all(
    Object.entries(kinds).map(async ([kind, send]) => {
      const started = performance.now();
      const { status } = await send();
      return { kind, status, seconds: (performance.now() - started) / 1_000 };
    }),
  );
}

function isEqual(statuses: Record<string, number>, expected: Record<string, number>): boolean {
  return Object.entries(expected).every(([kind, status]) => statuses[kind] === status);
}

function describe(statuses: Record<string, number>): string {
  return Object.entries(statuses).map(([kind, status]) => `${kind} ${status}`).join(", ");
}
