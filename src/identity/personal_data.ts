import { asc, eq } from "drizzle-orm";
import { apiKeys } from "../../db/control/schema/api_keys.ts";
import { emailOptOuts } from "../../db/control/schema/email.ts";
import { knownDevices, sessions, signInAttempts } from "../../db/control/schema/identity.ts";
import { identities } from "../../db/control/schema/identities.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { notifications } from "../../db/control/schema/notifications.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { pushSubscriptions } from "../../db/control/schema/web_push.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import { nameOfRole } from "../access/permissions.ts";
import type { SystemContext } from "../context.ts";
import { findFactors } from "./factors.ts";
import { getUserById } from "./users.ts";

/** Everything about one person, as the JSON that they download. */
export type PersonalData = Record<string, unknown>;

/** What is stored about a person outside the workspaces, without secrets. Throws `forbidden` for anyone but themselves. */
export async function exportPersonalData(ctx: SystemContext, userId: UserId): Promise<PersonalData> {
  authorizeSelf(ctx, userId);
  const { control } = ctx;
  const { id, email, name, emailVerifiedAt, theme, locale, avatarColor, createdAt } = await getUserById(
    control,
    userId,
  );
  const [workspaces, signIns, attempts, browsers, connected, factors, optOuts, keys, told] = await Promise
    .all([
      control.select({
        name: tenants.name,
        subdomain: tenants.subdomain,
        ...ROLE_FIELDS,
        joined_at: memberships.createdAt,
        last_seen_at: memberships.lastSeenAt,
      }).from(memberships).innerJoin(tenants, eq(tenants.id, memberships.tenantId))
        .leftJoin(roles, ON_CUSTOM_ROLE)
        .where(eq(memberships.userId, userId)).orderBy(asc(memberships.createdAt)),
      control.select({
        ip_address: sessions.ipAddress,
        user_agent: sessions.userAgent,
        created_at: sessions.createdAt,
        last_seen_at: sessions.lastSeenAt,
        expires_at: sessions.expiresAt,
      }).from(sessions).where(eq(sessions.userId, userId)).orderBy(asc(sessions.createdAt)),
      control.select({
        at: signInAttempts.at,
        outcome: signInAttempts.outcome,
        methods: signInAttempts.methods,
        ip_address: signInAttempts.ipAddress,
        user_agent: signInAttempts.userAgent,
        attempts: signInAttempts.attempts,
      }).from(signInAttempts).where(eq(signInAttempts.userId, userId)).orderBy(asc(signInAttempts.at)),
      control.select({
        browser: knownDevices.browser,
        first_seen_at: knownDevices.createdAt,
        last_seen_at: knownDevices.lastSeenAt,
      }).from(knownDevices).where(eq(knownDevices.userId, userId)).orderBy(asc(knownDevices.createdAt)),
      control.select({
        provider: identities.provider,
        issuer: identities.issuer,
        subject: identities.subject,
        email: identities.email,
        connected_at: identities.createdAt,
        last_used_at: identities.lastUsedAt,
      }).from(identities).where(eq(identities.userId, userId)).orderBy(asc(identities.createdAt)),
      findFactors(control, userId),
      control.select({ category: emailOptOuts.category, since: emailOptOuts.createdAt }).from(emailOptOuts)
        .where(eq(emailOptOuts.userId, userId)).orderBy(asc(emailOptOuts.category)),
      control.select({
        workspace: tenants.subdomain,
        name: apiKeys.name,
        created_at: apiKeys.createdAt,
        expires_at: apiKeys.expiresAt,
        last_used_at: apiKeys.lastUsedAt,
      }).from(apiKeys).innerJoin(tenants, eq(tenants.id, apiKeys.tenantId))
        .where(eq(apiKeys.createdBy, userId)).orderBy(asc(apiKeys.createdAt)),
      control.select({
        kind: notifications.kind,
        data: notifications.data,
        created_at: notifications.createdAt,
        read_at: notifications.readAt,
      }).from(notifications).where(eq(notifications.userId, userId)).orderBy(asc(notifications.createdAt)),
    ]);
  const subscriptions = await control.select({
    endpoint: pushSubscriptions.endpoint,
    created_at: pushSubscriptions.createdAt,
    last_success_at: pushSubscriptions.lastSuccessAt,
  }).from(pushSubscriptions).where(eq(pushSubscriptions.userId, userId))
    .orderBy(asc(pushSubscriptions.createdAt));
  return {
    exported_at: ctx.services.clock.now(),
    profile: {
      id,
      email,
      email_confirmed_at: emailVerifiedAt,
      name,
      theme,
      locale,
      avatar_color: avatarColor,
      created_at: createdAt,
    },
    workspaces: workspaces.map(({ role, customRole, ...workspace }) => ({
      ...workspace,
      role: nameOfRole(toRole({ role, customRole })),
    })),
    sessions: signIns,
    sign_in_attempts: attempts,
    browsers,
    connected_accounts: connected,
    second_factors: factors.map(({ type, name, createdAt, lastUsedAt }) => ({
      type,
      name,
      created_at: createdAt,
      last_used_at: lastUsedAt,
    })),
    emails_turned_off: optOuts,
    api_keys: keys,
    push_subscriptions: subscriptions,
    notifications: told,
  };
}
