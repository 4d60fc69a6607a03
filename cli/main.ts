import { Command, CommanderError } from "@commander-js/extra-typings";
import { ConfigError } from "../src/config.ts";
import { DomainError } from "../src/errors.ts";
import { VERSION } from "../src/platform/health.ts";
import { reasonOf } from "../src/platform/log.ts";
import { lateModules } from "./late_modules.ts";
import { linesOf, UsageError } from "./options.ts";
import { printError } from "./output.ts";

const COMMANDS: Record<string, () => Promise<unknown>> = {
  setup: async () => (await lateModules.setup()).setupCommand(),
  db: async () => (await lateModules.db()).dbCommand(),
  tenants: async () => (await lateModules.tenants()).tenantsCommand(),
  users: async () => (await lateModules.users()).usersCommand(),
  jobs: async () => (await lateModules.jobs()).jobsCommand(),
  audit: async () => (await lateModules.audit()).auditCommand(),
  webhooks: async () => (await lateModules.webhooks()).webhooksCommand(),
  campaigns: async () => (await lateModules.campaigns()).campaignsCommand(),
  plans: async () => (await lateModules.plans()).plansCommand(),
  billing: async () => (await lateModules.billing()).billingCommand(),
  deploy: async () => (await lateModules.deploy()).deployCommand(),
  config: async () => (await lateModules.config()).configCommand(),
};
const EXIT_FAILED = 1;
const EXIT_USAGE_ERROR = 2;

/** Runs the CLI. Returns the exit code: 0 success, 1 failure, 2 usage error. */
export async function run(args: string[]): Promise<number> {
  const program = new Command("denizen").description("Administers a Denizen installation.").version(VERSION)
    .showHelpAfterError("(add --help for usage)");
  for (const name of neededCommands(args)) program.addCommand(await COMMANDS[name]!() as Command);
  throwOnExit(program as Command);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE_ERROR;
    for (const line of explain(error)) printError(line);
    return error instanceof UsageError ? EXIT_USAGE_ERROR : EXIT_FAILED;
  }
}

/** The command that `args` name, or all of them, for the help and for typos. */
function neededCommands([first = ""]: string[]): string[] {
  if (first === "--version" || first === "-V") return [];
  return Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
}

function throwOnExit(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) throwOnExit(inner as Command);
}

function explain(error: unknown): string[] {
  if (error instanceof ConfigError || error instanceof UsageError) return error.lines;
  if (error instanceof DomainError) return linesOf(error);
  return [error instanceof Error ? reasonOf(error).message : String(error)];
}

if (import.meta.main) Deno.exit(await run(Deno.args));
