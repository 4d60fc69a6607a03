import { Card } from "../../components/card.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { AttemptItems } from "./attempt_items.tsx";

export type AttemptsPageProps = Parameters<typeof AttemptItems>[0] & {
  lead: string;
  pages: { previousHref: string | null; nextHref: string | null };
};

/** `/account/sessions/activity` and `/admin/users/:id/activity`: who signed in to an account, or tried to. */
export function AttemptsPage({ lead, pages, ...list }: AttemptsPageProps) {
  return (
    <>
      <PageLead>{lead}</PageLead>
      <Card flush>
        <AttemptItems {...list} />
        <Pagination {...pages} />
      </Card>
    </>
  );
}
