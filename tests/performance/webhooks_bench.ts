import { eq, sql } from "drizzle-orm";
import { connect } from "../../db/connection/connect.ts";
import { pause } from "../../db/connection/retry.ts";
import { webhookDeliveries, webhookEndpoints } from "../../db/control/schema/webhooks.ts";
import { openKvEngine } from "../../jobs/engines/kv.ts";
import { JobWorker } from "../../jobs/runner/job_worker.ts";
import { systemActor } from "../../src/access/actor.ts";
import { parseConfig } from "../../src/config.ts";
import { type TenantContext, tenantContext } from "../../src/context.ts";
import { SECOND, systemClock } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { buildServices } from "../../src/services.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { sealSecret } from "../../src/webhooks/endpoint_rows.ts";
import { addDeliveries } from "../../src/webhooks/fan_out.ts";
import { send } from "../../src/webhooks/send.ts";
import { newSecret } from "../../src/webhooks/signature.ts";
import { openFleet } from "./fleet.ts";
import { type Figure, median, timed, within } from "./measure.ts";
import { removeLeftovers } from "./removal.ts";

const ENDPOINTS = 20;
const DELIVERIES = 6_000;
const MANY_ENDPOINTS = 100;
const HANGING = 10;
const EVENTS = 100;
const EVENTS_ALONE = 30;
/** 100 deliveries, every half second. */
const EVENT_INTERVAL = SECOND / 2;
const SENDERS = 60;
const DATA = { id: newId(), name: "Website relaunch", status: "active" };

type Setup = { ctx: TenantContext; port: number };

/** Measures how fast webhooks go out with all their checks, and what receivers that never answer cost the others. */
export async function benchWebhooks(adminUrl: string): Promise<Figure[]> {
  await removeLeftovers(adminUrl);
  const fleet = await openFleet(1, adminUrl);
  const receiver = new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", "--allow-net=127.0.0.1", "tests/performance/receiver_process.ts"],
    stdout: "piped",
  }).spawn();
  const config = parseConfig({ DENO_ENV: "test", TENANT_POOL_SIZE: "0", WEBHOOKS_ALLOW_PRIVATE: "1" });
  const services = await buildServices(
    config,
    systemClock,
    connect({ url: fleet.url }),
    () => Promise.resolve(),
  );
  try {
    const port = await readPort(receiver.stdout);
    const [row] = await services.db.control.update(tenants).set({ plan: "premium" }).returning({
      id: tenants.id,
    });
    const tenant = (await services.use(TENANTS).findById(row!.id))!;
    const setup = { ctx: tenantContext(services, tenant, systemActor("bench"), newId()), port };
    return [await benchRate(setup), await benchHanging(setup, () => receiver.kill("SIGKILL"))];
  } finally {
    await receiver[Symbol.asyncDispose]();
    await services.close();
    await services.db.close();
    await fleet.close();
  }
}

async function benchRate(setup: Setup): Promise<Figure> {
  await makeEndpoints(setup, ENDPOINTS, 0);
  for (let count = 0; count < DELIVERIES; count += ENDPOINTS) await addEvent(setup.ctx);
  const took = await withWorker(setup, (worker) => timed(() => worker.idle()));
  await requireDelivered(setup, DELIVERIES);
  const alone = DELIVERIES / await timed(() => sendAll(setup, DELIVERIES)) * SECOND;
  const rate = DELIVERIES / took * SECOND;
  return within("webhooks with all checks; their requests alone", "deliveries/s", rate, alone, {
    atLeast: 500,
  });
}

/** The same requests without jobs, database and signatures. */
async function sendAll({ port }: Setup, count: number): Promise<void> {
  const rules = { allowLoopback: true, resolve: () => Promise.reject(new Error("no names")) };
  let left = count;
  const sender = async () => {
    while (left-- > 0) await send({ url: `http://127.0.0.1:${port}/`, headers: {}, body: "{}" }, rules);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

async function benchHanging(setup: Setup, killReceiver: () => void): Promise<Figure> {
  const [alone, beside] = await withWorker(setup, async () => {
    await makeEndpoints(setup, MANY_ENDPOINTS - HANGING, 0);
    const alone = await delayOf(setup, EVENTS_ALONE, MANY_ENDPOINTS - HANGING);
    await makeEndpoints(setup, MANY_ENDPOINTS - HANGING, HANGING);
    const beside = await delayOf(setup, EVENTS, MANY_ENDPOINTS - HANGING);
    killReceiver(); // ends the requests that hang, so that the worker closes
    return [alone, beside] as const;
  });
  const name = `delay of ${MANY_ENDPOINTS - HANGING} endpoints beside ${HANGING} that hang; without those`;
  return within(name, "ms", beside, alone, { below: 2 * SECOND });
}

/** The median milliseconds from an event to its delivery, over all endpoints that answer. */
async function delayOf({ ctx }: Setup, events: number, answering: number): Promise<number> {
  for (let event = 0; event < events; event++) {
    await Promise.all([addEvent(ctx), pause(EVENT_INTERVAL)]);
  }
  const deadline = performance.now() + 60 * SECOND;
  const isDelivered = eq(webhookDeliveries.status, "delivered");
  while (await ctx.system.control.$count(webhookDeliveries, isDelivered) < events * answering) {
    if (performance.now() > deadline) throw new Error("Not everything was delivered within a minute.");
    await pause(100);
  }
  const rows = await ctx.system.control.execute<{ delay: number }>(sql`
    select extract(epoch from ended_at - created_at)::float * 1000 as delay from ${webhookDeliveries} where ${isDelivered}`);
  return median(rows.map(({ delay }) => delay));
}

/** Replaces the tenant's endpoints and their deliveries. */
async function makeEndpoints({ ctx, port }: Setup, answering: number, hanging: number): Promise<void> {
  const { system, services, tenant } = ctx;
  const now = services.clock.now();
  const paths = [...Array(answering).fill("/"), ...Array(hanging).fill("/hangs")];
  await system.control.delete(webhookEndpoints);
  await system.control.insert(webhookEndpoints).values(paths.map((path) => ({
    id: newId(),
    tenantId: tenant.id,
    url: `http://127.0.0.1:${port}${path}`,
    description: "",
    events: ["*"],
    sealedSecret: sealSecret(services, newSecret()),
    status: "active" as const,
    createdAt: now,
    updatedAt: now,
  })));
}

async function addEvent(ctx: TenantContext): Promise<void> {
  const at = ctx.services.clock.now().toISOString();
  await ctx.system.tx(async (tx) => {
    const endpoints = await tx.select().from(webhookEndpoints);
    await addDeliveries(ctx, tx, { id: newId(), type: "tenant.resumed", at, data: DATA }, endpoints);
  });
}

async function requireDelivered({ ctx }: Setup, count: number): Promise<void> {
  const delivered = await ctx.system.control.$count(
    webhookDeliveries,
    eq(webhookDeliveries.status, "delivered"),
  );
  if (delivered !== count) throw new Error(`${delivered} of ${count} were delivered.`);
}

async function withWorker<T>({ ctx }: Setup, work: (worker: JobWorker) => Promise<T>): Promise<T> {
  const worker = await JobWorker.start(ctx.services, await openKvEngine(":memory:"));
  try {
    return await work(worker);
  } finally {
    await worker.close();
  }
}

async function readPort(stdout: ReadableStream<Uint8Array>): Promise<number> {
  const { value } = await stdout.getReader().read();
  return Number(new TextDecoder().decode(value));
}
