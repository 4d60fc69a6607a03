/** What the files that follow from the table of settings say. */
import { ADMIN_PASSWORD, READABLE_VARIABLES, SETTINGS } from "../../src/config/settings.ts";
import type { Setting } from "../../src/platform/setting.ts";

const LINE_WIDTH = 110;
const MAX_LIST_LENGTH = 80;
const GUIDES = "docs/admin/";
const START = "<!-- settings -->";
const END = "<!-- /settings -->";

const settings: Setting[] = [...Object.values(SETTINGS), ADMIN_PASSWORD];

/** `.env.example`: every variable that people set, in a comment. */
export function envExample(): string {
  const introduction = comment(
    "Every variable is optional. Copy this file to .env, and load it before a start: set -a; . ./.env; set +a",
  );
  const entries = settings.filter(({ setBy }) => !setBy).map((setting) =>
    `${comment(exampleComment(setting))}\n# ${setting.name}=${shellWord(exampleValue(setting))}`
  );
  return [introduction, ...entries].join("\n\n") + "\n";
}

/** The README with the essential settings between its markers. */
export function readme(current: string): string {
  const rows = settings.filter(({ essential }) => essential).map((setting) => row(setting, GUIDES));
  const more = `All ${settings.length} settings: [docs/admin/configuration.md](docs/admin/configuration.md).`;
  return replaceBetweenMarkers(current, `${table(rows)}\n\n${more}`);
}

/** docs/admin/configuration.md with all settings by group. */
export function reference(current: string): string {
  const groups = Map.groupBy(settings, ({ group }) => group);
  const sections = [...groups].map(([group, members]) =>
    `## ${group}\n\n${table(members.map((setting) => row(setting, "")))}`
  );
  return replaceBetweenMarkers(current, sections.join("\n\n"));
}

/** deno.json with the variables that its permission sets let a process read. */
export function denoConfig(current: string): string {
  const config = JSON.parse(current);
  for (const [set, names] of Object.entries(READABLE_VARIABLES)) {
    config.permissions[set].env = { allow: names, ignore: true };
  }
  return withShortLists(JSON.stringify(config, null, 2)) + "\n";
}

/** Puts every list of strings that fits on one line there. */
function withShortLists(json: string): string {
  return json.replaceAll(/\[\n *("[^"\n]*"(?:,\n *"[^"\n]*")*)\n *\]/g, (list, items: string) => {
    const line = `[${items.replaceAll(/\n */g, " ")}]`;
    return line.length <= MAX_LIST_LENGTH ? line : list;
  });
}

function exampleComment({ description, unset, guide }: Setting): string {
  const parts = [description, unset && `Not set: ${unset}.`, guide && `More: ${GUIDES}${guide}`];
  return parts.filter(Boolean).join(" ");
}

function exampleValue({ example, default: fallback, secret }: Setting): string {
  return example ?? (secret ? "" : fallback) ?? "";
}

/** As a shell reads it back. */
function shellWord(value: string): string {
  return /^[\w:/.@%,+-]*$/.test(value) ? value : `"${value}"`;
}

function comment(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (`# ${lines.at(-1)} ${word}`.length > LINE_WIDTH) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines.map((line) => `# ${line}`).join("\n");
}

function row(
  { name, unset, default: fallback, description, guide, setBy }: Setting,
  folder: string,
): string[] {
  const more = [setBy && `Set by ${setBy}.`, guide && `[More](${folder}${guide}).`];
  return [`\`${name}\``, unset ?? `\`${fallback}\``, [description, ...more].filter(Boolean).join(" ")];
}

/** A Markdown table with even columns, as `deno fmt` leaves it. */
function table(rows: string[][]): string {
  const lines = [["Variable", "Default", "Meaning"], ...rows];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const [head, ...body] = lines.map((cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [head, rule, ...body].join("\n");
}

function replaceBetweenMarkers(text: string, content: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`The file has no ${START} … ${END}.`);
  return `${text.slice(0, start + START.length)}\n\n${content}\n\n${text.slice(end)}`;
}
