import { type Command, CommanderError } from "@commander-js/extra-typings";
import { type CommandName, COMMANDS, newProgram } from "./commands.ts";

const EXIT_USAGE_ERROR = 2;

/** Runs the CLI. Returns the exit code: 0 success, 1 failure, 2 usage error. */
export async function run(args: string[]): Promise<number> {
  const program = await newProgram(neededCommands(args));
  throwOnExit(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE_ERROR;
    const { printFailure } = await import("./failure.ts");
    return printFailure(error);
  }
}

/** The command that `args` name. Help and typos need only the names and descriptions. */
function neededCommands([first = "", second = ""]: string[]): CommandName[] {
  const name = first === "help" ? second : first;
  return Object.hasOwn(COMMANDS, name) ? [name as CommandName] : [];
}

function throwOnExit(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) throwOnExit(inner as Command);
}

if (import.meta.main) Deno.exit(await run(Deno.args));
