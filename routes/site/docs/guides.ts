import { Marked, type Tokens } from "marked";
import { PROJECT_FOLDER } from "../../../src/platform/project_folder.ts";
import type { Guide } from "../../../views/pages/docs/reference.ts";
import { slugOf } from "./reference_model.ts";

const FOLDER = new URL("docs/api/", PROJECT_FOLDER);
const OVERVIEW = "README.md";
const LINK_TO_GUIDE = /^([\w-]+)\.md(#.*)?$/;
const LEAD_LENGTH = 160;

let loaded: Promise<Guide[]> | undefined;

/** The guides of docs/api in order: the overview, its sections, and the other files. Reads them once in a process. */
export function loadGuides(): Promise<Guide[]> {
  return loaded ??= readGuides();
}

async function readGuides(): Promise<Guide[]> {
  const names = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  const others = names.filter((name) => name.endsWith(".md") && name !== OVERVIEW).sort();
  const texts = await Promise.all(
    [OVERVIEW, ...others].map((name) => Deno.readTextFile(new URL(name, FOLDER))),
  );
  const [overview, ...rest] = texts as [string, ...string[]];
  return [
    ...overview.split(/^## /m).map((section) => guideOf(section)),
    ...rest.map((text, place) => guideOf(text, others[place]!.replace(/\.md$/, ""))),
  ];
}

/** The guide of a text that starts with its heading, with or without the marks. A file's name is its slug. */
function guideOf(text: string, slug?: string): Guide {
  const [, title = "", body = ""] = /^#*\s*(.*)\n([^]*)$/.exec(text.trim()) ?? [];
  const lead = markdown.lexer(body).find(({ type }) => type === "paragraph") as Tokens.Paragraph | undefined;
  return {
    slug: slug ?? slugOf(title),
    title,
    lead: plainText(lead?.text ?? title),
    html: markdown.parse(body, { async: false }),
  };
}

/** Headings get an id, code can be scrolled by keyboard, and links between the files lead to the guides. */
const markdown = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${slugOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>`;
    },
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      const [, guide, hash = ""] = LINK_TO_GUIDE.exec(href) ?? [];
      const address = guide ? `/docs/guides/${guide}${hash}` : href;
      return /^(?:https?:\/\/|\/|#)/.test(address) ? `<a href="${address}">${text}</a>` : text;
    },
    code({ text }) {
      return `<pre tabindex="0"><code>${escaped(text)}</code></pre>`;
    },
    table({ header, rows }) {
      const cells = (row: Tokens.TableCell[], tag: "th" | "td") =>
        `<tr>${row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join("")}</tr>`;
      const body = rows.map((row) => cells(row, "td")).join("");
      return `<div class="scrolled" tabindex="0"><table><thead>${
        cells(header, "th")
      }</thead><tbody>${body}</tbody></table></div>`;
    },
    html: () => "",
  },
});

function plainText(text: string): string {
  const plain = text.replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/\s+/g, " ");
  return plain.length <= LEAD_LENGTH ? plain : `${plain.slice(0, LEAD_LENGTH).replace(/\s\S*$/, "")}…`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
