import { emailText } from "../../views/emails/text.ts";
import type { Locale } from "../../views/locale.ts";
import type { UserId } from "../access/actor.ts";
import { findRole } from "../access/members.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { findUserByEmail, findUserById, type User } from "../identity/users.ts";
import { type JobRun, tenantOf } from "../outbox/job.ts";
import type { Language } from "../platform/locales.ts";
import { PRODUCT_NAME } from "./brand.ts";

/** The person an email goes to. `id` is null if they have no account, and `locale` if they have chosen no language. */
export type Recipient = {
  id: UserId | null;
  email: string;
  name: string;
  emailVerifiedAt: Date | null;
  locale: Language | null;
};

/** Who may get an email, in which context its data is loaded, and why they get it. */
export type Audience<Request, Ctx, Reader extends Recipient> = {
  /** Null if the reader is gone or may not get the email. */
  find(run: JobRun, request: Request): Promise<{ ctx: Ctx; reader: Reader } | null>;
  reason: Reason;
};

/** Why a reader gets an email, as a sentence. To an unconfirmed address it contains no text that a stranger chose. */
export type Reason = (
  reader: Pick<Recipient, "emailVerifiedAt">,
  tenantName: string,
  locale: Locale,
) => string;

/** A user by id, or by the address that a visitor entered. */
type UserReference = { userId: UserId } | { address: string };

/** Everyone with an account. The email is about the account and belongs to no tenant. */
export const ACCOUNTS: Audience<UserReference, SystemContext, User> = {
  find: async ({ system, tenant }, request) => {
    const reader = tenant ? null : await findUser(system, request);
    return reader && { ctx: system, reader };
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.account(PRODUCT_NAME),
};

/** The members of the tenant that owns the job. */
export const MEMBERS: Audience<UserReference, TenantContext, User> = {
  find: (run, request) => findMember(run, request),
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.invited,
};

/** The owners of the tenant that owns the job. */
export const OWNERS: Audience<UserReference, TenantContext, User> = {
  find: (run, request) => findMember(run, request, { owner: true }),
  reason: ({ emailVerifiedAt }, tenantName, locale) => {
    const { owner, someOwner } = emailText.of(locale).reasons;
    return emailVerifiedAt ? owner(tenantName) : someOwner;
  },
};

async function findMember(run: JobRun, request: UserReference, { owner = false } = {}) {
  const ctx = tenantOf(run);
  const reader = await findUser(run.system, request);
  const role = reader && await findRole(ctx, reader.id);
  if (!role || (owner && role !== "owner")) return null;
  return { ctx, reader };
}

async function findUser({ control }: SystemContext, request: UserReference): Promise<User | null> {
  return "userId" in request
    ? await findUserById(control, request.userId)
    : await findUserByEmail(control, request.address);
}
