// htmx requests parts of this page: SuppressionList for `#suppression-list`, SuppressionRows for `#more-suppressions`.
import { Button, ButtonLink } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { SearchField } from "../../components/search_field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { SuppressionList, type SuppressionListProps } from "./suppression_list.tsx";

/** `/admin/suppressions`: suppressed addresses, which get no email. */
export function SuppressionsPage(list: SuppressionListProps) {
  return (
    <>
      <PageLead>
        These addresses get no email. People who marked an email as spam still get account emails.
      </PageLead>
      <FilterForm search={list.search} />
      <SuppressionList {...list} />
    </>
  );
}

/** The page's action. */
export function AddAddressLink() {
  return <ButtonLink href="/admin/suppressions/new" variant="primary" icon="plus">Add address</ButtonLink>;
}

function FilterForm({ search }: { search: string }) {
  const inPlace = hx({
    get: "/admin/suppressions",
    trigger: "input delay:250ms, submit",
    sync: "this:replace",
    indicator: "#searching",
    target: "#suppression-list",
    swap: "outerHTML",
    pushUrl: "true",
  });
  return (
    <form
      role="search"
      method="get"
      action="/admin/suppressions"
      class="mb-4 flex flex-wrap gap-3"
      {...inPlace}
    >
      <SearchField label="Search addresses" value={search} indicator="searching" />
      <noscript>
        <Button>Apply</Button>
      </noscript>
    </form>
  );
}
