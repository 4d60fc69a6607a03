/** Runs the CLI in a terminal of its own, which the program `script` makes. */
import { commandsOf } from "./deno_config.ts";
import { shell, spawnShell } from "./postgres_programs.ts";
import { shortLived } from "./v8_flags.ts";

export async function hasTerminals(): Promise<boolean> {
  return (await shell("command -v script")).success;
}

/** What the terminal shows. Throws if the command fails. `variables` need no quotes. */
export async function inTerminal(
  task: "admin" | "backup",
  variables: { DATA_DIR: string } & Record<string, string>,
  args: string,
): Promise<string> {
  const { success, stdout } = await shell(`${lineOf(task, variables, args)} < /dev/null`);
  if (!success) throw new Error(stdout);
  return stdout;
}

/** The same for a command that asks. Each answer is typed as soon as its question is shown. */
export async function inDialog(
  variables: { DATA_DIR: string } & Record<string, string>,
  args: string,
  answers: [question: string, answer: string][],
): Promise<string> {
  const process = spawnShell(lineOf("admin", variables, args));
  const keyboard = process.stdin.getWriter();
  const left = [...answers];
  let shown = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    shown += text;
    if (left.length === 0 || !shown.includes(left[0]![0])) continue;
    await keyboard.write(new TextEncoder().encode(`${left.shift()![1]}\r`));
  }
  const { success } = await process.status;
  await keyboard.close().catch(() => {});
  if (!success || left.length > 0) throw new Error(shown);
  return shown;
}

function lineOf(
  task: "admin" | "backup",
  variables: { DATA_DIR: string } & Record<string, string>,
  args: string,
): string {
  const command = commandsOf(task).at(-1)!.replaceAll('"', "").replaceAll("$FOLDER", variables.DATA_DIR);
  const assignments = Object.entries({ ...shortLived(), ...variables }).map(([name, value]) =>
    `${name}=${value}`
  ).join(" ");
  return `${assignments} NO_COLOR=1 script -qefc 'stty cols 120 rows 40; ${command} ${args}' /dev/null`;
}
