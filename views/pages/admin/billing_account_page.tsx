import type { Child } from "hono/jsx";
import type { BillingRecord, Coming } from "../../../src/billing/staff_record.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { DescriptionList, type Fact } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import type { BillingFormat } from "./billing_format.ts";
import { StaffInvoiceTable } from "./billing_invoices.tsx";
import { OverridesCard, type ShownOverride } from "./billing_overrides.tsx";
import { type ShownLine, Story } from "./billing_story.tsx";
import { adminBillingText } from "./billing_text.ts";

const DAY_MILLISECONDS = 86_400_000;

export type BillingAccountPageProps = {
  tenantId: string;
  record: BillingRecord;
  overrides: ShownOverride[];
  story: ShownLine[];
  pages: { previousHref: string | null; nextHref: string | null };
  format: BillingFormat;
};

/** `/admin/tenants/:id/billing`: a workspace's plan and why it has it, its invoices, and what happened. */
export function BillingAccountPage(
  { tenantId, record, overrides, story, pages, format }: BillingAccountPageProps,
) {
  const text = adminBillingText.use();
  const path = billingPath(tenantId);
  return (
    <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-[auto_1fr]">
      <Card title={text.account}>
        <DescriptionList facts={factsOf(record, format, text)} />
      </Card>
      <div class="grid grid-cols-1 gap-6 lg:row-span-2">
        <HelpCard path={path} record={record} />
        {record.coming.length > 1 ? <ComingCard coming={record.coming} format={format} /> : null}
        <OverridesCard overrides={overrides} path={path} now={record.now} />
      </div>
      <div class="grid grid-cols-1 gap-6">
        <Card
          title={text.invoices}
          action={record.hasMoreInvoices
            ? <TextLink href={`${path}/invoices`}>{text.allInvoices}</TextLink>
            : null}
          flush
        >
          <StaffInvoiceTable invoices={record.invoices} path={path} format={format} />
        </Card>
        <Card title={text.story} flush>
          <Story lines={story} now={record.now} format={format} />
          <Pagination label={text.newerOrOlder} {...pages} />
        </Card>
      </div>
    </div>
  );
}

/** The page of a workspace's billing in the back office. */
export function billingPath(tenantId: string): string {
  return `/admin/tenants/${tenantId}/billing`;
}

type Account = NonNullable<BillingRecord["account"]>;
type Text = ReturnType<typeof adminBillingText.use>;

type MaybeFact = { term: string; value: Child | null };

function factsOf(
  { access, account, coming, now, clockAhead }: BillingRecord,
  format: BillingFormat,
  text: Text,
): Fact[] {
  const { facts } = text;
  const isReadOnly = access.access === "restricted";
  const shown: MaybeFact[] = [
    { term: facts.plan, value: format.plan(access.plan) },
    { term: facts.why, value: text.sources[access.source] },
    {
      term: facts.access,
      value: isReadOnly
        ? <Badge tone="warning">{text.accesses.restricted}</Badge>
        : text.accesses[access.access],
    },
    { term: facts.next, value: coming[0] ? sentenceOf(coming[0], format, text) : text.nothingNext },
    ...(account ? factsOfAccount(account, now, format, text) : []),
    {
      term: facts.clock,
      value: clockAhead > 0 ? text.clockAhead(Math.round(clockAhead / DAY_MILLISECONDS)) : null,
    },
  ];
  return shown.flatMap(({ term, value }) => value === null ? [] : [{ term, value }]);
}

function factsOfAccount(account: Account, now: Date, format: BillingFormat, text: Text): MaybeFact[] {
  const { facts } = text;
  const { status, subscriptionId, monthlyRevenue, seats, billingCycle, snapshot, syncedAt, customerId } =
    account;
  const currency = currencyOf(account);
  const isSubscribed = subscriptionId !== null;
  return [
    { term: facts.status, value: status && <Status status={status} /> },
    { term: facts.revenue, value: isSubscribed ? format.exact({ amount: monthlyRevenue, currency }) : null },
    { term: facts.cycle, value: isSubscribed && billingCycle ? text.cycles[billingCycle] : null },
    { term: facts.seats, value: isSubscribed && seats ? formatCount(seats) : null },
    { term: facts.method, value: methodOf(account, text) },
    {
      term: facts.credit,
      value: snapshot?.credit ? format.exact({ amount: snapshot.credit, currency }) : null,
    },
    { term: facts.trial, value: trialOf(account, format, text) },
    { term: facts.grant, value: grantOf(account, format, text) },
    { term: facts.synced, value: syncedAt ? <Time at={syncedAt} now={now} /> : text.neverSynced },
    { term: facts.customer, value: customerId && <code class="text-sm">{customerId}</code> },
  ];
}

function methodOf({ snapshot }: Account, text: Text): string {
  const method = snapshot?.paymentMethod;
  if (!method) return text.noMethod;
  return method.last4 ? text.cardEnding(method.brand, method.last4) : method.brand;
}

function trialOf({ trialPlan, trialEndsAt }: Account, format: BillingFormat, text: Text): Child | null {
  if (!trialPlan || !trialEndsAt) return null;
  return fill(text.trialOf(format.plan(trialPlan)), { day: <Day at={trialEndsAt} /> });
}

function grantOf({ grantedPlan, grantedUntil }: Account, format: BillingFormat, text: Text): Child | null {
  if (!grantedPlan) return null;
  const plan = format.plan(grantedPlan);
  return grantedUntil
    ? fill(text.grantOf(plan), { day: <Day at={grantedUntil} /> })
    : text.grantWithoutEnd(plan);
}

function currencyOf({ currency }: Account) {
  return (currency ?? "usd") as Parameters<BillingFormat["exact"]>[0]["currency"];
}

function Status({ status }: { status: string }) {
  const { statuses } = adminBillingText.use();
  const label = statuses[status as keyof typeof statuses] ?? status;
  const needsAttention = status === "past_due" || status === "unpaid" || status === "incomplete";
  return needsAttention ? <Badge tone="warning">{label}</Badge> : <>{label}</>;
}

function sentenceOf({ what, at, plan }: Coming, format: BillingFormat, text: Text) {
  return <>{fill(text.coming[what], { day: <Day at={at} />, plan: plan ? format.plan(plan) : "" })}</>;
}

/** What changes by itself, the next moment first. */
function ComingCard({ coming, format }: { coming: Coming[]; format: BillingFormat }) {
  const text = adminBillingText.use();
  return (
    <Card title={text.comingNext}>
      <ul class="grid gap-2">
        {coming.map((each) => (
          <li key={`${each.what} ${each.at.getTime()}`}>{sentenceOf(each, format, text)}</li>
        ))}
      </ul>
    </Card>
  );
}

/** What staff can change. Each leads to a page that asks for a reason. */
function HelpCard({ path, record: { account } }: { path: string; record: BillingRecord }) {
  const { help, helpLead, todo, addOverride } = adminBillingText.use();
  const actions = [
    ...(account?.trialEndsAt ? [{ href: `${path}/trial`, label: todo.trial.title() }] : []),
    ...(account?.subscriptionId ? [] : [{ href: `${path}/grant`, label: todo.grant.title() }]),
    { href: `${path}/override`, label: addOverride },
    ...(account ? [{ href: `${path}/sync`, label: todo.sync.title() }] : []),
  ];
  return (
    <Card title={help}>
      <div class="grid gap-3">
        <p class="text-muted">{helpLead}</p>
        {actions.map(({ href, label }) => <ButtonLink key={href} href={href}>{label}</ButtonLink>)}
      </div>
    </Card>
  );
}
