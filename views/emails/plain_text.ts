// @ts-types="@types/html-to-text"
import { compile, type FormatCallback } from "html-to-text";

const LINE_LENGTH = 78;
const MAX_COLUMN_LENGTH = 40;

/** Converts an email's HTML to text. Leaves out hidden elements and elements with the class `html-only`. */
export const plainText: (html: string) => string = compile({
  wordwrap: LINE_LENGTH,
  formatters: { labelledLink, footer: formatFooter, ownLine },
  selectors: [
    { selector: "h1", options: { uppercase: false, leadingLineBreaks: 1 } },
    { selector: "h2", options: { uppercase: false } },
    { selector: "h3", options: { uppercase: false } },
    { selector: "a", format: "labelledLink" },
    { selector: "img", format: "skip" },
    { selector: ".preheader", format: "skip" },
    { selector: ".html-only", format: "skip" },
    {
      selector: "table.figures",
      format: "dataTable",
      options: {
        uppercaseHeaderCells: false,
        maxColumnWidth: MAX_COLUMN_LENGTH,
        leadingLineBreaks: 2,
        trailingLineBreaks: 2,
      },
    },
    { selector: "td.footer", format: "footer" },
    { selector: "a.own-line", format: "ownLine" },
  ],
});

/** "Sign in: https://…" */
function labelledLink(...[link, walk, builder]: Parameters<FormatCallback>): void {
  walk(link.children, builder);
  builder.addInline(`: ${link.attribs.href}`);
}

function ownLine(...[link, walk, builder, options]: Parameters<FormatCallback>): void {
  builder.openBlock();
  labelledLink(link, walk, builder, options);
  builder.closeBlock();
}

/** Formats the footer like a signature. */
function formatFooter(...[footer, walk, builder]: Parameters<FormatCallback>): void {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addInline("--");
  builder.openBlock();
  walk(footer.children, builder);
  builder.closeBlock();
  builder.closeBlock();
}
