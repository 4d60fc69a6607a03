import { renamed } from "./template.ts";
import type { Noun } from "./names.ts";

type Names = { several: Noun; one: Noun };

/** A list that names every resource on one line, and the start of such lines. */
type List = {
  file: string;
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
];

/** The list with the resource's line, in alphabetical order. */
export function withLine(text: string, { prefix, line }: List, names: Names): string {
  const added = renamed(line, names);
  const lines = text.split("\n");
  const after = lines.findLastIndex((each) => each.startsWith(prefix) && each < added);
  const first = lines.findIndex((each) => each.startsWith(prefix));
  return lines.toSpliced(after === -1 ? first : after + 1, 0, added).join("\n");
}

/** The list without the resource's line. */
export function withoutLine(text: string, { line }: List, names: Names): string {
  const removed = renamed(line, names);
  return text.split("\n").filter((each) => each !== removed).join("\n");
}
