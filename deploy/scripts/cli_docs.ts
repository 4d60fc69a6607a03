/** `deno task cli:docs`: writes the commands into docs/admin/cli.md, below the marker. */
import type { Argument, Command, Option } from "@commander-js/extra-typings";
import { COMMAND_NAMES, newProgram, pathOf } from "../../cli/commands.ts";
import { EXAMPLES, typed } from "../../cli/examples.ts";

export const CLI_DOCS = new URL("../../docs/admin/cli.md", import.meta.url);
const MARKER = "<!-- commands -->\n";

/** The page with the commands as they are now. */
export async function withCommands(page: string): Promise<string> {
  const program = await newProgram(COMMAND_NAMES);
  const sections = (program.commands as Command[]).map((group) =>
    group.commands.length > 0
      ? `## ${group.name()}\n\n${group.description()}\n\n${
        (group.commands as Command[]).map(describe).join("\n")
      }`
      : describe(group).replace("###", "##")
  );
  return page.slice(0, page.indexOf(MARKER) + MARKER.length) + "\n" + sections.join("\n");
}

function describe(command: Command): string {
  const path = pathOf(command);
  const usage = [path, ...command.registeredArguments.map(argumentOf)].join(" ");
  return [
    `### \`${usage}\`\n`,
    `${command.description()}\n`,
    ...command.options.map(optionOf),
    "\n```sh",
    ...EXAMPLES[path]!.map(typed),
    "```\n",
  ].join("\n").replace("\n\n\n", "\n\n");
}

function argumentOf(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function optionOf({ flags, description, argChoices, defaultValue, mandatory, negate }: Option): string {
  const notes = [
    ...mandatory ? ["required"] : [],
    ...argChoices ? [`one of ${argChoices.map((choice) => `\`${choice}\``).join(", ")}`] : [],
    ...defaultValue === undefined || negate ? [] : [`default: \`${defaultValue}\``],
  ];
  return `- \`${flags}\`: ${description}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
}

if (import.meta.main) {
  await Deno.writeTextFile(CLI_DOCS, await withCommands(await Deno.readTextFile(CLI_DOCS)));
}
