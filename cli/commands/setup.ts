import { type Command, Option } from "@commander-js/extra-typings";
import { migrate } from "../../db/migration/migrate.ts";
import { loadConfig, readVariables } from "../../src/config.ts";
import { createPasswordLink } from "../../src/identity/emailed_links.ts";
import { checkNewPassword, hashPassword } from "../../src/identity/passwords.ts";
import { appointPlatformAdmin } from "../../src/identity/platform_admins.ts";
import { newUser } from "../../src/identity/users.ts";
import { parseInput } from "../../src/platform/input.ts";
import { readAdminPassword } from "../admin_password.ts";
import { UsageError } from "../options.ts";
import { createOutput, type Output } from "../output.ts";
import { withDatabase, withSystem } from "../session.ts";
import { checkSettings } from "../setting_checks.ts";
import type { SetupAnswers } from "../setup_questions.ts";

export function define(setup: Command): void {
  setup
    .option("--admin-email <email>", "the administrator's email; without it, a terminal is asked")
    .addOption(
      new Option("--admin-password-stdin", "read the password from standard input (or set ADMIN_PASSWORD)")
        .conflicts("adminPassword"),
    )
    .option(
      "--admin-password <password>",
      "the password, visible to other users of this machine; - reads standard input",
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nWithout a password, the command prints a one-time link to set one. It may run again: it changes only what is missing.",
    )
    .action(async ({ json, ...given }) => {
      const output = createOutput(json === true);
      const { adminEmail, adminPassword } = await answersOf(given);
      const { email, name } = parseInput(newUser, { email: adminEmail, name: "Administrator" });
      if (adminPassword !== undefined) await checkNewPassword(loadConfig(), adminPassword, { email });
      await withDatabase((db) => migrate(db));

      await withSystem(async (ctx) => {
        const passwordHash = adminPassword === undefined ? null : await hashPassword(adminPassword);
        const admin = await appointPlatformAdmin(ctx, { email, name }, passwordHash);
        const link = admin.passwordHash === null ? await createPasswordLink(ctx, admin) : null;

        output.data({ id: admin.id, email, ...(link ? { set_password_link: link } : {}) });
        if (link) output.note("Open the link to set the password. It works once and expires in two days.");
      });
      noteMissing(output);
    });
}

type Given = Parameters<typeof readAdminPassword>[0] & { adminEmail?: string };

async function answersOf({ adminEmail, ...password }: Given): Promise<SetupAnswers> {
  if (adminEmail !== undefined) return { adminEmail, adminPassword: await readAdminPassword(password) };
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError(["Give --admin-email. Without a terminal, setup can't ask for it."]);
  }
  const { askSetup } = await import("../setup_questions.ts");
  return await askSetup(loadConfig());
}

/** What works, but isn't ready for customers. */
function noteMissing(output: Output): void {
  for (const { check, status, detail } of checkSettings(loadConfig(), readVariables())) {
    if (status === "warn") output.note(`${check}: ${detail}`);
  }
  output.note("Next: deno task start. Check the installation at any time with: denizen doctor");
}
