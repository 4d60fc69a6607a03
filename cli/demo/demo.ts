import { and, inArray, notInArray } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import { migrate } from "../../db/migration/migrate.ts";
import { resetDatabase } from "../../db/migration/reset.ts";
import { systemActor } from "../../src/access/actor.ts";
import { dayOf } from "../../src/analytics/days.ts";
import { fillCounters, recordGauges } from "../../src/analytics/daily_metrics.ts";
import { recordTenantDay } from "../../src/analytics/platform/tenant_day.ts";
import type { Config } from "../../src/config.ts";
import { systemContext } from "../../src/context.ts";
import { hashPassword } from "../../src/identity/passwords.ts";
import { appointPlatformAdmin } from "../../src/identity/platform_admins.ts";
import { after, DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { countIds, newId } from "../../src/platform/ids.ts";
import { buildServices } from "../../src/services.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { isSubdomainTaken } from "../../src/tenancy/workspace_addresses.ts";
import { CommandFailure } from "../options.ts";
import { addMonthOfCalls } from "./api_calls.ts";
import { addCampaignPages, addReaders, addSentCampaign } from "./campaigns.ts";
import { type Company, HARBOR_AND_PINE, KESTREL, PASSWORD } from "./companies.ts";
import { addContactPages } from "./contacts.ts";
import { addShopEvents } from "./customers.ts";
import { addNotifications } from "./notifications.ts";
import { NORTHWIND } from "./northwind.ts";
import type { ResourceRows } from "./resource_rows.ts";
import * as resources from "./resources.ts";
import { addSequencePages } from "./sequences.ts";
import { addWebhookPages } from "./webhooks.ts";
import {
  addApiKey,
  addApiUsage,
  buyPlan,
  contextOf,
  type DemoPlan,
  join,
  openWorkspace,
  renew,
  startProject,
  type Story,
  type Workspace,
} from "./workspace.ts";

/** Opens the back office with the same password, after setting up a second factor. */
export const ADMIN = { name: "Robin Achterberg", email: "admin@denizen.example" };
const READERS = 240;
const HISTORY = 90;
const SHOWN_TO_THE_PLATFORM = 30;
const RESOURCES: ResourceRows[] = Object.values(resources);
/** Every day that the dashboard shows, and every week before. */
const MEASURED_AGES = [...Array(31).keys(), ...[38, 45, 52, 59, 66, 73, 80, 87]];

export type SignIn = { workspace: string; plan: string; url: string; email: string; password: string };

/** Something that happens so many milliseconds before the end of the story. */
type Act = { age: number; run(): Promise<unknown> };

/** The companies, from the richest to the poorest, with the calls of their programs on a weekday. */
const COMPANIES = [
  { company: NORTHWIND, plan: "premium", calls: 9_800 },
  { company: HARBOR_AND_PINE, plan: "team", calls: 1_900 },
  { company: KESTREL, plan: "starter", calls: 60 },
] as const satisfies { company: Company; plan: DemoPlan; calls: number }[];

/**
 * Adds three workspaces with 90 days of work up to the full hour before `now`. Names, figures and ids are the same each time, apart
 * from the date. If they exist, changes nothing. After an interruption, starts over. Throws `CommandFailure` if another workspace
 * has one of the addresses.
 */
export async function seedDemo(
  config: Config,
  db: Database,
  now: Date,
  onProgress?: (done: number, total: number) => void,
): Promise<SignIn[]> {
  if (await wasInterrupted(db)) {
    await resetDatabase(db);
    await migrate(db);
  }
  const end = new Date(Math.floor(now.getTime() / HOUR) * HOUR);
  const clock = { at: after(end, -HISTORY * DAY), now: () => clock.at };
  const services = await buildServices(config, clock, db, () => Promise.resolve());
  const restoreIds = countIds(clock);
  try {
    const system = systemContext(services, systemActor("Demo"), newId());
    const story: Story = { services, system, passwordHash: await hashPassword(PASSWORD) };
    const taken = await findTaken(story);
    if (taken.length === 0) await tell(story, end, (at) => clock.at = at, onProgress);
    else if (taken.length < COMPANIES.length) {
      throw new CommandFailure(
        `Another workspace has the address ${
          taken.join(" and ")
        }. Use an empty database, such as DATA_DIR=.data/demo.`,
      );
    }
    return COMPANIES.map(({ company, plan }) => ({
      workspace: company.name,
      plan,
      url: tenantUrl(config.appUrl, { ...company, primaryDomain: null }),
      email: company.people[0].email,
      password: PASSWORD,
    }));
  } finally {
    restoreIds();
    await services.close();
  }
}

/** Whether the database has only a part of the story, and nothing else. The administrator, a stranger here, comes last. */
async function wasInterrupted({ control }: Database): Promise<boolean> {
  const subdomains = COMPANIES.map(({ company }) => company.subdomain);
  const people = COMPANIES.flatMap(({ company }) => company.people.map(({ email }) => email));
  const [begun, others, strangers] = await Promise.all([
    control.$count(tenants, inArray(tenants.subdomain, subdomains)),
    control.$count(tenants, notInArray(tenants.subdomain, subdomains)),
    control.$count(users, notInArray(users.email, people)),
  ]);
  return begun > 0 && others + strangers === 0;
}

async function findTaken({ system }: Story): Promise<string[]> {
  const taken: string[] = [];
  for (const { company: { subdomain } } of COMPANIES) {
    if (await isSubdomainTaken(system, subdomain)) taken.push(subdomain);
  }
  return taken;
}

async function tell(
  story: Story,
  end: Date,
  goTo: (at: Date) => void,
  onProgress: Parameters<typeof seedDemo>[3],
): Promise<void> {
  const workspaces: Workspace[] = [];
  for (const { company, plan, calls } of COMPANIES) {
    const workspace = await openWorkspace(story, company, plan);
    await addApiUsage(workspace, HISTORY, calls, end);
    workspaces.push(workspace);
  }
  const [northwind, harbor] = workspaces as [Workspace, Workspace];
  const readers: string[] = [];
  const acts: Act[] = [
    ...workspaces.flatMap((workspace) => [...growing(workspace), ...filling(workspace)]),
    ...mailing(northwind, readers),
    { age: 2 * MINUTE, run: () => finish(northwind, readers) },
    { age: 2 * MINUTE, run: async () => await addShopEvents(await contextOf(harbor), HISTORY / 3) },
    ...workspaces.map((workspace) => ({ age: 0, run: () => measureAll(workspace) })),
  ];
  for (const [index, { age, run }] of acts.sort((one, other) => other.age - one.age).entries()) {
    goTo(after(end, -age));
    await run();
    onProgress?.(index + 1, acts.length);
  }
  await dropMessages(story, workspaces);
  await appointPlatformAdmin(story.system, ADMIN, story.passwordHash);
}

/** A company pays, people join, projects start, and each day is measured. */
function growing(workspace: Workspace): Act[] {
  const { people, projects } = workspace.company;
  return [
    { age: HISTORY * DAY - HOUR, run: () => buyPlan(workspace) },
    ...[32, 63].map((day) => ({ age: (HISTORY - day) * DAY, run: () => renew(workspace) })),
    ...people.slice(1).map((person, index) => ({
      age: (HISTORY - 2 - index * 9) * DAY - 3 * HOUR,
      run: () => join(workspace, person),
    })),
    ...projects.map(([name, description], index) => ({
      age: (projects.length - index) * (HISTORY - 3) / projects.length * DAY - 5 * HOUR,
      run: () => startProject(workspace, name, description),
    })),
    { age: 60 * DAY, run: () => addApiKey(workspace) },
    ...MEASURED_AGES.map((age) => ({
      age: age * DAY + MINUTE,
      run: async () => await recordGauges(await contextOf(workspace)),
    })),
  ];
}

/** The rows of generated resources, from the day on which everything that they refer to is there. */
function filling(workspace: Workspace): Act[] {
  return RESOURCES.flatMap(({ count, add }) =>
    Array.from({ length: count }, (_, index) => ({
      age: (count - index) * (HISTORY / 2) / count * DAY - 3 * HOUR,
      run: async () => await add(await contextOf(workspace), index),
    }))
  );
}

/** Contacts, and campaigns to them. */
function mailing(workspace: Workspace, readers: string[]): Act[] {
  const send = (days: number, name: string, subject: string, to: number, clickEvery: number): Act => ({
    age: days * DAY,
    run: async () => {
      const values = { name, subject, body: "Hello {{first_name}}", tracksOpens: true };
      await addSentCampaign(await contextOf(workspace), values, readers.slice(0, to), clickEvery);
    },
  });
  return [
    {
      age: 75 * DAY,
      run: async () => readers.push(...await addReaders(await contextOf(workspace), READERS)),
    },
    send(70, "New catalog", "Warm rooms, clear desks", 178, 7),
    send(41, "Sample sale", "Two days only: samples at half price", 214, 3),
  ];
}

/** What the pages of a workspace show besides. */
async function finish(workspace: Workspace, readers: string[]): Promise<void> {
  const ctx = await contextOf(workspace);
  const callers = workspace.members.slice(0, 3).map(({ user }) => user);
  await addShopEvents(ctx, HISTORY);
  await addMonthOfCalls(ctx, callers);
  await addContactPages(ctx);
  await addCampaignPages(ctx, readers);
  await addSequencePages(ctx);
  await addWebhookPages(ctx);
  await addNotifications(ctx, workspace.members[0]!.user);
}

/** The figures of every day, for the workspace and for the platform. */
async function measureAll(workspace: Workspace): Promise<void> {
  const ctx = await contextOf(workspace);
  const today = ctx.services.clock.now();
  for (const age of [0, 31, 62]) await fillCounters(ctx, dayOf(after(today, -age * DAY)).slice(0, 7));
  for (let age = 1; age <= SHOWN_TO_THE_PLATFORM; age++) {
    await recordTenantDay(ctx, dayOf(after(today, -age * DAY)));
  }
}

/** The story's emails and webhooks are old, so nothing is sent when the server starts. */
async function dropMessages({ system }: Story, workspaces: Workspace[]): Promise<void> {
  const ids = workspaces.map(({ tenantId }) => tenantId);
  await system.control.delete(outbox).where(
    and(inArray(outbox.tenantId, ids), inArray(outbox.queue, ["email", "webhooks"])),
  );
}
