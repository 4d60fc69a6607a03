import { and, asc, desc, eq, ne, notExists, sql } from "drizzle-orm";
import { refreshTokens } from "../../db/control/schema/identity.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import {
  type Authentication,
  type KeyActor,
  type MemberActor,
  memberActor,
  type UserActor,
  userActor,
  type UserId,
} from "../access/actor.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import { badRequest, forbidden, unauthenticated } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import { admit } from "../tenancy/admission.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { verifyAccessToken } from "./access_tokens.ts";
import type { AccessTokenClaims, Bearer, Caller } from "./credentials.ts";
import { hasFactors } from "./factors.ts";
import { memberKey, SIGN_INS } from "./sign_in_caches.ts";
import { appearanceOf } from "./users.ts";

const SEVERAL_WORKSPACES = problem(
  "several_workspaces",
  "You are a member of several workspaces. Name one by its subdomain in X-Tenant.",
);
const NO_WORKSPACE = problem(
  "no_workspace",
  "You are not a member of any workspace. Create one with POST /tenants.",
);
const TOKEN_REVOKED = problem("token_revoked", "The token is no longer valid. Sign in again.");

/** The tenant of a call, and the caller as a member of that tenant or as one of its keys. */
export type OpenedTenant = { tenant: Tenant; actor: MemberActor | KeyActor };

/** The bearer of this access token. Throws `unauthenticated`. */
export async function authenticateBearer(services: Services, token: string): Promise<Bearer> {
  const claims = await verifyAccessToken(services, token);
  const load = () => claims.tenantId === null ? loadPerson(services, claims) : loadMember(services, claims);
  const bearer = await services.use(SIGN_INS).bearers.getOrLoad(claims.familyId, load);
  if (!bearer) throw refusedToken();
  return bearer;
}

/**
 * Opens a tenant to a bearer. A tenant token and an API key open their own tenant, an account token every tenant that its user is a member of.
 * Returns null for any other tenant. Throws the errors of `admit`.
 */
export async function openToBearer(
  services: Services,
  bearer: Caller,
  tenantId: string,
): Promise<OpenedTenant | null> {
  const opened = await findOpened(services, bearer, tenantId);
  if (opened) admit(services, opened.tenant);
  return opened;
}

/**
 * Opens the tenant of a call that names none. Throws `unauthenticated` if the token's tenant no longer exists, `forbidden` if the
 * user has no workspace, `bad_request` if the user has several, or the errors of `admit`.
 */
export async function openUnnamed(services: Services, bearer: Caller): Promise<OpenedTenant> {
  const opened = await findUnnamed(services, bearer);
  if (opened === "several") {
    throw badRequest(SEVERAL_WORKSPACES);
  }
  if (opened === "none") {
    throw bearer.scope === "tenant" ? refusedToken() : forbidden(NO_WORKSPACE);
  }
  admit(services, opened.tenant);
  return opened;
}

/** The tenant of a call that names none: a tenant token's own tenant, or the only tenant of an account token's user. */
export async function findUnnamed(
  services: Services,
  bearer: Caller,
): Promise<OpenedTenant | "none" | "several"> {
  const { tenantIds: [first, second] } = bearer.scope === "tenant"
    ? { tenantIds: [bearer.tenantId] }
    : await services.use(SIGN_INS).firstWorkspaces.getOrLoad(
      bearer.actor.id,
      () => loadFirstWorkspaces(services, bearer.actor.id),
    );
  if (second) return "several";
  return (first && await findOpened(services, bearer, first)) ?? "none";
}

async function findOpened(
  services: Services,
  bearer: Caller,
  tenantId: string,
): Promise<OpenedTenant | null> {
  if (bearer.scope === "tenant" && bearer.tenantId !== tenantId) return null;
  const tenant = await services.use(TENANTS).findById(tenantId);
  if (!tenant) return null;
  const actor = bearer.scope === "tenant" ? bearer.actor : await findMember(services, bearer.actor, tenant);
  return actor && { tenant, actor };
}

async function findMember(
  services: Services,
  { id, name, email, authentication }: UserActor,
  tenant: Tenant,
): Promise<MemberActor | null> {
  const member = await services.use(SIGN_INS).members.getOrLoad(memberKey(tenant.id, id), async () => {
    const [row] = await services.db.control.select(ROLE_FIELDS).from(memberships)
      .leftJoin(roles, ON_CUSTOM_ROLE)
      .where(and(eq(memberships.userId, id), eq(memberships.tenantId, tenant.id)));
    return row ? memberActor({ id, name, email }, tenant.id, toRole(row)) : null;
  });
  return member && { ...member, authentication };
}

async function loadFirstWorkspaces({ db }: Services, userId: UserId) {
  const rows = await db.control.select({ id: tenants.id }).from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
    .where(and(eq(memberships.userId, userId), ne(tenants.status, "deleting")))
    .orderBy(asc(tenants.id)).limit(2);
  return { userId, tenantIds: rows.map(({ id }) => id) };
}

async function loadMember(
  { db }: Services,
  { userId, tenantId, familyId }: AccessTokenClaims,
): Promise<Bearer | null> {
  const [[row], proof] = await Promise.all([
    db.control.select({ user: users, ...ROLE_FIELDS }).from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId)).leftJoin(roles, ON_CUSTOM_ROLE)
      .where(
        and(
          eq(memberships.userId, userId),
          eq(memberships.tenantId, tenantId!),
          notExists(revoked(db, familyId)),
        ),
      ),
    loadProof(db, { userId, familyId }),
  ]);
  if (!row) return null;
  const { authentication, hasFactor } = proof;
  const actor = memberActor({ ...row.user, authentication }, tenantId!, toRole(row));
  const appearance = appearanceOf(row.user);
  return { scope: "tenant", familyId, tenantId: tenantId!, actor, appearance, hasFactor };
}

/** An API token never gives platform staff their staff permissions. They have those only in the back office. */
async function loadPerson(
  { db }: Services,
  { userId, familyId }: AccessTokenClaims,
): Promise<Bearer | null> {
  const [[user], { authentication, hasFactor }] = await Promise.all([
    db.control.select().from(users).where(and(eq(users.id, userId), notExists(revoked(db, familyId)))),
    loadProof(db, { userId, familyId }),
  ]);
  if (!user) return null;
  const appearance = appearanceOf(user);
  const actor = userActor({ ...user, authentication });
  return { scope: "account", familyId, tenantId: null, actor, appearance, hasFactor };
}

/** When and how a family's user proved who they are, and whether they have a second factor. */
async function loadProof(
  { control }: Services["db"],
  { userId, familyId }: Pick<AccessTokenClaims, "userId" | "familyId">,
): Promise<{ authentication: Authentication | undefined; hasFactor: boolean }> {
  const { authenticatedAt: at, methods } = refreshTokens;
  const [[proof], hasFactor] = await Promise.all([
    control.select({ at, methods }).from(refreshTokens).where(eq(refreshTokens.familyId, familyId))
      .orderBy(desc(at)).limit(1),
    hasFactors(control, userId),
  ]);
  return { authentication: proof && { ...proof, signInId: familyId }, hasFactor };
}

function revoked(db: Services["db"], familyId: string) {
  return db.control.select({ one: sql`1` }).from(refreshTokens)
    .where(and(eq(refreshTokens.familyId, familyId), sql`${refreshTokens.revokedAt} is not null`));
}

export function refusedToken() {
  return unauthenticated(TOKEN_REVOKED);
}
