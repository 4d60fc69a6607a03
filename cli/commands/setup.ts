import { Command, Option } from "@commander-js/extra-typings";
import { migrate } from "../../db/migration/migrate.ts";
import { createPasswordLink } from "../../src/identity/password_links.ts";
import { checkNewPassword, hashPassword } from "../../src/identity/passwords.ts";
import { appointPlatformAdmin } from "../../src/identity/platform_admins.ts";
import { newUser } from "../../src/identity/users.ts";
import { parseInput } from "../../src/platform/input.ts";
import { readAdminPassword } from "../admin_password.ts";
import { createOutput } from "../output.ts";
import { withDatabase, withSystem } from "../session.ts";

export function setupCommand() {
  return new Command("setup").description("First run: migrates, and makes the platform's administrator.")
    .requiredOption("--admin-email <email>", "address of the administrator")
    .addOption(
      new Option("--admin-password-stdin", "read their password from standard input, or set ADMIN_PASSWORD")
        .conflicts("adminPassword"),
    )
    .option(
      "--admin-password <password>",
      "their password, for other users of this machine to see; - as above",
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nWithout a password, a link is printed that sets it once.")
    .action(async ({ adminEmail, json, ...password }) => {
      const output = createOutput(json === true);
      const { email, name } = parseInput(newUser, { email: adminEmail, name: "Administrator" });
      const adminPassword = await readAdminPassword(password);
      if (adminPassword !== undefined) checkNewPassword(adminPassword, email);
      await withDatabase((db) => migrate(db));

      await withSystem(async (ctx) => {
        const passwordHash = adminPassword === undefined ? null : await hashPassword(adminPassword);
        const admin = await appointPlatformAdmin(ctx, { email, name }, passwordHash);
        const link = admin.passwordHash === null ? await createPasswordLink(ctx, admin) : null;

        output.data({ id: admin.id, email, ...(link ? { set_password_link: link } : {}) });
        if (link) output.note("Open the link within two days to set the password. It works once.");
        if (!ctx.services.config.databaseUrl) {
          output.note("DATABASE_URL is not set: the embedded database is used.");
        }
      });
    });
}
