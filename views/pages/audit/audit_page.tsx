// htmx requests a part of this page: AuditList for `#audit-list`.
import { Alert } from "../../components/alert.tsx";
import { Icon } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { Time } from "../../components/time.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { AuditList, type AuditListProps } from "./audit_list.tsx";
import { auditText } from "./text.ts";

/** The state of the log's chain when it was last verified. */
export type ChainState = { verifiedSequence: number; verifiedAt: Date | null; brokenAt: number | null };

/** The page below a log that says whether it was tampered with. */
export function integrityPath({ path }: Pick<AuditListProps["address"], "path">): string {
  return `${path}/integrity`;
}

/** `/audit` and `/admin/audit`: what happened in the workspace or on the platform, and whether the log was tampered with. */
export function AuditPage({ chain, list }: { chain: ChainState; list: AuditListProps }) {
  return (
    <div class="grid gap-4">
      <ChainLine chain={chain} now={list.now} href={integrityPath(list.address)} />
      <AuditList {...list} />
    </div>
  );
}

function ChainLine(
  { chain: { verifiedSequence, verifiedAt, brokenAt }, now, href }: {
    chain: ChainState;
    now: Date;
    href: string;
  },
) {
  const text = auditText.use();
  const { count } = formatsOf(usePage().locale);
  if (brokenAt !== null) {
    const action = <TextLink href={href}>{text.brokenAction}</TextLink>;
    return <Alert kind="error" action={action}>{text.broken(count.format(brokenAt))}</Alert>;
  }
  const entry = <span class="text-ink">{count.format(verifiedSequence)}</span>;
  const state = verifiedAt
    ? fill(text.verified, { entry, time: <Time at={verifiedAt} now={now} /> })
    : text.notVerified;
  return (
    <p class="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted tabular-nums">
      <Icon name="shield" class={verifiedAt ? "text-success" : ""} />
      <span>{state}</span>
      <TextLink href={href}>{text.meaning}</TextLink>
    </p>
  );
}
