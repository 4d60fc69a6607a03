// htmx asks for parts of this page: MemberList for `#member-list`, MemberRows for `#more-members`.
import { SearchForm } from "../../components/search_form.tsx";
import { Select } from "../../components/select.tsx";
import { LIST_SWAP, MemberList, type MemberListProps } from "./member_list.tsx";
import { type MemberQuery, SORT_OPTIONS } from "./member_query.ts";

/** `/team`: the workspace's members, searched, filtered and sorted. */
export function TeamPage(list: MemberListProps) {
  return (
    <>
      <FilterForm query={list.query} />
      <MemberList {...list} />
    </>
  );
}

function FilterForm({ query }: { query: MemberQuery }) {
  return (
    <SearchForm id="member-filter" path="/team" label="Search members" search={query.search} swap={LIST_SWAP}>
      <div class="w-48 max-sm:w-full">
        <Select name="sort" aria-label="Sort by" options={SORT_OPTIONS} value={query.sort} />
      </div>
    </SearchForm>
  );
}
