export type ProjectQuery = { search: string; status: "all" | "active" | "archived"; sort: string };

/** The choices of the sort menu. The first is the default. */
export const SORT_OPTIONS = [
  { value: "-created_at", label: "Newest first" },
  { value: "created_at", label: "Oldest first" },
  { value: "-updated_at", label: "Recently changed" },
  { value: "name", label: "Name, A to Z" },
  { value: "-name", label: "Name, Z to A" },
] as const;

/** The URL of the filtered list. Leaves out default values. */
export function projectsHref(query: ProjectQuery, cursor?: string): string {
  return hrefOf("/projects", query, cursor);
}

/** The URL of the CSV file with all projects in the filtered list. */
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
