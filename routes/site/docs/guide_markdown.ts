import { Marked, type Token, type Tokens } from "marked";
import { DOCS_SECTIONS, type DocsSection } from "../../../views/pages/docs/reference.ts";
import type { Picture } from "./pictures.ts";

const OVERVIEW = "README.md";
const LEAD_LENGTH = 160;
const PARAGRAPH = /^(?![#!|>`<-]|\d+\. )/;
const GUIDE_FILE = new RegExp(`^/(${DOCS_SECTIONS.join("|")})/([\\w-]+\\.md)$`);

/** A text that starts with its heading, in parts. The lead is its first paragraph. */
export function parseGuide(text: string): { title: string; body: string; lead: string } {
  const [, title = "", body = ""] = /^#*\s*(.*)\n([^]*)$/.exec(text.trim()) ?? [];
  const lead = body.trim().split(/\n\s*\n/).find((block) => PARAGRAPH.test(block));
  return { title, body, lead: plainText(lead ?? title) };
}

/** The address of a guide's page, by its file. */
export function guideHref(section: DocsSection, file: string): string {
  if (section === "api") return file === OVERVIEW ? "/docs" : `/docs/guides/${slugOfFile(file)}`;
  return file === OVERVIEW ? `/docs/${section}` : `/docs/${section}/${slugOfFile(file)}`;
}

/** Where a link in a section's Markdown leads on the site. Undefined for files that have no page. */
export function linkTarget(section: DocsSection, href: string): string | undefined {
  if (/^(?:https?:\/\/|\/|#)/.test(href)) return href;
  const { pathname, hash } = new URL(href, `file:///${section}/`);
  const [, target, file] = GUIDE_FILE.exec(pathname) ?? [];
  if (!target || !file) return undefined;
  if (target === "api" && file === OVERVIEW && hash) return `/docs/guides/${hash.slice(1)}`;
  return guideHref(target as DocsSection, file) + hash;
}

/**
 * The HTML of a section's Markdown. Headings get an id, code and tables can be scrolled by keyboard, links between the files lead to
 * their pages, and pictures say their size.
 */
export function renderGuide(
  section: DocsSection,
  body: string,
  pictures: ReadonlyMap<string, Picture>,
): string {
  const markdown = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = linkTarget(section, href);
        return target ? `<a href="${target}">${text}</a>` : text;
      },
      image({ href, text }) {
        const name = href.split("/").at(-1)!;
        const picture = pictures.get(name);
        if (!picture) throw new Error(`docs/images has no ${name}`);
        const size = `width="${picture.width}" height="${picture.height}"`;
        return `<img src="/docs/images/${name}" alt="${escaped(text)}" ${size} loading="lazy">`;
      },
      code({ text }) {
        return `<pre tabindex="0"><code>${escaped(text)}</code></pre>`;
      },
      table({ header, rows }) {
        const cells = (row: Tokens.TableCell[], tag: "th" | "td") =>
          `<tr>${
            row.map(({ text, tokens }) => cell(text ? tag : "td", this.parser.parseInline(tokens))).join("")
          }</tr>`;
        const body = rows.map((row) => cells(row, "td")).join("");
        return `<div class="scrolled" tabindex="0"><table><thead>${
          cells(header, "th")
        }</thead><tbody>${body}</tbody></table></div>`;
      },
      checkbox: () => '<span aria-hidden="true">☐ </span>',
      html: () => "",
    },
  });
  return markdown.parse(body, { async: false });
}

function cell(tag: "th" | "td", html: string): string {
  return `<${tag}>${html}</${tag}>`;
}

/** The anchor of a heading, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(/\s/g, "-");
}

function slugOfFile(file: string): string {
  return file.replace(/\.md$/, "");
}

/** The beginning of a paragraph without its Markdown. */
function plainText(text: string): string {
  const plain = textOf(new Marked().Lexer.lexInline(text)).replaceAll(/\s+/g, " ");
  return plain.length <= LEAD_LENGTH ? plain : `${plain.slice(0, LEAD_LENGTH).replace(/\s\S*$/, "")}…`;
}

function textOf(tokens: Token[]): string {
  return tokens.map((token) => {
    if (token.type === "br") return " ";
    if ("tokens" in token && token.tokens) return textOf(token.tokens);
    return "text" in token && token.type !== "html" && token.type !== "image" ? token.text : "";
  }).join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
