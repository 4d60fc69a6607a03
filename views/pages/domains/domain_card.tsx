import type { CustomDomain } from "../../../src/custom_domains/domains.ts";
import { Alert } from "../../components/alert.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CopyField } from "../../components/copy_field.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Icon } from "../../components/icon.tsx";
import { Instant } from "../../components/time.tsx";
import { DOMAINS_PATH } from "./domains_page.tsx";
import { domainsText } from "./text.ts";

export type DomainCardProps = {
  domain: CustomDomain;
  subdomainHost: string;
  /** Where a domain that isn't primary leads. */
  redirectsTo: string;
  graceDays: number;
  /** Whether the plan includes custom domains. Without them, nothing is checked by hand. */
  canCheck: boolean;
  now: Date;
};

/** A domain: its state, its DNS records, and what can be done with it. */
export function DomainCard(
  { domain, subdomainHost, redirectsTo, graceDays, canCheck, now }: DomainCardProps,
) {
  const text = domainsText.use();
  const { id, status, primary, live, checkedAt } = domain;
  const check = !canCheck ? null : (
    <form method="post" action={`${DOMAINS_PATH}/${id}/check`}>
      <Button size="small">{text.check}</Button>
    </form>
  );
  const use = !live ? [] : [
    { term: text.use, value: primary ? text.primaryUse : text.redirects(redirectsTo) },
  ];
  return (
    <Card title={domain.domain} action={check}>
      <div class="grid gap-5">
        {status === "failing" ? <Alert kind="warning">{text.failingNotice(graceDays)}</Alert> : null}
        {status === "lost" ? <Alert kind="error">{text.lostNotice}</Alert> : null}
        <DescriptionList
          facts={[
            { term: text.status, value: <DomainStatus domain={domain} /> },
            ...use,
            {
              term: text.checked,
              value: checkedAt ? <Instant at={checkedAt} now={now} /> : text.neverChecked,
            },
          ]}
        />
        <Records domain={domain} subdomainHost={subdomainHost} />
        <Actions domain={domain} />
      </div>
    </Card>
  );
}

/** The state of a domain in a word or two. */
export function DomainStatus(
  { domain: { status, live } }: { domain: Pick<CustomDomain, "status" | "live"> },
) {
  const { statuses } = domainsText.use();
  if ((status === "verified" || status === "failing") && !live) {
    return <Badge tone="warning">{statuses.paused}</Badge>;
  }
  if (status === "verified") return <>{statuses.verified}</>;
  const tone = { pending: "info", failing: "warning", lost: "danger" } as const;
  return <Badge tone={tone[status]}>{statuses[status]}</Badge>;
}

/** Open until the domain is verified. They have to stay, so they can always be looked up. */
function Records(
  { domain: { id, domain, status, record, found, checkedAt }, subdomainHost }: Pick<
    DomainCardProps,
    "domain" | "subdomainHost"
  >,
) {
  const text = domainsText.use();
  const isVerified = status === "verified";
  return (
    <details class="group" open={!isVerified}>
      <summary class="flex w-fit cursor-pointer items-center gap-1 font-medium max-sm:py-2">
        {text.dns}
        <Icon name="chevron-down" class="text-muted transition-transform group-open:rotate-180" />
      </summary>
      <div class="mt-3 grid gap-5">
        <p class="text-muted">{text.records}</p>
        <section class="grid gap-3">
          <h3 class="font-medium">{text.proof}</h3>
          <CopyField id={`txt-name-${id}`} label={text.name} value={record.name} />
          <CopyField id={`txt-value-${id}`} label={text.value} value={record.value} />
          {checkedAt && found.length > 0 && !isVerified ? <Found found={found} /> : null}
        </section>
        <section class="grid gap-3">
          <h3 class="font-medium">{text.target}</h3>
          <CopyField id={`cname-name-${id}`} label={text.name} value={domain} />
          <CopyField
            id={`cname-value-${id}`}
            label={text.value}
            hint={text.targetHint}
            value={subdomainHost.replace(/:\d+$/, "")}
          />
        </section>
      </div>
    </details>
  );
}

function Found({ found }: { found: string[] }) {
  return (
    <div class="grid gap-1 text-sm">
      <p class="text-muted">{domainsText.use().found}</p>
      <ul class="grid gap-1">
        {found.map((text) => <li key={text} class="font-mono wrap-anywhere" dir="ltr">{text}</li>)}
      </ul>
    </div>
  );
}

function Actions({ domain: { id, primary, live } }: { domain: CustomDomain }) {
  const text = domainsText.use();
  return (
    <div class="grid gap-3">
      {live && !primary ? <p class="text-muted">{text.primaryHint}</p> : null}
      <div class="flex flex-wrap gap-2">
        {live || primary
          ? (
            <form method="post" action={`${DOMAINS_PATH}/${id}/primary`}>
              <input type="hidden" name="primary" value={primary ? "" : "on"} />
              <Button>{primary ? text.unmakePrimary : text.makePrimary}</Button>
            </form>
          )
          : null}
        <ButtonLink href={`${DOMAINS_PATH}/${id}/remove`} variant="quiet">{text.remove}</ButtonLink>
      </div>
    </div>
  );
}
