import type { JoinDomain } from "../../../src/access/join_domains.ts";
import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { SelectField } from "../../components/select.tsx";
import { teamText } from "./text.ts";

export type JoinDomainsPageProps = {
  domains: JoinDomain[];
  /** The domain of the person's own email. */
  own: string;
  /** Whether anyone can get an address there. */
  isPublic: boolean;
  problem?: string;
};

const ROLES = ["member", "viewer"] as const;

/** `/team/domains`: who may join without an invitation. */
export function JoinDomainsPage({ domains, own, isPublic, problem }: JoinDomainsPageProps) {
  const { domains: text } = teamText.use();
  const isOpen = domains.some(({ domain }) => domain === own);
  return (
    <div class="max-w-xl">
      <PageLead>{text.lead}</PageLead>
      <div class="grid gap-6">
        {problem ? <Alert kind="error">{problem}</Alert> : null}
        {domains.length > 0
          ? (
            <Card title={text.open} flush>
              <ul class="divide-y divide-line">
                {domains.map((each) => <OpenDomain key={each.id} domain={each} />)}
              </ul>
            </Card>
          )
          : null}
        {isPublic
          ? <p class="text-muted wrap-anywhere">{text.isPublic(own)}</p>
          : isOpen
          ? null
          : <OpenForm own={own} />}
      </div>
    </div>
  );
}

function OpenDomain({ domain: { id, domain, role } }: { domain: JoinDomain }) {
  const text = teamText.use();
  return (
    <li class="flex items-center justify-between gap-4 px-4 py-2.5">
      <span class="min-w-0 wrap-anywhere">
        <span class="font-medium">{domain}</span>
        <span class="ms-2 text-muted">{text.roles[role]}</span>
      </span>
      <form method="post" action={`/team/domains/${id}/close`}>
        <Button size="small" aria-label={text.domains.closeDomain(domain)}>{text.domains.close}</Button>
      </form>
    </li>
  );
}

function OpenForm({ own }: { own: string }) {
  const text = teamText.use();
  return (
    <form method="post" action="/team/domains" class="grid gap-5">
      <input type="hidden" name="domain" value={own} />
      <SelectField
        id="join-role"
        name="role"
        label={text.domains.role(own)}
        options={ROLES.map((value) => ({ value, label: text.roles[value] }))}
        value="member"
      />
      <div>
        <Button variant="primary">{text.domains.openDomain(own)}</Button>
      </div>
    </form>
  );
}
