import type { PersonRecord } from "../../../src/identity/people.ts";
import type { SuppressionReason } from "../../../src/email/suppression.ts";
import type { Factor } from "../../../src/identity/factors.ts";
import type { MemberRole } from "../../../src/access/permissions.ts";
import { type Activity, ActivityList } from "../../components/activity_list.tsx";
import { Card } from "../../components/card.tsx";
import { componentText } from "../../components/component_text.ts";
import { DescriptionList } from "../../components/description_list.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Item, ItemEnd, Items } from "../../components/item.tsx";
import { TextLink } from "../../components/link.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { iconOf, LastSeen, SignInDetails } from "../account/sessions_page.tsx";
import { accountText } from "../account/text.ts";
import { AttemptItems } from "../sign_in_attempts/attempt_items.tsx";
import { attemptText } from "../sign_in_attempts/text.ts";
import { RecoveryCard } from "./user_actions.tsx";
import { adminText } from "./text.ts";
import { UserBadges, USERS } from "./user_list.tsx";
import { userText } from "./user_text.ts";

/** A workspace of the person, with its address. */
export type ShownWorkspace = { id: string; name: string; host: string; role: MemberRole };

export type UserPageProps = Omit<PersonRecord, "workspaces"> & {
  workspaces: ShownWorkspace[];
  /** The newest lines of the platform's log about the person. */
  history: Activity[];
  now: Date;
};

/** `/admin/users/:id`: a person's account, how they sign in, and what staff can do for them. */
export function UserPage({ history, now, ...record }: UserPageProps) {
  const text = userText.use();
  const { person, attempts } = record;
  const path = `${USERS.path}/${person.id}`;
  return (
    <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr]">
      <Card title={text.details}>
        <UserFacts {...record} />
      </Card>
      <div class="grid grid-cols-1 gap-6 lg:row-span-2">
        <RecoveryCard {...record} />
      </div>
      <div class="grid grid-cols-1 gap-6">
        <Card title={text.workspaces} flush>
          <WorkspaceItems workspaces={record.workspaces} />
        </Card>
        <Card title={text.secondFactors} flush>
          <FactorItems {...record} now={now} />
        </Card>
        <Card title={text.sessions} flush>
          <SessionItems signIns={record.signIns} now={now} />
        </Card>
        <Card
          title={text.activity}
          flush
          action={<TextLink href={`${path}/activity`}>{attemptText.use().showAll}</TextLink>}
        >
          <AttemptItems attempts={attempts} now={now} />
        </Card>
        <Card
          title={text.history}
          flush
          action={<TextLink href={`/admin/audit?subject=${person.id}`}>{text.showHistory}</TextLink>}
        >
          <ActivityList activity={history} now={now} emptyText={text.noHistory} />
        </Card>
      </div>
    </div>
  );
}

function UserFacts({ person, suppression }: Pick<PersonRecord, "person" | "suppression">) {
  const text = userText.use();
  const { email, emailVerifiedAt, hasPassword, createdAt, id } = person;
  const facts = [
    {
      term: text.facts.email,
      value: (
        <span class="inline-flex flex-wrap items-center gap-2">
          {email} <UserBadges person={person} />
        </span>
      ),
    },
    ...(suppression
      ? [{ term: text.facts.suppressed, value: <SuppressionLink address={email} reason={suppression} /> }]
      : []),
    { term: text.facts.confirmed, value: emailVerifiedAt ? <Day at={emailVerifiedAt} /> : text.notConfirmed },
    { term: text.facts.password, value: hasPassword ? text.passwordSet : text.passwordMissing },
    { term: text.facts.created, value: <Day at={createdAt} /> },
    { term: text.facts.id, value: <code class="text-sm">{id}</code> },
  ];
  return <DescriptionList facts={facts} />;
}

function SuppressionLink({ address, reason }: { address: string; reason: SuppressionReason }) {
  const href = `/admin/suppressions?search=${encodeURIComponent(address)}`;
  return <TextLink href={href}>{adminText.use().suppressions.reasons[reason]}</TextLink>;
}

function WorkspaceItems({ workspaces }: { workspaces: ShownWorkspace[] }) {
  const text = userText.use();
  const { roles } = componentText.use();
  if (workspaces.length === 0) {
    return <EmptyState icon="layers" title={text.noWorkspaces} text={text.noWorkspacesHint} />;
  }
  return (
    <Items label={text.workspaces}>
      {workspaces.map(({ id, name, host, role }) => (
        <Item
          key={id}
          icon="layers"
          title={
            <TextLink href={`/admin/tenants/${id}`}>
              <bdi>{name}</bdi>
            </TextLink>
          }
          details={<span class="wrap-anywhere">{host}</span>}
          end={<ItemEnd>{typeof role === "string" ? roles[role] : <bdi>{role.name}</bdi>}</ItemEnd>}
        />
      ))}
    </Items>
  );
}

function FactorItems(
  { factors, recoveryCodesLeft, now }: Pick<PersonRecord, "factors" | "recoveryCodesLeft"> & { now: Date },
) {
  const text = userText.use();
  if (factors.length === 0) {
    return <EmptyState icon="shield" title={text.noSecondFactors} text={text.noSecondFactorsHint} />;
  }
  return (
    <Items label={text.secondFactors}>
      {factors.map((factor) => (
        <Item
          key={factor.id}
          icon="shield"
          title={<bdi>{factor.name}</bdi>}
          details={<FactorDetails factor={factor} now={now} />}
        />
      ))}
      <Item
        icon="restore"
        title={accountText.use().recoveryCodes}
        details={text.codesLeft(recoveryCodesLeft)}
      />
    </Items>
  );
}

function FactorDetails(
  { factor: { type, name, createdAt, lastUsedAt }, now }: { factor: Factor; now: Date },
) {
  const { factorTypes, added, neverUsed, usedLast } = accountText.use();
  return (
    <>
      {name === factorTypes[type] ? null : <span>{factorTypes[type]}</span>}
      <span>{fill(added, { day: <Day at={createdAt} /> })}</span>
      <span>{lastUsedAt ? fill(usedLast, { time: <Time at={lastUsedAt} now={now} /> }) : neverUsed}</span>
    </>
  );
}

function SessionItems({ signIns, now }: Pick<PersonRecord, "signIns"> & { now: Date }) {
  const text = userText.use();
  const { browserName } = accountText.use();
  if (signIns.length === 0) {
    return <EmptyState icon="laptop" title={text.noSessions} text={text.noSessionsHint} />;
  }
  return (
    <Items label={text.sessions}>
      {signIns.map((signIn) => (
        <Item
          key={signIn.id}
          icon={iconOf(signIn)}
          title={browserName(signIn)}
          details={<SignInDetails signIn={signIn} />}
          end={<LastSeen signIn={signIn} now={now} />}
        />
      ))}
    </Items>
  );
}
