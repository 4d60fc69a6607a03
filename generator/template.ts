import type { FieldCode } from "./field_types.ts";
import { type Noun, withArticle } from "./names.ts";

/** What fills a template: the resource, the code of its fields, and what it has. */
export type Filling = {
  several: Noun;
  one: Noun;
  fields: FieldCode[];
  /** The names of `// @if name`. */
  has: Record<string, boolean>;
  /** The texts of `{{name}}`. */
  values: Record<string, string>;
};

const DIRECTIVE = /^\s*\/\/ @(each|if|end)(?: (!?)(\w+))?$/;
const IMPORT = /^import (?:type )?\{([^}]*)\} from "[^"]+";\n/gm;
const CONSTANT = /^(?:\/\*\* [^\n]* \*\/\n)?const (\w+) = [^\n]*;\n/gm;

/**
 * Fills a template. `// @each piece` becomes that piece of every field. Lines from `// @if name` to `// @end` stay if the resource has
 * it. The template's own resource is called `sample things`, in every spelling. Imports and constants that nothing uses are left out.
 */
export function fill(template: string, filling: Filling): string {
  const lines: string[] = [];
  let isLeftOut = false;
  for (const line of template.split("\n")) {
    const [, directive, not, name = ""] = DIRECTIVE.exec(line) ?? [];
    if (directive === "end") isLeftOut = false;
    else if (directive === "if") isLeftOut = Boolean(filling.has[name]) === (not === "!");
    else if (isLeftOut) continue;
    else if (directive === "each") lines.push(...piecesOf(filling, name));
    else lines.push(line);
  }
  const filled = lines.join("\n").replaceAll(/\{\{(\w+)\}\}/g, (_, name) => filling.values[name]!);
  return withoutUnused(renamed(filled, filling));
}

/** The text with the resource in place of `sample things`. */
export function renamed(text: string, { several, one }: Pick<Filling, "several" | "one">): string {
  const spellings = ["snake", "camel", "pascal", "upper", "kebab", "words", "title"] as const;
  const sample = {
    snake: "sample_thing",
    camel: "sampleThing",
    pascal: "SampleThing",
    upper: "SAMPLE_THING",
    kebab: "sample-thing",
    words: "sample thing",
    title: "Sample thing",
  };
  const withArticles = text.replaceAll(/\b[Aa] sample thing\b(?!s)/g, (found) => {
    const words = withArticle(one.words);
    return found.startsWith("A") ? words.charAt(0).toUpperCase() + words.slice(1) : words;
  });
  return spellings.reduce(
    (result, spelling) =>
      result.replaceAll(plural(sample[spelling]), several[spelling]).replaceAll(
        sample[spelling],
        one[spelling],
      ),
    withArticles,
  );
}

/** Each piece once: two references to one table need one import. */
function piecesOf({ fields }: Filling, name: string): string[] {
  return [...new Set(fields.flatMap((field) => field[name] || []))];
}

function plural(word: string): string {
  return word === word.toUpperCase() ? `${word}S` : `${word}s`;
}

function withoutUnused(text: string): string {
  const code = codeIn(text.replaceAll(IMPORT, ""));
  const isUsed = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  const kept = text.replaceAll(IMPORT, (statement, list: string) => {
    const names = list.split(",").map((name) => name.trim()).filter(Boolean);
    const used = names.filter((name) => isUsed(name.replace(/^type /, "").replace(/^.* as /, "")));
    return used.length === 0 ? "" : statement.replace(list, ` ${used.join(", ")} `);
  });
  return kept.replaceAll(
    CONSTANT,
    (statement, name: string) =>
      codeIn(kept).match(new RegExp(`\\b${name}\\b`, "g"))!.length > 1 ? statement : "",
  );
}

/** The text without comments and quoted strings. */
function codeIn(text: string): string {
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""').replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(
    /\/\/.*$/gm,
    "",
  );
}

/** The names that a template's own code uses. */
export function identifiersIn(template: string): string[] {
  return codeIn(template).match(/\b[a-zA-Z_$][\w$]*\b/g) ?? [];
}
