import type { ListAddress } from "../../components/list/list_address.ts";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { LONG_NAME } from "./samples.tsx";

export type SampleView = { search: string; status: string; sort: string };

type SampleProject = { id: number; name: string; owner: string; status: string; daysAgo: number };

export type SampleList = {
  rows: SampleProject[];
  counts: Record<string, number>;
  view: SampleView;
  pages: ListPages;
};

/** The list of the samples. Its tabs, heads, search and pages work. */
export const SAMPLE_LIST: ListAddress<SampleView> = {
  path: "/dev/components/list",
  defaults: { status: "all", sort: "days_ago" },
};

const PAGE_SIZE = 5;

const PROJECTS: SampleProject[] = [
  { name: "Spring collection", owner: "Tomás Lindqvist", status: "active", daysAgo: 0 },
  { name: "Warehouse move", owner: "Imogen Ferreira", status: "active", daysAgo: 1 },
  { name: "ترميم بيت الضيافة", owner: "أمل الخطيب", status: "active", daysAgo: 2 },
  { name: LONG_NAME, owner: "Jae-won Park", status: "active", daysAgo: 5 },
  { name: "Annual report 2025", owner: "Imogen Ferreira", status: "archived", daysAgo: 8 },
  { name: "Supplier audit 2026", owner: "Imogen Ferreira", status: "active", daysAgo: 9 },
  { name: "Gift cards", owner: "Jae-won Park", status: "archived", daysAgo: 12 },
].map((project, id) => ({ id, ...project }));

/** What the list shows for the parameters of its URL. */
export function sampleList(parameters: Record<string, string>): SampleList {
  const { search = "", status = "all", sort = "days_ago", cursor = "0" } = parameters;
  const matches = PROJECTS.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  const rows = matches.filter((project) => status === "all" || project.status === status)
    .sort(sort.endsWith("name") ? byName : byAge);
  if (sort.startsWith("-")) rows.reverse();
  const first = Number(cursor) || 0;
  const page = rows.slice(first, first + PAGE_SIZE);
  return {
    rows: page,
    counts: countByStatus(matches),
    view: { search, status, sort },
    pages: {
      place: { first: first + 1, last: first + page.length, total: rows.length },
      previousCursor: first > 0 ? String(Math.max(first - PAGE_SIZE, 0)) : null,
      nextCursor: first + PAGE_SIZE < rows.length ? String(first + PAGE_SIZE) : null,
    },
  };
}

function byName(one: SampleProject, other: SampleProject): number {
  return one.name.localeCompare(other.name, "en");
}

function byAge(one: SampleProject, other: SampleProject): number {
  return one.daysAgo - other.daysAgo;
}

function countByStatus(projects: SampleProject[]): Record<string, number> {
  const archived = projects.filter(({ status }) => status === "archived").length;
  return { all: projects.length, active: projects.length - archived, archived };
}
