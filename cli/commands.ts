import { Command } from "@commander-js/extra-typings";
import { VERSION } from "../src/platform/version.ts";
import { EXAMPLES, typed } from "./examples.ts";

type Definition = { define: (command: Command) => void };

/** The commands. Their modules load only if they run: help with all of them would take ten times as long. */
export const COMMANDS = {
  setup: {
    description: "First run: migrates the database and creates the platform administrator.",
    load: () => import("./commands/setup.ts"),
  },
  db: {
    description: "Manages the database: migrations, sample data, backups, repair, reset.",
    load: () => import("./commands/db.ts"),
  },
  tenants: { description: "Manages tenants.", load: () => import("./commands/tenants.ts") },
  users: { description: "Manages users.", load: () => import("./commands/users.ts") },
  plans: {
    description: "Lists the plans and brings the payment gateway in step.",
    load: () => import("./commands/plans.ts"),
  },
  billing: {
    description: "Shows and syncs the tenants' billing.",
    load: () => import("./commands/billing.ts"),
  },
  jobs: {
    description: "Lists, retries and runs background jobs.",
    load: () => import("./commands/jobs.ts"),
  },
  webhooks: {
    description: "Lists webhooks and sends their events again.",
    load: () => import("./commands/webhooks.ts"),
  },
  campaigns: {
    description: "Lists a tenant's campaigns and sends them.",
    load: () => import("./commands/campaigns.ts"),
  },
  audit: { description: "Shows and verifies the audit logs.", load: () => import("./commands/audit.ts") },
  deploy: {
    description: "Renders and checks a deployment, then applies it.",
    load: () => import("./commands/deploy.ts"),
  },
  config: {
    description: "Checks the configuration of this installation.",
    load: () => import("./commands/config.ts"),
  },
  health: {
    description: "Runs the checks of /health from here.",
    load: () => import("./commands/health.ts"),
  },
  doctor: {
    description: "Checks the whole installation, and says what to do.",
    load: () => import("./commands/doctor.ts"),
  },
  status: {
    description: "Shows requests, queues, connections and tenants on one screen.",
    load: () => import("./commands/status.ts"),
  },
  completions: {
    description: "Prints a script that completes commands in bash, zsh or fish.",
    load: () => import("./commands/completions.ts"),
  },
} satisfies Record<string, { description: string; load: () => Promise<Definition> }>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** The program with every command; those in `needed` have their options and subcommands. */
export async function newProgram(needed: readonly CommandName[]): Promise<Command> {
  const program = new Command("denizen").description("Administers a Denizen installation.").version(VERSION)
    .showHelpAfterError("(add --help for usage)") as Command;
  for (const name of COMMAND_NAMES) {
    const { description, load } = COMMANDS[name];
    const command = program.command(name).description(description) as Command;
    if (!needed.includes(name)) continue;
    const { define } = await load() as Definition;
    define(command);
    addExamples(command);
  }
  return program;
}

/** The words that call a command, such as `tenants create`. */
export function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent as Command)} ${command.name()}` : command.name();
}

function addExamples(command: Command): void {
  const examples = EXAMPLES[pathOf(command)];
  if (examples) {
    command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  $ ${typed(line)}`).join("\n")}`);
  }
  for (const inner of command.commands) addExamples(inner as Command);
}
