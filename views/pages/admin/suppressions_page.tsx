// Partials by request (`HX-Target`): `#suppression-list` gets SuppressionList, `#more-suppressions` SuppressionRows.
import { Button, ButtonLink } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { SearchField } from "../../components/search_field.tsx";
import { AdminShell, type AdminShellProps } from "../../layouts/admin_shell.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { SuppressionList, type SuppressionListProps } from "./suppression_list.tsx";

/** `/admin/suppressions`: the addresses that no mail goes to. */
export function SuppressionsPage({ user, flash, ...list }: AdminShellProps & SuppressionListProps) {
  return (
    <AdminShell title="Suppressed mail" active="suppressions" user={user} flash={flash}>
      <PageHeading
        title="Suppressed mail"
        lead="No mail goes to these addresses. Whoever called a mail spam still gets what concerns their account."
        action={
          <ButtonLink href="/admin/suppressions/new" variant="primary" icon="plus">Add address</ButtonLink>
        }
      />
      <FilterForm search={list.search} />
      <SuppressionList {...list} />
    </AdminShell>
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
