import { renamed } from "./template.ts";
import type { Noun } from "./names.ts";

type Names = { several: Noun; one: Noun };

/** A list that names every resource on one line, and the start of such lines. */
type List = {
  file: string;
  /** The heading above the list, in a guide. */
  below?: string;
  prefix: string;
  line: string;
  isNeeded?: (has: Record<string, boolean>) => boolean;
};

/** Everything outside of a resource's own files that names it. */
export const LISTS: readonly List[] = [
  {
    file: "src/features.ts",
    prefix: "export {",
    line: 'export { default as sampleThings } from "./sample_things/feature.ts";',
  },
  {
    file: "routes/app/pages.ts",
    prefix: "export {",
    line: 'export { default as sampleThings } from "./sample_things.tsx";',
  },
  {
    file: "routes/api/resources.ts",
    prefix: "export {",
    line: 'export { default as sampleThings } from "./sample_things.ts";',
  },
  {
    file: "tests/security/role_table_test.ts",
    prefix: "  { noun:",
    line: '  { noun: "sample_things", member: ["read", "write"], viewer: ["read"] },',
  },
  {
    file: "tests/e2e/page_list.ts",
    prefix: "    ...listAndForm(",
    line: '    ...listAndForm(on, "sample-things", "sample-thing"),',
  },
  {
    file: "cli/demo/resources.ts",
    prefix: "export { default",
    line: 'export { default as sampleThings } from "./sample_things.ts";',
  },
  {
    file: "docs/api/webhooks.md",
    below: "## Events",
    prefix: "| ",
    line: "| sample things | `sample_thing.created`, `sample_thing.updated`, `sample_thing.deleted` |",
  },
  {
    file: "docs/user/README.md",
    below: "## Your work",
    prefix: "- [",
    line: "- [Sample things](sample-things.md): create, find, change and delete",
  },
  {
    file: "docs/user/README.md",
    below: "## Where each page is explained",
    prefix: "| ",
    line: "| Sample things | `/sample-things` | [Sample things](sample-things.md) |",
  },
];

/** The files of the lists. */
export const LIST_FILES = [...new Set(LISTS.map(({ file }) => file))];

/** The list with the resource's line, in alphabetical order. */
export function withLine(text: string, { below, prefix, line }: List, names: Names): string {
  const added = renamed(line, names);
  const lines = text.split("\n");
  const start = below === undefined ? 0 : lines.indexOf(below);
  const end = below === undefined ? -1 : lines.findIndex((each, at) => at > start && each.startsWith("## "));
  const isListed = (each: string, at: number) =>
    at >= start && (end === -1 || at < end) && each.startsWith(prefix);
  const after = lines.findLastIndex((each, at) => isListed(each, at) && each < added);
  const first = lines.findIndex(isListed);
  return lines.toSpliced(after === -1 ? first : after + 1, 0, added).join("\n");
}

/** The list without the resource's line. */
export function withoutLine(text: string, { line }: List, names: Names): string {
  const removed = renamed(line, names);
  return text.split("\n").filter((each) => withoutPadding(each) !== removed).join("\n");
}

/** A row of a table as it was before the formatter aligned it. */
function withoutPadding(line: string): string {
  return line.startsWith("| ") ? line.replaceAll(/ +/g, " ") : line;
}
