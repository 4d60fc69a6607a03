import { and, eq, getTableColumns, gt } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { invitations } from "../../db/control/schema/invitations.ts";
import { roles } from "../../db/control/schema/roles.ts";
import type { SystemContext } from "../context.ts";
import { derivedToken, sha256 } from "../platform/crypto.ts";
import type { Services } from "../ports.ts";
import { ROLE_FIELDS } from "./member_role.ts";
import type { CustomRole } from "./permissions.ts";

const PURPOSE = "invitation link";

export type InvitationRow = typeof invitations.$inferSelect & { customRole: CustomRole | null };

/** The columns of an invitation, with `roles` joined on `ON_INVITED_ROLE`. */
export const INVITATION_FIELDS = { ...getTableColumns(invitations), customRole: ROLE_FIELDS.customRole };
export const ON_INVITED_ROLE = eq(roles.id, invitations.customRoleId);

/**
 * The secret in an invitation's link. It is derived from the invitation's id, so an email that is sent again contains the same
 * link. The database stores only its SHA-256.
 */
export function invitationToken({ config }: Pick<Services, "config">, id: string): string {
  return derivedToken(id, config.appSecret, PURPOSE);
}

/** The link that opens an invitation. */
export function invitationUrl({ services }: Pick<SystemContext, "services">, id: string): string {
  return `${services.config.appUrl.origin}/invitations/${invitationToken(services, id)}`;
}

/** The invitation with this id. Null if it was accepted or revoked, or has expired. */
export async function findInvitation(ctx: SystemContext, id: string): Promise<InvitationRow | null> {
  return await findOpen(ctx, ctx.control, eq(invitations.id, id));
}

/** The invitation of a link. Null if it was accepted or revoked, or has expired. */
export async function findInvitationOfLink(
  ctx: SystemContext,
  db: ControlDb | ControlTx,
  token: string,
): Promise<InvitationRow | null> {
  return await findOpen(ctx, db, eq(invitations.tokenHash, sha256(token)));
}

async function findOpen(
  { services }: SystemContext,
  db: ControlDb | ControlTx,
  which: ReturnType<typeof eq>,
): Promise<InvitationRow | null> {
  const [row] = await db.select(INVITATION_FIELDS).from(invitations)
    .leftJoin(roles, ON_INVITED_ROLE)
    .where(and(which, gt(invitations.expiresAt, services.clock.now())));
  return row ?? null;
}
