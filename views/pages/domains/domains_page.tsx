import type { CustomDomain } from "../../../src/custom_domains/domains.ts";
import type { FieldErrors } from "../../../src/errors.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { PlansButton, UpgradeNotice } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { DomainCard } from "./domain_card.tsx";
import { domainsText } from "./text.ts";

export const DOMAINS_PATH = "/settings/domains";

export type DomainsPageProps = {
  domains: CustomDomain[];
  /** The host of the workspace's subdomain. */
  subdomainHost: string;
  /** The most domains that a workspace can have. */
  maximum: number;
  /** How many days a domain goes on without its TXT record. */
  graceDays: number;
  now: Date;
  /** The smallest plan with custom domains, if the workspace's plan has none. */
  missingPlan?: Wording;
  refused?: { values: { domain?: string }; errors: FieldErrors; problem?: string };
};

/** `/settings/domains`: the domains where the workspace answers, and their DNS records. */
export function DomainsPage({ domains, missingPlan, refused, ...rest }: DomainsPageProps) {
  const text = domainsText.use();
  const translate = useTranslate();
  if (domains.length === 0 && missingPlan) {
    return (
      <Card flush>
        <EmptyState icon="external" title={text.emptyTitle} text={text.notIncluded(translate(missingPlan))}>
          <PlansButton />
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      <PageLead>
        {text.lead} {text.subdomain}{" "}
        <strong class="font-medium text-ink wrap-anywhere">{rest.subdomainHost}</strong>.
      </PageLead>
      <div class="grid grid-cols-1 gap-6">
        {refused?.problem ? <Alert kind="error">{refused.problem}</Alert> : null}
        {missingPlan ? <UpgradeNotice>{text.paused(translate(missingPlan))}</UpgradeNotice> : null}
        {domains.map((domain) => (
          <DomainCard
            key={domain.id}
            domain={domain}
            canCheck={!missingPlan}
            redirectsTo={domains.find(({ primary, live }) => primary && live)?.domain ?? rest.subdomainHost}
            {...rest}
          />
        ))}
        {missingPlan ? null : <AddCard isFull={domains.length >= rest.maximum} {...rest} refused={refused} />}
      </div>
    </>
  );
}

function AddCard(
  { isFull, maximum, refused }: Pick<DomainsPageProps, "maximum" | "refused"> & { isFull: boolean },
) {
  const text = domainsText.use();
  const { values = {}, errors = {} } = refused ?? {};
  return (
    <Card title={text.add}>
      {isFull
        ? <p class="text-muted">{text.full(maximum)}</p>
        : (
          <form method="post" action={DOMAINS_PATH} novalidate class="grid gap-5">
            <TextField
              id="domain"
              name="domain"
              label={text.domain}
              hint={text.domainHint}
              value={values.domain}
              error={errors.domain}
              autofocus={errors.domain ? true : undefined}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              inputmode="url"
              dir="ltr"
            />
            <div>
              <Button variant="primary">{text.addDomain}</Button>
            </div>
          </form>
        )}
    </Card>
  );
}
