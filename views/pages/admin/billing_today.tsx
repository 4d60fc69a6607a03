import type { Child } from "hono/jsx";
import type { BillingToday } from "../../../src/billing/reports_today.ts";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { TextLink } from "../../components/link.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Day, Time } from "../../components/time.tsx";
import type { BillingFormat } from "./billing_format.ts";
import { adminBillingText } from "./billing_text.ts";

const DAY_MILLISECONDS = 86_400_000;

/** How many workspaces pay for each plan, and what that brings. */
export function PayingCard({ paying, format }: { paying: BillingToday["paying"]; format: BillingFormat }) {
  const text = adminBillingText.use();
  return (
    <ListCard
      title={text.byPlan}
      empty={text.nobodyPays}
      columns={[text.plan, text.workspaces, text.revenue]}
    >
      {paying.map(({ plan, currency, accounts, revenue }) => (
        <tr key={`${plan} ${currency}`}>
          <Cell>{format.plan(plan)}</Cell>
          <Cell class="text-end">{formatCount(accounts)}</Cell>
          <Cell class="text-end">{format.exact({ amount: revenue, currency })}</Cell>
        </tr>
      ))}
    </ListCard>
  );
}

/** Whose payment failed, since when, and how much is open. */
export function PastDueCard(
  { pastDue, now, format }: { pastDue: BillingToday["pastDue"]; now: Date; format: BillingFormat },
) {
  const text = adminBillingText.use();
  return (
    <ListCard
      title={text.pastDue}
      empty={text.nobodyPastDue}
      columns={[text.workspace, text.pastDueFor, text.openInvoices]}
      total={pastDue.total}
    >
      {pastDue.listed.map(({ tenantId, name, since, open }) => (
        <tr key={tenantId}>
          <Cell>
            <Workspace id={tenantId} name={name} />
          </Cell>
          <Cell class="text-end">{text.days(daysBetween(since, now))}</Cell>
          <Cell class="text-end">
            {open.map((amount) => <p key={amount.currency}>{format.exact(amount)}</p>)}
          </Cell>
        </tr>
      ))}
    </ListCard>
  );
}

/** Whose trial ends within a week. */
export function EndingTrialsCard(
  { trials, format }: { trials: BillingToday["endingTrials"]; format: BillingFormat },
) {
  const text = adminBillingText.use();
  return (
    <ListCard
      title={text.endingTrials}
      empty={text.noEndingTrials}
      columns={[text.workspace, text.plan, text.ends]}
      total={trials.total}
    >
      {trials.listed.map(({ tenantId, name, plan, endsAt }) => (
        <tr key={tenantId}>
          <Cell>
            <Workspace id={tenantId} name={name} />
          </Cell>
          <Cell class="text-end">{format.plan(plan)}</Cell>
          <Cell class="text-end whitespace-nowrap">
            <Day at={endsAt} />
          </Cell>
        </tr>
      ))}
    </ListCard>
  );
}

/** Which accounts wait for a sync. */
export function LaggingCard({ lagging, now }: { lagging: BillingToday["lagging"]; now: Date }) {
  const text = adminBillingText.use();
  return (
    <ListCard
      title={text.lagging}
      empty={text.nobodyLags}
      columns={[text.workspace, text.since]}
      total={lagging.total}
      lead={text.laggingNote}
    >
      {lagging.listed.map(({ tenantId, name, since }) => (
        <tr key={tenantId}>
          <Cell>
            <Workspace id={tenantId} name={name} />
          </Cell>
          <Cell class="text-end">{since ? <Time at={since} now={now} /> : null}</Cell>
        </tr>
      ))}
    </ListCard>
  );
}

function ListCard({ title, empty, columns, total, lead, children }: {
  title: string;
  empty: string;
  columns: string[];
  total?: number;
  lead?: string;
  children: Child[];
}) {
  if (children.length === 0) {
    return (
      <Card title={title}>
        <p class="text-muted">{empty}</p>
      </Card>
    );
  }
  const isCut = total !== undefined && total > children.length;
  return (
    <Card title={title} flush>
      {lead ? <p class="border-b border-line px-4 py-3 text-muted">{lead}</p> : null}
      <Table
        label={title}
        columns={columns.map((label, index) => ({ label, class: index === 0 ? "text-start" : "text-end" }))}
      >
        {children}
      </Table>
      {isCut
        ? (
          <p class="border-t border-line px-4 py-3 text-sm text-muted">
            {adminBillingText.use().firstOf(formatCount(children.length), formatCount(total))}
          </p>
        )
        : null}
    </Card>
  );
}

function Workspace({ id, name }: { id: string; name: string }) {
  return (
    <TextLink href={`/admin/tenants/${id}/billing`}>
      <bdi>{name}</bdi>
    </TextLink>
  );
}

function daysBetween(since: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - since.getTime()) / DAY_MILLISECONDS));
}
