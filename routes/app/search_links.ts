import type { Locale } from "../../views/locale.ts";
import type { NavigationGroup, NavigationLink } from "../../views/layouts/navigation.tsx";
import { layoutText } from "../../views/layouts/text.ts";
import type { HitGroup } from "../../views/pages/search/search_page.tsx";
import { searchText } from "../../views/pages/search/text.ts";

const MAX_PAGES = 5;
const NO_MATCH = 3;

/** The pages whose name or section contains the term, best matches first. Without a term, every page in the navigation. */
export function searchLinks(links: readonly NavigationLink[], term: string, locale: Locale): HitGroup {
  const text = layoutText.of(locale);
  const sections = { main: "", developers: text.developers, settings: text.settings, account: text.account };
  const groups = Object.keys(sections) as NavigationGroup[];
  const hits = groups.flatMap((group) =>
    links.filter((link) => link.group === group)
      .map(({ label, href }) => ({ title: label, detail: sections[group], href }))
  );
  const label = searchText.of(locale).pages;
  if (term === "") return { label, hits };
  const wanted = folded(term);
  const ranked = hits.map((hit) => ({ hit, rank: rankOf(hit, wanted) }))
    .filter(({ rank }) => rank < NO_MATCH)
    .sort((one, other) => one.rank - other.rank);
  return { label, hits: ranked.slice(0, MAX_PAGES).map(({ hit }) => hit) };
}

/** 0 if the name starts with the term, 1 if it contains the term, and 2 if only its section does. */
function rankOf({ title, detail }: { title: string; detail: string }, wanted: string): number {
  const name = folded(title);
  if (name.startsWith(wanted)) return 0;
  if (name.includes(wanted)) return 1;
  return folded(detail).includes(wanted) ? 2 : NO_MATCH;
}

/** Without case and accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
