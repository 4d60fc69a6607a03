import { eq, ilike, isNull, or, sql } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import { authorize } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { findSuppression, type SuppressionReason } from "../email/suppression.ts";
import { notFound } from "../errors.ts";
import { isId } from "../platform/ids.ts";
import { list, type ListQuery, type PlacedPage, readingFrom } from "../platform/list.ts";
import { choiceFilter, searchFilter } from "../platform/list_filters.ts";
import { momentKey } from "../platform/list_keys.ts";
import { MAX_PAGE_SIZE } from "../platform/list_query.ts";
import { pageWorkspaces, type Workspace, WORKSPACE_LIST } from "../tenancy/workspaces.ts";
import { countRecoveryCodes, type Factor, type FactorType, findFactors } from "./factors.ts";
import { USERS_MANAGE } from "./permissions.ts";
import { ATTEMPT_LIST, listAttempts, type SignInAttempt } from "./sign_in_history.ts";
import { listSignIns, SIGN_IN_LIST, type SignIn } from "./sign_ins.ts";
import { findUserById, PERSON_NOT_FOUND, type User } from "./users.ts";

const ATTEMPTS_SHOWN = 10;

/** A person with an account, as platform staff see them. */
export type PersonDetails = Omit<User, "passwordHash"> & { hasPassword: boolean };

export type ListedPerson =
  & Pick<
    User,
    "id" | "name" | "email" | "emailVerifiedAt" | "isPlatformAdmin" | "createdAt"
  >
  & {
    workspaces: number;
    /** The types of the second factors, each once. */
    factors: FactorType[];
    /** Null if the person has never signed in. */
    lastSeenAt: Date | null;
  };

const WORKSPACES = sql<number>`(select count(*)::int from control.memberships where user_id = users.id)`;
const FACTORS = sql<FactorType[]>`(select coalesce(jsonb_agg(distinct type), '[]') from control.factors
  where user_id = users.id and confirmed_at is not null)`;
const LAST_SEEN = sql<Date | null>`greatest(
  (select max(last_seen_at) from control.sessions where user_id = users.id),
  (select max(last_seen_at) from control.memberships where user_id = users.id))`.mapWith(
  memberships.lastSeenAt,
);

const KINDS = {
  unconfirmed: isNull(users.emailVerifiedAt),
  staff: eq(users.isPlatformAdmin, true),
};
export type PersonKind = keyof typeof KINDS;

export const PERSON_LIST = list("people", {
  select: (db) =>
    db.select({
      id: users.id,
      name: users.name,
      email: users.email,
      emailVerifiedAt: users.emailVerifiedAt,
      isPlatformAdmin: users.isPlatformAdmin,
      createdAt: users.createdAt,
      workspaces: WORKSPACES,
      factors: FACTORS,
      lastSeenAt: LAST_SEEN,
    }).from(users),
  id: users.id,
  sorts: { createdAt: momentKey(users.createdAt) },
  defaultSort: "-createdAt",
  filters: {
    search: searchFilter((pattern) => or(ilike(users.name, pattern), ilike(users.email, pattern))),
    kind: choiceFilter(KINDS),
  },
  count: (db, counts) => db.select(counts).from(users),
  tabs: "kind",
});

/** Everyone with an account, for staff, newest first. `search` matches names and email addresses. */
export async function browsePeople(
  ctx: SystemContext,
  query: ListQuery<typeof PERSON_LIST>,
): Promise<PlacedPage<ListedPerson, PersonKind>> {
  authorize(ctx, USERS_MANAGE);
  return await PERSON_LIST.placedPage<PersonKind>(readingFrom(ctx.control), query);
}

/** One person, without what the rest of their page shows. Throws `not_found`. */
export async function getPerson(ctx: SystemContext, id: string): Promise<PersonDetails> {
  authorize(ctx, USERS_MANAGE);
  const user = isId<User["id"]>(id) ? await findUserById(ctx.control, id) : null;
  if (!user) throw notFound(PERSON_NOT_FOUND);
  const { passwordHash, ...person } = user;
  return { ...person, hasPassword: passwordHash !== null };
}

/** A person as platform staff see them, with the newest attempts to sign in. */
export type PersonRecord = {
  person: PersonDetails;
  workspaces: Workspace[];
  factors: Factor[];
  recoveryCodesLeft: number;
  signIns: SignIn[];
  /** Why the address gets no email. Null if it does. */
  suppression: SuppressionReason | null;
  attempts: SignInAttempt[];
};

/** Throws `not_found`, or `forbidden` for anyone but platform staff. */
export async function getPersonRecord(ctx: SystemContext, id: string): Promise<PersonRecord> {
  const person = await getPerson(ctx, id);
  const [workspaces, factors, recoveryCodesLeft, signIns, attempts, suppression] = await Promise.all([
    pageWorkspaces(ctx, { id: person.id }, WORKSPACE_LIST.query.parse({ limit: MAX_PAGE_SIZE })),
    findFactors(ctx.control, person.id),
    countRecoveryCodes(ctx.control, person.id),
    listSignIns(ctx, person.id, SIGN_IN_LIST.query.parse({})),
    listAttempts(ctx, person.id, ATTEMPT_LIST.query.parse({ limit: ATTEMPTS_SHOWN })),
    findSuppression(ctx, person.email),
  ]);
  return {
    person,
    workspaces: workspaces.items,
    factors,
    recoveryCodesLeft,
    signIns: signIns.items,
    attempts: attempts.items,
    suppression,
  };
}
