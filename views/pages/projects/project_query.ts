export type ProjectQuery = { search: string; status: "all" | "active" | "archived"; sort: string };

/** The choices of the sort menu; the first is what the list starts with. */
export const SORT_OPTIONS = [
  { value: "-created_at", label: "Newest first" },
  { value: "created_at", label: "Oldest first" },
  { value: "-updated_at", label: "Recently changed" },
  { value: "name", label: "Name, A to Z" },
  { value: "-name", label: "Name, Z to A" },
] as const;

/** The address of the list, without what is the default. */
export function projectsHref(query: ProjectQuery, cursor?: string): string {
  return hrefOf("/projects", query, cursor);
}

/** The address of all projects in the list as a file. */
export function projectsCsvHref(query: ProjectQuery): string {
  return hrefOf("/projects.csv", query);
}

function hrefOf(path: string, { search, status, sort }: ProjectQuery, cursor?: string): string {
  const parameters = new URLSearchParams();
  if (search) parameters.set("search", search);
  if (status !== "all") parameters.set("status", status);
  if (sort !== SORT_OPTIONS[0].value) parameters.set("sort", sort);
  if (cursor) parameters.set("cursor", cursor);
  return parameters.size > 0 ? `${path}?${parameters}` : path;
}
