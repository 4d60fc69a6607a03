import { Alert } from "../../components/alert.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Instant } from "../../components/time.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import type { ChainState } from "./audit_page.tsx";
import { auditText } from "./text.ts";

type IntegrityPageProps = {
  chain: ChainState & { anchorSequence: number };
  /** How long the workspace's plan keeps entries. The platform's log keeps them all: null. */
  kept: { days: number; plan: string } | null;
  now: Date;
};

/** `/audit/integrity` and `/admin/audit/integrity`: whether the log was tampered with, and how that is known. */
export function IntegrityPage({ chain, kept, now }: IntegrityPageProps) {
  const text = auditText.use();
  const { count } = formatsOf(usePage().locale);
  const { verifiedSequence, verifiedAt, brokenAt, anchorSequence } = chain;
  const state = brokenAt !== null ? "broken" : verifiedAt ? "verified" : "unverified";
  const [explanation, hint] = kept
    ? [text.explanation, text.brokenHint]
    : [text.platformExplanation, text.platformBrokenHint];
  const entry = (sequence: number) => text.entry(count.format(sequence));
  return (
    <div class="grid max-w-160 gap-6">
      {brokenAt === null
        ? null
        : <Alert kind="error">{`${text.broken(count.format(brokenAt))} ${hint}`}</Alert>}
      <Card>
        <DescriptionList
          facts={[
            {
              term: text.status,
              value: state === "broken"
                ? <Badge tone="danger">{text.states[state]}</Badge>
                : text.states[state],
            },
            ...(state === "verified" ? [{ term: text.verifiedUpTo, value: entry(verifiedSequence) }] : []),
            ...(verifiedAt ? [{ term: text.lastChecked, value: <Instant at={verifiedAt} now={now} /> }] : []),
            { term: text.startsAt, value: entry(anchorSequence + 1) },
            {
              term: text.kept,
              value: kept ? text.days(count.format(kept.days), kept.plan) : text.always,
            },
          ]}
        />
      </Card>
      <Card title={text.how}>
        <div class="grid gap-3 text-muted">
          {explanation.map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
        </div>
      </Card>
    </div>
  );
}

/** The page's action. */
export function CheckNow({ path }: { path: string }) {
  return (
    <form method="post" action={path}>
      <Button variant="primary" icon="shield">{auditText.use().checkNow}</Button>
    </form>
  );
}
