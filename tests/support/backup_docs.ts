/** The SQL and the commands in docs/admin/backup.md, in order, for a test to run. */
const PAGE = new URL("../../docs/admin/backup.md", import.meta.url);

export type DocumentedStep = { language: "sql" | "sh"; text: string };

/** The blocks of code, with the placeholders replaced. */
export async function documentedSteps(placeholders: [from: string, to: string][]): Promise<DocumentedStep[]> {
  const page = await Deno.readTextFile(PAGE);
  return [...page.matchAll(/^ *```(sql|sh)\n([^]*?)^ *```$/gm)].map(([, language, block]) => ({
    language: language as DocumentedStep["language"],
    text: placeholders.reduce(
      (text, [from, to]) => text.replaceAll(from, to),
      block!.replace(/^ +/gm, "").trim(),
    ),
  }));
}

/** A line such as `NAME=value deno task backup FILE` in its parts. */
export function parseTask(line: string): { variables: Record<string, string>; task: string; args: string[] } {
  const [assignments, command] = line.split("deno task ") as [string, string];
  const [task, ...args] = command.split(" ");
  const pairs = assignments.trim().split(" ").filter(Boolean).map((each) => each.split(/=(.*)/, 2));
  return { variables: Object.fromEntries(pairs), task: task!, args };
}
