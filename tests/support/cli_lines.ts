import { type Command, CommanderError } from "@commander-js/extra-typings";
import { COMMAND_NAMES, newProgram } from "../../cli/commands.ts";

const CLI =
  /^((?:\w+=\S+ )*)(?:deno task admin|denizen|docker (?:run|compose) .*--entrypoint denizen \S+|docker compose exec \w+ denizen) (.+)$/;

/** A line of a shell that runs the CLI: variables such as `DATABASE_URL=… `, and what follows the program. Null for other lines. */
export function parseCliLine(line: string): { assignments: string; command: string } | null {
  const [, assignments, command] = CLI.exec(line) ?? [];
  return command === undefined ? null : { assignments: assignments!, command };
}

/** The words of a command. Redirections and pipes are the shell's. */
export function wordsOf(command: string): string[] {
  return [...command.split(/ (?:[<>]{1,2}|\|) /)[0]!.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, word]) => single ?? double ?? word!);
}

/** Whether the CLI would run the line, such as `tenants list --json`. */
export async function isAccepted(line: string): Promise<boolean> {
  const accepting = await newProgram(COMMAND_NAMES);
  let ran = false;
  for (const command of [accepting, ...commandsBelow(accepting)]) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    if (command.commands.length === 0) command.action(() => void (ran = true));
  }
  try {
    await accepting.parseAsync(wordsOf(line), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return ran;
}

/** A command's commands, and theirs. */
export function commandsBelow(command: Command): Command[] {
  return (command.commands as Command[]).flatMap((inner) => [inner, ...commandsBelow(inner)]);
}
