import { isFieldKey } from "../contacts/contact.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { oneLine } from "../platform/text.ts";

const FIELD_UNKNOWN = problem("merge_field_unknown", "{field} isn't a field. Use name, email or fields.key.");
const FIELD_UNCLOSED = problem(
  "merge_field_unclosed",
  "A field that starts with {start} needs }} at its end.",
);

/** `{{ name | there }}`: where its value comes from, and what stands for a missing one. */
export type MergeField = {
  /** `email`, `name`, or a key of the contact's own fields. */
  source: { of: "email" } | { of: "name" } | { of: "fields"; key: string };
  fallback: string | null;
  /** As it was written. */
  text: string;
};

/** What fields are filled from. */
export type Merged = { email: string; name: string; fields: Readonly<Record<string, string>> };

/** Where a value goes. Each place has its own escaping. */
export type MergePlace = "html" | "text" | "subject";

const FIELD = /\{\{([^{}\n]{0,200})\}\}/g;
/** Also keys that no contact can have, so that an email shows their fallback. */
const PATH = /^(?:email|name|fields\.([\p{L}\p{N}_-]{1,64}))$/u;

/** Private characters around a field's number. They survive the renderer as text, and come out of URLs percent-encoded. */
const [START, END] = ["\ue000", "\ue001"];
const MARK = new RegExp(`${START}(\\d+)${END}|%EE%80%80(\\d+)%EE%80%81`, "g");
const PRIVATE = /[\ue000-\ue00f]/g;

/** The fields of the texts of one email, each once. */
export class MergeFields {
  readonly list: MergeField[] = [];
  readonly problems: Problem[] = [];

  /** The text with a mark in place of each field. What isn't a field stays as it is. Unknown fields are in `problems`. */
  mark(text: string): string {
    const marked = text.replaceAll(PRIVATE, "").replaceAll(FIELD, (written, inside: string) => {
      const field = parseField(written, inside);
      const isKnown = field && (field.source.of !== "fields" || isFieldKey(field.source.key));
      if (!isKnown) this.problems.push(FIELD_UNKNOWN.with({ field: written }));
      return field ? `${START}${this.#numberOf(field)}${END}` : written;
    });
    const open = /\{\{[^{}\n]{0,20}/.exec(marked.replaceAll(FIELD, ""))?.[0];
    if (open !== undefined) this.problems.push(FIELD_UNCLOSED.with({ start: open.trim() }));
    return marked;
  }

  /** The marked text with the values of one contact, escaped for its place. Values in URLs are percent-encoded. */
  fill(marked: string, merged: Merged, place: MergePlace): string {
    return marked.replaceAll(MARK, (_mark, plain?: string, inUrl?: string) => {
      const field = this.list[Number(plain ?? inUrl)];
      if (!field) return "";
      const value = oneLine(valueOf(field, merged));
      if (inUrl !== undefined) return encodeURIComponent(value);
      return place === "html" ? escapeHtml(value) : value;
    });
  }

  /** The marked text with the fields as they were written. */
  unmark(marked: string): string {
    return marked.replaceAll(
      MARK,
      (_mark, plain?: string, inUrl?: string) => this.list[Number(plain ?? inUrl)]?.text ?? "",
    );
  }

  #numberOf(field: MergeField): number {
    const known = this.list.findIndex(({ text }) => text === field.text);
    return known >= 0 ? known : this.list.push(field) - 1;
  }
}

/** Whether a marked text has a field. */
export function hasField(marked: string): boolean {
  return marked.search(MARK) >= 0;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

function parseField(text: string, inside: string): MergeField | null {
  const at = inside.indexOf("|");
  const path = (at < 0 ? inside : inside.slice(0, at)).trim();
  const fallback = at < 0 ? null : inside.slice(at + 1).trim();
  const [, key] = PATH.exec(path) ?? [];
  if (key !== undefined) return { source: { of: "fields", key }, fallback, text };
  return path === "email" || path === "name" ? { source: { of: path }, fallback, text } : null;
}

function valueOf({ source, fallback }: MergeField, { email, name, fields }: Merged): string {
  const value = source.of === "email" ? email : source.of === "name" ? name : ownValue(fields, source.key);
  return value.trim() === "" ? fallback ?? "" : value;
}

/** A key such as `constructor` names no value that the object inherits. */
function ownValue(fields: Merged["fields"], key: string): string {
  return Object.hasOwn(fields, key) ? fields[key]! : "";
}
