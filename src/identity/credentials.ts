import type { MemberActor, StaffActor, UserActor, UserId } from "../access/actor.ts";
import type { TenantId } from "../tenancy/tenant.ts";

/** Someone signed in with a browser on one host: a tenant's (`member`), or the apex (`user`). */
export type Session = {
  id: string;
  signInId: string;
  tenantId: TenantId | null;
  actor: UserActor | StaffActor | MemberActor;
  /** Whether email to the person's address is known to reach them. */
  isVerified: boolean;
  remember: boolean;
  lastSeenAt: Date;
  expiresAt: Date;
};

export type Device = { ipAddress: string; userAgent: string };

/**
 * `familyId` names the sign-in; when that is revoked, its access tokens are worth nothing. `tenantId` is null for an
 * account token.
 */
export type AccessTokenClaims = {
  userId: UserId;
  tenantId: TenantId | null;
  familyId: string;
  expiresAt: Date;
};

/** Who calls with an access token: a tenant token's member, or an account token's person. */
export type Bearer =
  | { scope: "tenant"; familyId: string; tenantId: TenantId; actor: MemberActor }
  | { scope: "account"; familyId: string; tenantId: null; actor: UserActor };
