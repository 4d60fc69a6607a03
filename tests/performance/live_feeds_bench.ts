import { sql } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { sessions } from "../../db/control/schema/identity.ts";
import { notificationFeeds } from "../../db/control/schema/notifications.ts";
import { users } from "../../db/control/schema/users.ts";
import { FEED_CHANGES } from "../../src/notifications/live_feeds.ts";
import { idArray } from "../../src/platform/array_literals.ts";
import { newToken, sha256 } from "../../src/platform/crypto.ts";
import { newId } from "../../src/platform/ids.ts";
import { LiveFeedClient } from "../support/live_feed.ts";
import { ServerProcess } from "../support/process.ts";
import { type Company, World } from "../support/world.ts";
import { type Figure, median, timed, within } from "./measure.ts";

const PEOPLE = Number(Deno.env.get("BENCH_PEOPLE") ?? 1_000);
const PAGES_EACH = 3;
const SOCKETS = PEOPLE * PAGES_EACH;
const AT_ONCE = 20;
const WARMING_PEOPLE = 20;
const ROUNDS = 7;
const SETTLE_MILLISECONDS = 6_000;
const KILOBYTES = 1_024;
const SAMPLER = new URL("../support/memory_sampler.ts", import.meta.url).pathname;
const BARE_SERVER = new URL("./bare_sockets.ts", import.meta.url).pathname;

type Person = { id: string; token: string };
/** A process limits the pages of an address, so each page has its own. */
let addresses = 0;

type OpenPage = { person: Person; client: LiveFeedClient };

/**
 * Open pages of a thousand people on two processes: what each of their sockets takes, beside a socket of a bare server, and how long
 * it takes to tell everyone, beside telling one person.
 */
export async function benchLiveFeeds(): Promise<Figure[]> {
  const bare = await bareKilobytes();
  await using world = await World.open();
  const acme = await world.company("acme");
  const people = await addPeople(world, acme);
  await using one = await startServer(world);
  await using other = await startServer(world);
  const servers = [one, other];
  // Loads what the first sockets need.
  for (const server of servers) await closeAll(await openAll(server, people.slice(0, WARMING_PEOPLE)));
  await settle();
  const before = await memoryOf(servers);
  const pages = (await Promise.all(
    servers.map((server, half) => openAll(server, people.filter((_, index) => index % 2 === half))),
  )).flat();
  await settle();
  const growth = (await memoryOf(servers) - before) * KILOBYTES / SOCKETS;
  const told = await toldWithin(world, people, pages);
  const first = people.slice(0, 1);
  const single = await toldWithin(world, first, pages.filter(({ person }) => person === first[0]));
  await closeAll(pages);
  return [
    within(`memory of each of ${SOCKETS} live feeds in 2 processes; of a bare socket`, "KB", growth, bare, {
      below: 50,
    }),
    within(`${PEOPLE} people told on ${SOCKETS} pages in 2 processes; one person`, "ms", told, single, {
      below: 200,
    }),
  ];
}

/** Members who are signed in on the workspace's host now. */
async function addPeople({ system: { control } }: World, { tenant }: Company): Promise<Person[]> {
  const people = Array.from({ length: PEOPLE }, () => ({ id: newId(), token: newToken() }));
  const now = new Date(performance.timeOrigin + performance.now());
  const until = new Date(now.getTime() + 60 * 60_000);
  await control.insert(users).values(people.map(({ id }, index) => ({
    id: id as never,
    email: `person${index}@acme.example`,
    emailVerifiedAt: now,
    name: `Person ${index}`,
    createdAt: now,
    updatedAt: now,
  })));
  await control.insert(memberships).values(people.map(({ id }) => ({
    id: newId(),
    tenantId: tenant.id,
    userId: id as never,
    role: "member" as const,
    createdAt: now,
  })));
  await control.insert(sessions).values(people.map(({ id, token }) => ({
    id: newId(),
    tokenHash: sha256(token),
    signInId: newId(),
    userId: id as never,
    tenantId: tenant.id,
    remember: true,
    ipAddress: "127.0.0.1",
    userAgent: "Benchmark",
    methods: ["password" as const],
    authenticatedAt: now,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: until,
  })));
  return people;
}

