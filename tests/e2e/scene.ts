import { eq } from "drizzle-orm";
import { addMonthOfCalls } from "../../cli/demo/api_calls.ts";
import { addCampaignPages, addReaders, type CampaignScene } from "../../cli/demo/campaigns.ts";
import { addContactPages, type ContactsScene } from "../../cli/demo/contacts.ts";
import { addShopEvents } from "../../cli/demo/customers.ts";
import { addNotifications } from "../../cli/demo/notifications.ts";
import { addWebhookPages } from "../../cli/demo/webhooks.ts";
import { setOverride } from "../../src/billing/overrides.ts";
import { ADVANCED_ANALYTICS } from "../../src/analytics/permissions.ts";
import { dayOf } from "../../src/analytics/days.ts";
import { recordTenantDay } from "../../src/analytics/platform/tenant_day.ts";
import { saveWebsites } from "../../src/analytics/collect/source.ts";
import { shareReport } from "../../src/analytics/saved_reports/report_links.ts";
import { newSavedReport, saveReport } from "../../src/analytics/saved_reports/saved_reports.ts";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import type { MemberContext } from "../../src/context.ts";
import { after, DAY, MINUTE } from "../../src/platform/clock.ts";
import { apiKeys } from "../../db/control/schema/api_keys.ts";
import { listAnnouncements, publishAnnouncement } from "../../src/announcements/announcements.ts";
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
import { sealFactorSecret } from "../../src/identity/factor_codes.ts";
import { maskedNumber } from "../../src/identity/factor_texts.ts";
import { keepIdentity } from "../../src/identity/pending_identities.ts";
import { startPendingSignUp } from "../../src/identity/pending_sign_ups.ts";
import { scheduleDeletion, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import { startCheckedSession } from "../../src/identity/sign_in.ts";
import { recordAttempt, SIGN_IN_ATTEMPTS } from "../../src/identity/sign_in_attempts.ts";
import type { User } from "../../src/identity/users.ts";
import { newId } from "../../src/platform/ids.ts";
import { type BillingScene, showBilling } from "../support/billing.ts";
import { addBillingYear, helpByHand } from "../support/billing_year.ts";
import { addJob } from "../support/jobs.ts";
import { type Northwind, openNorthwind } from "../support/northwind.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { addSequencePages } from "../../cli/demo/sequences.ts";
import { showCustomDomains } from "../support/custom_domains.ts";
import { showSendingDomain } from "../support/sending_domains.ts";
import type { Company, World } from "../support/world.ts";

/** Everything that the product's pages show, in one world. */
export type Scene = {
  world: World;
  northwind: Northwind;
  /** A suspended workspace whose deletion is scheduled. */
  closed: Company;
  jobId: string;
  emailId: string;
  /** For workspaces of another plan, so that no page shows it. */
  announcementId: string;
  /** A phone of the owner that waits for its first code. */
  newPhoneId: string;
  /** An API key of Northwind that its owner made. */
  keyId: string;
  /** A webhook whose receiver is down, and one of its deliveries. */
  webhook: { endpointId: string; deliveryId: string };
  billing: BillingScene;
  contacts: ContactsScene;
  campaigns: CampaignScene;
  sequence: { id: string; stepId: string };
  /** A custom domain whose record has gone missing. */
  customDomain: { failingId: string };
  /** The pages that emails link to. */
  links: {
    setPassword: string;
    /** For a person with two phones. */
    setPasswordWithPhones: string;
    verify: string;
    unsubscribe: string;
    invitation: string;
    knownInvitation: string;
    sharedReport: string;
  };
  /** What waits in the browsers of a visitor and of the owner: a code, and accounts at providers. */
  cookies: { visitor: Cookie[]; owner: Cookie[] };
};

type Cookie = { name: string; value: string; url: string };

/** Every provider has a button, and so has the sales team. Nothing answers behind it. */
export const SCENE_SETTINGS = Object.fromEntries([
  ["SALES_CONTACT", "sales@example.com"],
  ["EMAIL_RETURN_HOST", "bounces.denizen.example"],
  ["EMAIL_WEBHOOK_SECRET", "whsec_c2VjcmV0IG9mIHRoZSBzaWduZWQgbm90aWNl"],
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
  await addMonthOfCalls(northwind.company.ctx, [people.imogen, people.tomas, people.jae]);
  for (let age = 1; age <= 30; age++) {
    await recordTenantDay(northwind.company.ctx, dayOf(after(world.clock.now(), -age * DAY)));
  }
  await addShopEvents(northwind.company.ctx, 84);
  await addNotifications(northwind.company.ctx, people.imogen);
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
  await showSendingDomain(world, northwind.company);
  const customDomain = await showCustomDomains(world, northwind.company);
  const webhook = await addWebhookPages(northwind.company.ctx);
  const contacts = await addContactPages(northwind.company.ctx);
  const billing = await showBilling(world, northwind.company);
  const campaigns = await addCampaignPages(northwind.company.ctx, await addReaders(northwind.company.ctx, 6));
  const sequence = await addSequencePages(northwind.company.ctx);
  await addBillingYear(world);
  await helpByHand(world, northwind.company);
  await setOverride(await openTenant(world.system, northwind.company.tenant.id), {
    key: ADVANCED_ANALYTICS.key,
    value: "yes",
    until: null,
  });
  const { ctx } = northwind.company;
  const invitation = await invite(ctx, { email: "rosa.delgado@partner.example", role: "member" });
  const known = await invite(ctx, { email: "owner@globex.example", role: "viewer" });
  await offerOwnership(ctx, await membershipOf(northwind.company, "tomas@northwind.example"));
  await openToDomain(ctx, { domain: "northwind.example", role: "member" });
  await saveWebsites(ctx, { origins: ["https://www.northwind.example", "https://shop.northwind.example"] });
  const newcomer = await world.unconfirmedUser("new@northwind.example");
  const links = {
    setPassword: await world.passwordLink(people.oskar),
    setPasswordWithPhones: await world.passwordLink(await addPhones(world)),
    verify: await createVerificationLink(world.system, newcomer),
    invitation: invitationUrl(world.system, invitation.id),
    knownInvitation: invitationUrl(world.system, known.id),
    sharedReport: await shareOverview(ctx),
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
  const keyId = await addKeys(world, northwind);
  const cookies = {
    visitor: [
      await startSignUp(world, await world.passwordHashOf(people.oskar)),
      await keepAccount(world, { email: "rosa.delgado@partner.example" }),
    ],
    owner: [await keepAccount(world, { email: OWNER, userId: people.imogen.id })],
  };
  const newPhoneId = await addPhone(world, people.imogen, "+15550123478", { isConfirmed: false });
  const announcementId = await announce(world);
  return {
    world,
    northwind,
    closed,
    jobId,
    emailId: email.id,
    announcementId,
    newPhoneId,
    keyId,
    webhook,
    contacts,
    billing,
    campaigns,
    sequence,
    customDomain,
    links,
    cookies,
  };
}

/** The link to a saved report. */
async function shareOverview(ctx: MemberContext): Promise<string> {
  const { id } = await saveReport(ctx, newSavedReport.parse({ name: "Weekly figures", kind: "usage" }));
  return (await shareReport(ctx, id, { days: 7 })).url;
}

async function membershipOf({ ctx }: Company, search: string): Promise<string> {
  const { items } = await listMembers(ctx, MEMBER_LIST.query.parse({ search }));
  return items[0]!.id;
}

/** Keys in all states: used, limited, new, and expired. Returns the id of the first. */
async function addKeys(world: World, { company, people }: Northwind): Promise<string> {
  const { tenant, ctx } = company;
  const now = world.clock.now();
  const add = async (
    by: MemberContext,
    values: Record<string, unknown>,
    used: Partial<typeof apiKeys.$inferInsert>,
  ) => {
    const { id } = (await createApiKey(by, newApiKey.parse(values)))!;
    await world.system.control.update(apiKeys).set(used).where(eq(apiKeys.id, id));
    return id;
  };
  await add(world.acting(tenant, people.tomas, "admin"), {
    name: "Nightly export to the warehouse and the accountants",
    permissions: ["projects:read", "members:read", "audit:read", "analytics:read"],
  }, { createdAt: after(now, -26 * DAY), expiresAt: after(now, -2 * DAY), lastUsedAt: after(now, -2 * DAY) });
  await add(ctx, { name: "بوابة الموردين", permissions: ["projects:read"] }, {
    createdAt: after(now, -9 * DAY),
  });
  return await add(ctx, {
    name: "Production deploys",
    permissions: ["projects:write", "members:read", "analytics:read"],
    allowedIps: ["203.0.113.0/24", "2001:db8:7a2f::/48"],
    requestsPerMinute: 600,
  }, { createdAt: after(now, -DAY), expiresAt: after(now, 89 * DAY), lastUsedAt: after(now, -4 * MINUTE) });
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

/** A person with two phones as second factors. */
async function addPhones(world: World): Promise<User> {
  const user = await world.user("phones@northwind.example", "Petra Sand");
  await addPhone(world, user, "+15550123456");
  await addPhone(world, user, "+4915112345678");
  return user;
}

async function addPhone(
  { system, clock }: World,
  user: User,
  number: string,
  { isConfirmed = true } = {},
): Promise<string> {
  const [id, now] = [newId(), clock.now()];
  const phone = { type: "sms" as const, name: `Phone ${maskedNumber(number)}` };
  const sealedSecret = sealFactorSecret(system, number);
  const confirmedAt = isConfirmed ? now : null;
  await system.control.insert(factors).values({
    id,
    userId: user.id,
    ...phone,
    sealedSecret,
    createdAt: now,
    confirmedAt,
  });
  return id;
}

async function announce({ system }: World): Promise<string> {
  const announcement = {
    text: "Maintenance on Sunday from 06:00 to 08:00 UTC. You can't sign in meanwhile.",
    kind: "warning" as const,
    linkUrl: "https://status.example.com",
    days: 7,
    plan_enterprise: "on",
  };
  await publishAnnouncement(system, announcement);
  return (await listAnnouncements(system))[0]!.id;
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
