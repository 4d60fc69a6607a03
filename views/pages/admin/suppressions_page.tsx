// htmx requests parts of this page: SuppressionList for `#suppression-list`, SuppressionRows for `#more-suppressions`.
import { Button, ButtonLink } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { SearchField } from "../../components/search_field.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { SuppressionList, type SuppressionListProps } from "./suppression_list.tsx";

/** `/admin/suppressions`: suppressed addresses, which get no email. */
export function SuppressionsPage(list: SuppressionListProps) {
  return (
    <>
      <PageHeading
        title="Suppressed email"
        lead="These addresses get no email. People who marked an email as spam still get account emails."
        action={
          <ButtonLink href="/admin/suppressions/new" variant="primary" icon="plus">Add address</ButtonLink>
        }
      />
      <FilterForm search={list.search} />
      <SuppressionList {...list} />
    </>
  );
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