async function startServer(world: World): Promise<ServerProcess> {
  const variables = { ...world.variables, TRUSTED_PROXIES: "127.0.0.1/32", LOG_LEVEL: "error" };
  const server = await ServerProcess.start({ ...variables, JOBS_ENGINE: "postgres" }, "null");
  await server.ready();
  return server;
}

async function openAll({ port }: ServerProcess, people: Person[]): Promise<OpenPage[]> {
  const server = { port, host: (subdomain = "") => `${subdomain ? `${subdomain}.` : ""}localhost:${port}` };
  const waiting = people.flatMap((person) => Array.from({ length: PAGES_EACH }, () => person));
  const opened: OpenPage[] = [];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let person = waiting.pop(); person; person = waiting.pop()) {
      const number = addresses++;
      const headers = {
        Cookie: `denizen_session=${person.token}`,
        "X-Forwarded-For": `10.0.${number >> 8 & 255}.${number & 255}`,
      };
      const client = await LiveFeedClient.open(server, { headers });
      if (client.status !== 101) throw new Error(`A live feed was answered ${client.status}.`);
      opened.push({ person, client });
    }
  }));
  return opened;
}

/** The median time from the commit until the last page is told. */
async function toldWithin(
  { system: { control } }: World,
  people: Person[],
  pages: OpenPage[],
): Promise<number> {
  const times: number[] = [];
  const ids = people.map(({ id }) => id);
  for (let round = 0; round < ROUNDS; round++) {
    const seen = pages.map(({ client }) => client.versions.length);
    await control.execute(sql`
      insert into ${notificationFeeds} as feed (user_id, version)
      select unnest(${idArray(ids)}::uuid[]), 1
      on conflict (user_id) do update set version = feed.version + 1`);
    times.push(
      await timed(async () => {
        await control.execute(sql`select pg_notify(${FEED_CHANGES}, '')`);
        await Promise.all(
          pages.map(({ client }, index) => client.until(() => client.versions.length > seen[index]!)),
        );
      }),
    );
    await new Promise((done) => setTimeout(done, 300));
  }
  return median(times);
}

async function closeAll(pages: OpenPage[]): Promise<void> {
  await Promise.all(pages.map(({ client }) => client[Symbol.asyncDispose]()));
}

/** What each of as many sockets takes in a server that does nothing else. */
async function bareKilobytes(): Promise<number> {
  const args = ["run", "--quiet", "--no-prompt", "--no-config", "--allow-net", BARE_SERVER];
  const process = new Deno.Command("deno", { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  try {
    const port = Number(await firstLine(process.stdout));
    const server = { port, host: () => `localhost:${port}` };
    const before = await megabytesOf(process.pid);
    const clients: LiveFeedClient[] = [];
    for (let count = 0; count < SOCKETS; count++) clients.push(await LiveFeedClient.open(server));
    await settle();
    const growth = await megabytesOf(process.pid) - before;
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    return growth * KILOBYTES / SOCKETS;
  } finally {
    process.kill("SIGKILL");
    await process.status;
  }
}

async function memoryOf(servers: ServerProcess[]): Promise<number> {
  const each = await Promise.all(servers.map(({ pid }) => megabytesOf(pid)));
  return each.reduce((sum, megabytes) => sum + megabytes, 0);
}

async function megabytesOf(pid: number): Promise<number> {
  const args = ["run", "--quiet", "--no-prompt", "--no-config", "--allow-all", SAMPLER, String(pid)];
  const sampler = new Deno.Command("deno", { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const megabytes = Number(await firstLine(sampler.stdout));
  sampler.kill("SIGKILL");
  await sampler.status;
  return megabytes;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream() as never) as AsyncIterable<string>) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0]!;
}

/** Collections of garbage, and checks of the open pages. */
function settle(): Promise<void> {
  return new Promise((done) => setTimeout(done, SETTLE_MILLISECONDS));
}
