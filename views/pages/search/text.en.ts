import { plural } from "../../text.ts";

export const en = {
  title: "Search",
  field: "Search this workspace",
  submit: "Search",
  pages: "Pages",
  results: "Results",
  found: (count: number) => count === 0 ? "No results" : plural(count, "result"),
  nothing: (term: string) => `No results for “${term}”`,
  tryAgain: "Check the spelling, or try fewer letters.",
  move: "to move",
  open: "to open",
  close: "to close",
};
