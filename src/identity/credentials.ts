import type {
  ActingActor,
  Authentication,
  KeyActor,
  MemberActor,
  StaffActor,
  UserActor,
  UserId,
} from "../access/actor.ts";
import type { AddressRange } from "../platform/address_ranges.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import type { Appearance } from "./users.ts";

/** A browser's sign-in on one host: a tenant's host (actor `member` or `acting`) or the apex (actor `user` or `staff`). */
export type Session = {
  id: string;
  signInId: string;
  tenantId: TenantId | null;
  /** The tenant's custom domain, if the session is there. */
  customDomain: string | null;
  /** Whose sign-in it is. While staff act for a member, `actor` is the member, and this is the person of the staff. */
  userId: UserId;
  actor: UserActor | StaffActor | MemberActor | ActingActor;
  /** How the user signed in. On a custom domain, `actor` doesn't have it: nobody proves anything there. */
  authentication: Authentication;
  /** The user is platform staff, but this sign-in had no second factor. */
  isStaffWithoutFactor: boolean;
  /** Whether the user has a second factor. */
  hasFactor: boolean;
  /** Whether the user has confirmed their email address. */
  isVerified: boolean;
  /** Whether the member has dismissed the set-up checklist of the tenant. */
  isSetupDismissed: boolean;
  /** The user's choices, so that pages need no query for them. */
  appearance: Appearance;
  remember: boolean;
  lastSeenAt: Date;
  expiresAt: Date;
};

export type Device = { ipAddress: string; userAgent: string };

/**
 * `familyId` names the sign-in. When the family is revoked, its access tokens stop working. `tenantId` is null for an
 * account token.
 */
export type AccessTokenClaims = {
  userId: UserId;
  tenantId: TenantId | null;
  familyId: string;
  expiresAt: Date;
};

/** The caller with an access token: a member for a tenant token, a user for an account token. */
export type Bearer =
  & { familyId: string; appearance: Appearance; hasFactor: boolean }
  & (
    | { scope: "tenant"; tenantId: TenantId; actor: MemberActor }
    | { scope: "account"; tenantId: null; actor: UserActor }
  );

/** The caller with an API key. `hasFactor` is about the member who created the key. */
export type KeyBearer = {
  scope: "tenant";
  tenantId: TenantId;
  actor: KeyActor;
  hasFactor: boolean;
  /** The key's own limit. Null: only the tenant's limit counts. */
  requestsPerMinute: number | null;
};

/** Whoever calls the API with credentials. */
export type Caller = Bearer | KeyBearer;

/** An API key as it is stored, with the state of one of its secrets. */
export type StoredKey = {
  bearer: KeyBearer;
  /** Empty: any address. Null: one of the stored ranges is unreadable, so no address. */
  allowedIps: AddressRange[] | null;
  expiresAt: Date | null;
  /** When the secret stops working after a rotation. */
  secretExpiresAt: Date | null;
};
