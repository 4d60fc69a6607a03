import { type Command, Option } from "@commander-js/extra-typings";
import { migrate } from "../../db/migration/migrate.ts";
import { loadConfig } from "../../src/config.ts";
import { createPasswordLink } from "../../src/identity/emailed_links.ts";
import { checkNewPassword, hashPassword } from "../../src/identity/passwords.ts";
import { appointPlatformAdmin } from "../../src/identity/platform_admins.ts";
import { newUser } from "../../src/identity/users.ts";
import { parseInput } from "../../src/platform/input.ts";
import { readAdminPassword } from "../admin_password.ts";
import { createOutput } from "../output.ts";
import { withDatabase, withSystem } from "../session.ts";

export function define(setup: Command): void {
  setup
    .requiredOption("--admin-email <email>", "the administrator's email")
    .addOption(
      new Option("--admin-password-stdin", "read the password from standard input (or set ADMIN_PASSWORD)")
        .conflicts("adminPassword"),
    )
    .option(
      "--admin-password <password>",
      "the password, visible to other users of this machine; - reads standard input",
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nWithout a password, the command prints a one-time link to set one.")
    .action(async ({ adminEmail, json, ...password }) => {
      const output = createOutput(json === true);
      const { email, name } = parseInput(newUser, { email: adminEmail, name: "Administrator" });
      const adminPassword = await readAdminPassword(password);
      if (adminPassword !== undefined) await checkNewPassword(loadConfig(), adminPassword, { email });
      await withDatabase((db) => migrate(db));

      await withSystem(async (ctx) => {
        const passwordHash = adminPassword === undefined ? null : await hashPassword(adminPassword);
        const admin = await appointPlatformAdmin(ctx, { email, name }, passwordHash);
        const link = admin.passwordHash === null ? await createPasswordLink(ctx, admin) : null;

        output.data({ id: admin.id, email, ...(link ? { set_password_link: link } : {}) });
        if (link) output.note("Open the link to set the password. It works once and expires in two days.");
        if (!ctx.services.config.databaseUrl) {
          output.note("DATABASE_URL is not set. Using the embedded database.");
        }
      });
    });
}
