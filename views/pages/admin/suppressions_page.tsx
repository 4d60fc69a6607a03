// htmx requests a part of this page: SuppressionList for `#suppression-list`.
import { ButtonLink } from "../../components/button.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { SuppressionList, type SuppressionListProps } from "./suppression_list.tsx";
import { adminText } from "./text.ts";

/** `/admin/suppressions`: suppressed addresses, which get no email. */
export function SuppressionsPage(list: SuppressionListProps) {
  return (
    <>
      <PageLead>{adminText.use().suppressions.lead}</PageLead>
      <SuppressionList {...list} />
    </>
  );
}

/** The page's action. */
export function AddAddressLink() {
  return (
    <ButtonLink href="/admin/suppressions/new" variant="primary" icon="plus">
      {adminText.use().suppressions.add}
    </ButtonLink>
  );
}
