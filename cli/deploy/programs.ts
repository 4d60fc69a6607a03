/** Runs the programs that deploy. Only `deno task deploy` may; the CLI itself may run none. */
import { CommandFailure } from "../options.ts";

export type Program = "docker" | "kubectl" | "deno";

/** Runs a program with its output on this terminal, in a folder of the project. Throws `CommandFailure` if it fails. */
export async function run(
  program: Program,
  args: string[],
  { input = "", folder = "." }: { input?: string; folder?: string } = {},
): Promise<void> {
  const process = start(program, args, "inherit", folder);
  await feed(process, input);
  await requireSuccess(program, args, process);
}

/** What a program prints. Throws `CommandFailure` if it fails. */
export async function capture(program: Program, args: string[]): Promise<string> {
  const process = start(program, args, "piped");
  await feed(process, "");
  const text = await new Response(process.stdout).text();
  await requireSuccess(program, args, process);
  return text;
}

/** The index of the command that succeeds first. The others are ended. Throws `CommandFailure` if all fail. */
export async function firstToSucceed(program: Program, commands: string[][]): Promise<number> {
  const processes = commands.map((args) => start(program, args, "null"));
  try {
    return await Promise.any(processes.map(async (process, index) => {
      await feed(process, "");
      await requireSuccess(program, commands[index]!, process);
      return index;
    }));
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  } finally {
    for (const process of processes) end(process);
  }
}

function start(
  program: Program,
  args: string[],
  stdout: "inherit" | "piped" | "null",
  cwd = ".",
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, { args, cwd, stdin: "piped", stdout, stderr: "inherit" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new CommandFailure(`${program} is not installed.`);
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new CommandFailure(`This process may not run ${program}. Run it as: deno task deploy …`);
  }
}

/** If the program closes its input, its own message says why. */
async function feed(process: Deno.ChildProcess, input: string): Promise<void> {
  await new Blob([input]).stream().pipeTo(process.stdin).catch(() => {});
}

async function requireSuccess(program: Program, args: string[], process: Deno.ChildProcess): Promise<void> {
  const { success, code } = await process.status;
  if (!success) {
    throw new CommandFailure(`${program} ${args.slice(0, 2).join(" ")} failed with exit code ${code}.`);
  }
}

function end(process: Deno.ChildProcess): void {
  try {
    process.kill();
  } catch { /* it has ended by itself */ }
}
