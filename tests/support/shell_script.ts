import { shell } from "./postgres_programs.ts";

/** What a shell did: how it ended, what it printed, and the status of each call with curl. */
export type ScriptOutcome = { success: boolean; text: string; statuses: number[] };

const STATUS = "HTTP status ";
/** curl as it is, but it says the status of each answer, and ends a stream. */
const CURL = `curl() { command curl --max-time 3 -w '%{stderr}${STATUS}%{http_code}\\n' "$@"; }`;

/** Runs a script as it stands in a guide, with these variables and all of its output. */
export async function runScript(
  script: string,
  variables: Record<string, string> = {},
): Promise<ScriptOutcome> {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const { success, stdout } = await shell(
    [...assignments, CURL, "{", script, "} 2>&1"].join("\n"),
  );
  const statuses = [...stdout.matchAll(new RegExp(`${STATUS}(\\d+)`, "g"))].map(([, status]) =>
    Number(status)
  );
  return { success, text: stdout, statuses };
}

export async function isInstalled(program: string): Promise<boolean> {
  return (await shell(`command -v ${program}`)).success;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
