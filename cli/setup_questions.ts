import { cancel, confirm, intro, isCancel, log, password, text } from "@clack/prompts";
import type { Config } from "../src/config.ts";
import { DomainError } from "../src/errors.ts";
import { checkNewPassword } from "../src/identity/passwords.ts";
import { emailAddress } from "../src/platform/text.ts";
import { CommandFailure, linesOf } from "./options.ts";

export type SetupAnswers = { adminEmail: string; adminPassword: string | undefined };

/** Leads through the questions of a new installation. Only for a terminal: elsewhere, a question would never be answered. */
export async function askSetup(config: Config): Promise<SetupAnswers> {
  intro("Set up Denizen");
  log.info(`Environment: ${config.environment}, at ${config.appUrl.origin}`);
  log.info(config.databaseUrl ? "Database: PostgreSQL" : `Database: embedded, in ${config.dataDir}`);
  const isFine = answered(
    await confirm({ message: "Create or update the schemas of this database?", initialValue: true }),
  );
  if (!isFine) stop();
  const adminEmail = answered(
    await text({
      message: "The email of the first administrator?",
      placeholder: "you@example.com",
      validate: (value) =>
        emailAddress.safeParse(value).success ? undefined : "Enter an address such as you@example.com.",
    }),
  );
  return { adminEmail, adminPassword: await askPassword(config, adminEmail) };
}

/** Asks again until the password is good enough. Without one, setup prints a link. */
async function askPassword(config: Config, email: string): Promise<string | undefined> {
  for (;;) {
    const given = answered(
      await password({ message: "A password for the administrator? Leave it empty to get a one-time link." }),
    );
    if (!given) return undefined;
    try {
      await checkNewPassword(config, given, { email });
      return given;
    } catch (error) {
      log.warn(reasonIn(error));
    }
  }
}

function reasonIn(error: unknown): string {
  if (error instanceof DomainError) return linesOf(error).join(" ");
  throw error;
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) stop();
  return answer as Exclude<T, symbol>;
}

function stop(): never {
  cancel("Nothing changed.");
  throw new CommandFailure("Canceled.");
}
