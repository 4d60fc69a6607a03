/** What a list shows: the values of its filters, and its order. `all` stands for no filter. */
export type ListView = Record<string, string>;

/** Where a list is, and what it shows without parameters in its URL. */
export type ListAddress<View extends ListView = ListView> = { path: string; defaults: Partial<View> };

/** The URL of a list, or of `path`, such as its CSV file. Leaves out default values. */
export function listHref<View extends ListView>(
  { path, defaults }: ListAddress<View>,
  view: View,
  { cursor, path: other = path }: { cursor?: string | null; path?: string } = {},
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) {
    if (value !== (defaults[name] ?? "")) parameters.set(name, value);
  }
  if (cursor) parameters.set("cursor", cursor);
  return parameters.size > 0 ? `${other}?${parameters}` : other;
}

/** The parameters that a list's filter form sends beside its own field. */
export function otherParameters<View extends ListView>(
  { defaults }: ListAddress<View>,
  view: View,
  field: string,
): [name: string, value: string][] {
  return Object.entries(view).filter(([name, value]) => name !== field && value !== (defaults[name] ?? ""));
}

/** The htmx attributes of what shows another view of the list `id`. A morph keeps the focus and the text being typed. */
export function listSwap(id: string, { toTop = false } = {}) {
  return { target: `#${id}`, swap: toTop ? "outerMorph show:top" : "outerMorph", pushUrl: "true" };
}
