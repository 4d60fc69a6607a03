import type { Hit } from "../../../src/search/search.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { SearchField } from "../../components/search_field.tsx";
import { searchText } from "./text.ts";

/** The matches of one kind, under their heading. */
export type HitGroup = { label: string; hits: Hit[] };

export type SearchProps = { term: string; groups: HitGroup[] };

const RESULTS = "search-results";
const FOUND = "search-found";

/** Searches the workspace as the person types, or without JavaScript when they press the button. */
export function SearchPage(props: SearchProps) {
  const text = searchText.use();
  const inPlace = hx({
    get: "/search",
    trigger: "input delay:250ms, submit",
    sync: "this:replace",
    indicator: "#searching",
    target: `#${RESULTS}`,
    swap: "outerHTML",
    pushUrl: "true",
  });
  return (
    <div class="max-w-xl">
      <form role="search" method="get" action="/search" class="mb-6 flex gap-2" {...inPlace}>
        <SearchField name="q" label={text.field} value={props.term} indicator="searching" />
        <noscript>
          <Button>{text.submit}</Button>
        </noscript>
      </form>
      <p id={FOUND} role="status" class="sr-only"></p>
      <SearchResults {...props} />
    </div>
  );
}

/** The htmx response: new results, and their number for screen readers. */
export function SearchUpdate(props: SearchProps) {
  const text = searchText.use();
  return (
    <>
      <SearchResults {...props} />
      <hx-partial hx-target={`#${FOUND}`} hx-swap="innerHTML">
        {text.found(countHits(props.groups))}
      </hx-partial>
    </>
  );
}

export function countHits(groups: HitGroup[]): number {
  return groups.reduce((sum, { hits }) => sum + hits.length, 0);
}

/** The matches as lists of links. */
function SearchResults({ term, groups }: SearchProps) {
  const text = searchText.use();
  return (
    <div id={RESULTS} class="grid gap-6">
      {groups.length === 0
        ? (
          <Card flush>
            <EmptyState icon="search" title={text.nothing(term)} text={text.tryAgain} />
          </Card>
        )
        : groups.map((group) => <ResultCard key={group.label} {...group} />)}
    </div>
  );
}

function ResultCard({ label, hits }: HitGroup) {
  return (
    <Card title={label} flush>
      <ul class="divide-y divide-line">
        {hits.map(({ title, detail, href }) => (
          <li>
            <a
              href={href}
              class="flex min-h-11 items-baseline gap-3 rounded-sm px-4 py-2.5 hover:bg-sunken focus-visible:-outline-offset-2"
            >
              <span class="shrink-0 truncate font-medium max-w-full" dir="auto">{title}</span>
              <span class="truncate text-sm text-muted" dir="auto">{detail}</span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
