import { invitationUrl } from "../../src/access/invitation_links.ts";
import { invite } from "../../src/access/invitations.ts";
import { openToDomain } from "../../src/access/join_domains.ts";
import { listMembers, MEMBER_LIST } from "../../src/access/members.ts";
import { offerOwnership } from "../../src/access/ownership.ts";
import type { UserId } from "../../src/access/actor.ts";
import { EMAIL_TRANSPORT } from "../../src/email/deliver.ts";
import { unsubscribeUrl } from "../../src/email/preferences.ts";
import { suppress } from "../../src/email/suppression.ts";
import { createVerificationLink } from "../../src/identity/emailed_links.ts";
import { addIdentity } from "../../src/identity/identities.ts";
import { keepIdentity } from "../../src/identity/pending_identities.ts";
import { startPendingSignUp } from "../../src/identity/pending_sign_ups.ts";
import { scheduleDeletion, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import { startCheckedSession } from "../../src/identity/sign_in.ts";
import { recordAttempt, SIGN_IN_ATTEMPTS } from "../../src/identity/sign_in_attempts.ts";
import type { User } from "../../src/identity/users.ts";
import { newId } from "../../src/platform/ids.ts";
import { addJob } from "../support/jobs.ts";
import { type Northwind, openNorthwind } from "../support/northwind.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { showWebhooks } from "../support/webhooks.ts";
import type { Company, World } from "../support/world.ts";

/** Everything that the product's pages show, in one world. */
export type Scene = {
  world: World;
  northwind: Northwind;
  /** A suspended workspace whose deletion is scheduled. */
  closed: Company;
  jobId: string;
  emailId: string;
  /** A webhook whose receiver is down, and one of its deliveries. */
  webhook: { endpointId: string; deliveryId: string };
  /** The pages that emails link to. */
  links: {
    setPassword: string;
    verify: string;
    unsubscribe: string;
    invitation: string;
    knownInvitation: string;
  };
  /** What waits in the browsers of a visitor and of the owner: a code, and accounts at providers. */
  cookies: { visitor: Cookie[]; owner: Cookie[] };
};

type Cookie = { name: string; value: string; url: string };

/** Every provider has a button, and so has the sales team. Nothing answers behind it. */
export const SCENE_SETTINGS = Object.fromEntries([
  ["SALES_CONTACT", "sales@example.com"],
  ...["GOOGLE", "GITHUB", "MICROSOFT"].flatMap((provider) => [
    [`${provider}_CLIENT_ID`, "denizen"],
    [`${provider}_CLIENT_SECRET`, "secret"],
    [`${provider}_${provider === "GITHUB" ? "URL" : "ISSUER"}`, "http://127.0.0.1:1"],
  ]),
]);

/** The owner of Northwind, who is also on the platform's staff. */
export const OWNER = "imogen@northwind.example";
/** A member of both workspaces. */
export const COLLEAGUE = "noor@northwind.example";

/** Northwind after a month, a suspended workspace, and what the back office lists. */
export async function openScene(world: World, name?: string): Promise<Scene> {
  const northwind = await openNorthwind(world, name);
  const { people } = northwind;
  await world.staff(OWNER);
  const closed = await world.company(
    "globex",
    "Globex",
    await world.user("owner@globex.example", "Hank Scorpio"),
  );
  await world.member(closed, COLLEAGUE, "viewer");
  await scheduleDeletion(await openTenant(world.system, closed.tenant.id));
  await suspendTenant(await openTenant(world.system, closed.tenant.id), {
    reason: "The last three invoices are open.",
  });
  const jobId = await addJob(world, {
    tenantId: closed.tenant.id,
    queue: "webhooks",
    state: "failed",
    attempts: 10,
    error: "503 Service Unavailable: upstream-connect-error-or-disconnect-reset-before-headers",
  });
  await addJob(world, { state: "ready" });
  const email = sampleEmail();
  await world.services.use(EMAIL_TRANSPORT).send(email);
  await suppress(world.system, {
    address: "gone@northwind.example",
    reason: "bounce",
    detail: "550 5.1.1 No such user",
  });
  const webhook = await showWebhooks(world, northwind.company);
  const { ctx } = northwind.company;
  const invitation = await invite(ctx, { email: "rosa.delgado@partner.example", role: "member" });
  const known = await invite(ctx, { email: "owner@globex.example", role: "viewer" });
  await offerOwnership(ctx, await membershipOf(northwind.company, "tomas@northwind.example"));
  await openToDomain(ctx, { domain: "northwind.example", role: "member" });
  const newcomer = await world.unconfirmedUser("new@northwind.example");
  const links = {
    setPassword: await world.passwordLink(people.oskar),
    verify: await createVerificationLink(world.system, newcomer),
    invitation: invitationUrl(world.system, invitation.id),
    knownInvitation: invitationUrl(world.system, known.id),
    unsubscribe: unsubscribeUrl(world.system, people.oskar.id, { name: "reports" }),
  };
  const { system } = world;
  const imogens = {
    provider: "google",
    issuer: "https://accounts.google.com",
    subject: "1",
    email: OWNER,
  } as const;
  await system.tx((tx) => addIdentity(system, tx, people.imogen, imogens));
  await addSignIns(world, people.tomas);
  const cookies = {
    visitor: [
      await startSignUp(world, await world.passwordHashOf(people.oskar)),
      await keepAccount(world, { email: "rosa.delgado@partner.example" }),
    ],
    owner: [await keepAccount(world, { email: OWNER, userId: people.imogen.id })],
  };
  return { world, northwind, closed, jobId, emailId: email.id, webhook, links, cookies };
}

async function membershipOf({ ctx }: Company, search: string): Promise<string> {
  const { items } = await listMembers(ctx, MEMBER_LIST.query.parse({ search }));
  return items[0]!.id;
}

/** A person's browser, second factor, and attempts to sign in. */
async function addSignIns(world: World, user: User): Promise<void> {
  const { services, system } = world;
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
  const device = { ipAddress: "203.0.113.24", userAgent };
  await startCheckedSession(system, user, { tenantId: null, remember: true, device });
  const from = { ...system, ipAddress: "2001:db8:7a2f:1100:92e6:baff:fe12:9c41", userAgent: "curl/8.9.1" };
  for (let attempt = 0; attempt < 12; attempt++) {
    recordAttempt(from, { userId: user.id, methods: ["password"], outcome: "wrong_password" });
  }
  recordAttempt(from, { userId: user.id, methods: ["password"], outcome: "limited" });
  await services.use(SIGN_IN_ATTEMPTS).flush();
  const now = services.clock.now();
  const app = { type: "totp" as const, name: "Tomás’s phone", createdAt: now, confirmedAt: now };
  await system.control.insert(factors).values({ id: newId(), userId: user.id, ...app });
}

/** An account at GitHub that waits for the person who proved it. */
async function keepAccount(
  world: World,
  { email, userId }: { email: string; userId?: UserId },
): Promise<Cookie> {
  const account = {
    provider: "github",
    issuer: "https://github.com",
    subject: email,
    email,
    name: "Rosa",
  } as const;
  const { token } = await keepIdentity(world.system, account, { userId });
  return { name: "denizen_identity", value: token, url: `http://${world.host()}` };
}

/** A sign-up that waits for the emailed code. */
async function startSignUp(world: World, passwordHash: string): Promise<Cookie> {
  const { token } = await startPendingSignUp(
    world.system,
    { email: "later@northwind.example", name: "Later", companyName: "Later", subdomain: "later" },
    passwordHash,
  );
  return { name: "denizen_sign_up", value: token, url: `http://${world.host()}` };
}
