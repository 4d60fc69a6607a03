import { Argument, type Command } from "@commander-js/extra-typings";
import { COMMAND_NAMES, newProgram } from "../commands.ts";
import { completionScript, SHELLS } from "../completions.ts";
import { createOutput } from "../output.ts";

export function define(completions: Command): void {
  completions.addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .action(async (shell) => {
      createOutput(false).text(completionScript(await newProgram(COMMAND_NAMES), shell), []);
    });
}
