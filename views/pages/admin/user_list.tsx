import type { ListedPerson } from "../../../src/identity/people.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { formatCount } from "../../components/count.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import type { ListAddress } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { accountText } from "../account/text.ts";
import { userText } from "./user_text.ts";

export type UserView = { search: string; kind: "all" | "unconfirmed" | "staff" };

export type UserListProps = {
  people: ListedPerson[];
  pages: ListPages;
  /** The number of people on each tab. */
  counts: Record<UserView["kind"], number> | null;
  view: UserView;
  now: Date;
};

/** The list of everyone with an account. */
export const USERS: ListAddress<UserView> = { path: "/admin/users", defaults: { kind: "all" } };

const ID = "user-list";
const KINDS = ["all", "unconfirmed", "staff"] as const;

/** `/admin/users`: everyone with an account. A change of what the list shows replaces it. */
export function UserList({ people, pages, counts, view, now }: UserListProps) {
  const text = userText.use();
  const { user, status, factors, workspaces, lastSeen, created } = text.columns;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={USERS}
      view={view}
      pages={pages}
      tabs={{
        name: "kind",
        label: text.filterByKind,
        counts,
        options: KINDS.map((value) => ({ value, label: text.tabs[value] })),
      }}
      filter={<ListSearch list={ID} address={USERS} view={view} label={text.search} />}
      columns={[
        { label: user },
        { label: status, class: "md:w-40" },
        { label: factors, class: "md:w-44 max-lg:hidden" },
        { label: workspaces, atEnd: true, class: "md:w-28" },
        { label: lastSeen, atEnd: true, class: "md:w-28" },
        { label: created, atEnd: true, class: "md:w-28 max-[76rem]:hidden" },
      ]}
      rows={people.map((each) => <UserRow key={each.id} person={each} now={now} />)}
      empty={<NoUsers view={view} />}
    />
  );
}

type Status = Pick<ListedPerson, "emailVerifiedAt" | "isPlatformAdmin">;

/** What is exceptional about an account, in badges. */
export function UserBadges({ person: { emailVerifiedAt, isPlatformAdmin } }: { person: Status }) {
  const text = userText.use();
  return (
    <span class="inline-flex flex-wrap gap-1.5">
      {emailVerifiedAt ? null : <Badge tone="warning">{text.unconfirmed}</Badge>}
      {isPlatformAdmin ? <Badge tone="info">{text.staff}</Badge> : null}
    </span>
  );
}

function UserStatus({ person }: { person: Status }) {
  const isOrdinary = person.emailVerifiedAt && !person.isPlatformAdmin;
  return isOrdinary ? <>{userText.use().active}</> : <UserBadges person={person} />;
}

function UserRow({ person, now }: { person: ListedPerson; now: Date }) {
  const text = userText.use();
  const { id, name, email, workspaces, lastSeenAt, createdAt } = person;
  return (
    <Row id={`user-${id}`}>
      <MainCell details={<UserDetails person={person} now={now} />}>
        <p class={TWO_LINES}>
          <RowLink href={`${USERS.path}/${id}`}>
            <bdi>{name}</bdi>
          </RowLink>
        </p>
        <p class="truncate text-sm text-muted">{email}</p>
      </MainCell>
      <RowCell>
        <UserStatus person={person} />
      </RowCell>
      <RowCell class="max-lg:hidden">
        <FactorNames person={person} />
      </RowCell>
      <RowCell atEnd>{formatCount(workspaces)}</RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        {lastSeenAt ? <Time at={lastSeenAt} now={now} /> : text.never}
      </RowCell>
      <RowCell atEnd class="whitespace-nowrap max-[76rem]:hidden">
        <Time at={createdAt} now={now} />
      </RowCell>
    </Row>
  );
}

/** What a phone shows below the name. */
function UserDetails({ person, now }: { person: ListedPerson; now: Date }) {
  const text = userText.use();
  return (
    <>
      <UserBadges person={person} />
      <span>{text.workspaceCount(person.workspaces)}</span>
      {person.factors.length > 0 ? <span>{text.hasFactors}</span> : null}
      {person.lastSeenAt ? <Time at={person.lastSeenAt} now={now} /> : null}
    </>
  );
}

function FactorNames({ person: { factors } }: { person: ListedPerson }) {
  const { factorTypes } = accountText.use();
  if (factors.length === 0) return <>{userText.use().noFactors}</>;
  return <>{factors.map((type) => factorTypes[type]).join(", ")}</>;
}

function NoUsers({ view: { search, kind } }: { view: UserView }) {
  const text = userText.use();
  if (!search && kind === "all") return <EmptyState icon="users" title={text.none} text={text.noneHint} />;
  return (
    <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
      <ButtonLink href={USERS.path}>{text.showAll}</ButtonLink>
    </EmptyState>
  );
}
