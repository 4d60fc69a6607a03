import { sql } from "drizzle-orm";
import { type Authentication, memberActor } from "../../src/access/actor.ts";
import { addMember } from "../../src/access/members.ts";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { findAccount } from "../../src/billing/accounts.ts";
import { settleAccount } from "../../src/billing/due_accounts.ts";
import { testCard } from "../../src/billing/engine/cards.ts";
import { sandboxOf } from "../../src/billing/gateway/open.ts";
import { grantPlan } from "../../src/billing/grants.ts";
import type { PlanKey } from "../../src/billing/plans.ts";
import { orderPlan } from "../../src/billing/subscription.ts";
import { syncAccount } from "../../src/billing/sync.ts";
import { type MemberContext, type SystemContext, tenantContext } from "../../src/context.ts";
import { findOrCreateUser, type User } from "../../src/identity/users.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Services } from "../../src/ports.ts";
import { createProject } from "../../src/projects/projects.ts";
import type { TenantId } from "../../src/tenancy/tenant.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { apiUsageDays } from "./api_calls.ts";
import type { Company } from "./companies.ts";

const CARD = testCard("4242 4242 4242 4242", { expiryMonth: 12, expiryYear: 2040 })!;

/** Who tells the story. All people have the same password. */
export type Story = { services: Services; system: SystemContext; passwordHash: string };

type Person = Company["people"][number];
type Member = { user: User; role: Person["role"] };

/** The plans that are for sale. */
export type DemoPlan = Exclude<PlanKey, "enterprise">;

/** A workspace of the demo at some moment of its story. */
export type Workspace = {
  story: Story;
  company: Company;
  plan: DemoPlan;
  tenantId: TenantId;
  members: Member[];
};

export async function openWorkspace(story: Story, company: Company, plan: DemoPlan): Promise<Workspace> {
  const [owner] = company.people;
  const user = await personOf(story, owner);
  const wanted = newTenant.parse({ ...company, plan: "starter" });
  const { id } = await createTenant(story.system, wanted, () => Promise.resolve(user));
  return { story, company, plan, tenantId: id, members: [{ user, role: owner.role }] };
}

/** The workspace as it is now, with its owner or another member as the actor. */
export async function contextOf(
  workspace: Workspace,
  member = workspace.members[0]!,
): Promise<MemberContext> {
  const { services, system } = workspace.story;
  services.forgetTenant(workspace.tenantId); // caches live for minutes of real time, in which days of the story pass
  const { tenant } = await openTenant(system, workspace.tenantId);
  const authentication: Authentication = {
    methods: ["password", "totp"],
    signInId: newId(),
    at: services.clock.now(),
  };
  return tenantContext(
    services,
    tenant,
    memberActor({ ...member.user, authentication }, tenant.id, member.role),
    newId(),
  );
}

export async function join(workspace: Workspace, person: Person): Promise<void> {
  const { system } = workspace.story;
  const user = await personOf(workspace.story, person);
  const { tenant } = await contextOf(workspace);
  await system.tx((tx) => addMember(system, tx, { tenantId: tenant.id, userId: user.id, role: person.role }));
  workspace.members.push({ user, role: person.role });
}

/** One of the members who may write creates a project. */
export async function startProject(workspace: Workspace, name: string, description: string): Promise<void> {
  const writers = workspace.members.filter(({ role }) => role !== "viewer");
  const ctx = await contextOf(workspace, writers[name.length % writers.length]);
  await createProject(ctx, { name, description, status: "active" });
}

/** Buys the plan with a test card. Without the sandbox, nobody pays, and the plan is given. */
export async function buyPlan(workspace: Workspace): Promise<void> {
  const { plan, story: { services, system } } = workspace;
  if (plan === "starter") return;
  const ctx = await contextOf(workspace);
  const sandbox = sandboxOf(services);
  if (!sandbox) return await grantPlan(await openTenant(system, ctx.tenant.id), { plan, until: null });
  const ordered = await orderPlan(ctx, { plan, billingCycle: "monthly" });
  if (!("checkoutUrl" in ordered)) throw new Error("The order needs no checkout.");
  await sandbox.payCheckout(ordered.checkoutUrl.split("/").at(-1)!, CARD);
  await renew(workspace);
}

export async function addApiKey(workspace: Workspace): Promise<void> {
  const key = { name: "Production", permissions: ["projects:read", "projects:write"] };
  await createApiKey(await contextOf(workspace), newApiKey.parse(key));
}

/** Lets the sandbox charge what is due. */
export async function renew(workspace: Workspace): Promise<void> {
  const { services, system } = workspace.story;
  const { tenant } = await contextOf(workspace);
  const account = await findAccount(system.control, tenant.id);
  if (!account?.customerId) return;
  await syncAccount(services, account.id);
  await settleAccount(services, account.id);
}

/** The API calls of each day, counted before. */
export async function addApiUsage(
  workspace: Workspace,
  days: number,
  callsADay: number,
  end: Date,
): Promise<void> {
  const { tenant, system } = await contextOf(workspace);
  const counted = apiUsageDays(end, days, callsADay);
  await system.control.execute(sql`select stream.add_api_usage(
    array[${list(counted.map(() => tenant.id))}]::uuid[], array[${
    list(counted.map(({ day }) => day))
  }]::date[],
    array[${list(counted.map(({ calls }) => calls))}]::bigint[])`);
}

async function personOf({ system, services, passwordHash }: Story, { name, email }: Person): Promise<User> {
  const emailVerifiedAt = services.clock.now();
  return (await findOrCreateUser(system, system.control, { name, email, passwordHash, emailVerifiedAt }))
    .user;
}

function list(values: (string | number)[]) {
  return sql.join(values.map((value) => sql`${value}`), sql`, `);
}
