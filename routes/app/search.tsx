import type { Context } from "hono";
import { z } from "zod";
import { parseInput } from "../../src/platform/input.ts";
import { search, searchQuery } from "../../src/search/search.ts";
import { PaletteResults } from "../../views/pages/search/palette.tsx";
import { SearchPage, type SearchProps, SearchUpdate } from "../../views/pages/search/search_page.tsx";
import { searchText } from "../../views/pages/search/text.ts";
import { translatorTo } from "../../views/wording.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { fragment, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";
import { searchLinks } from "./search_links.ts";

/** The search as a page, and its results in the dialog that every page has. */
const pages = new MemberPages();
export default pages;

const address = z.object({ q: searchQuery.default("") });

pages.get("/search", async (c) => {
  const found = await find(c);
  return await page(c, {
    title: searchText.of(localeOf(c)).title,
    body: <SearchPage {...found} />,
    partial: <SearchUpdate {...found} />,
  });
});

pages.get("/search/palette", async (c) => {
  return await fragment(c, <PaletteResults {...await find(c)} />);
});

/** The pages in the navigation come first. Without a term, they are all there is. */
async function find(c: Context<MemberEnv>): Promise<SearchProps> {
  const { q: term } = parseInput(address, c.req.query());
  const locale = localeOf(c);
  const matching = searchLinks(c.get("links"), term, locale);
  const translate = translatorTo(locale);
  const found = await search(c.get("member"), term);
  const groups = found.map(({ label, hits }) => ({ label: translate(label), hits }));
  return { term, groups: matching.hits.length > 0 ? [matching, ...groups] : groups };
}
