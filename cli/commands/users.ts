import { type Command, Option } from "@commander-js/extra-typings";
import { z } from "zod";
import { changeRole, getMemberOfUser, removeMember } from "../../src/access/membership.ts";
import { ROLES } from "../../src/access/permissions.ts";
import { profileChanges, updateProfile } from "../../src/identity/account.ts";
import { deleteAccountOf } from "../../src/identity/account_deletion.ts";
import { createPasswordLink } from "../../src/identity/emailed_links.ts";
import { disableFactors, factorsDisabling, sendPasswordLink } from "../../src/identity/account_recovery.ts";
import { changeEmailOf } from "../../src/identity/email_change.ts";
import { createMember, newMember } from "../../src/identity/new_members.ts";
import { exportPersonalData } from "../../src/identity/personal_data.ts";
import { listSignIns, SIGN_IN_LIST, signOutPerson } from "../../src/identity/sign_ins.ts";
import { getUser, listUsers } from "../../src/identity/users.ts";
import { parseInput } from "../../src/platform/input.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { emailAddress } from "../../src/platform/text.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { getTenant } from "../../src/tenancy/tenants.ts";
import { listTenantsOf } from "../../src/tenancy/workspaces.ts";
import { parseOptions, UsageError } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

const MAX_LIMIT = 1_000;

const DEFAULT_REASON = "By the operator, on the command line.";

const userChanges = profileChanges.pick({ name: true }).extend({ email: emailAddress.optional() });

const limit = z.object({
  limit: z.coerce.number({ error: `Use a number from 1 to ${MAX_LIMIT}.` }).int().min(1).max(MAX_LIMIT),
});

export function define(users: Command): void {
  users.command("create <email>").description(
    "Adds a member to a tenant, creates the account if needed, and sends an invitation.",
  )
    .requiredOption("--tenant-id <tenant>", "the tenant's id or subdomain")
    .addOption(new Option("--role <role>", "the member's role").choices(ROLES).default("member" as const))
    .option("--name <name>", "the member's name; default: the part of the email before the @")
    .option("--no-send-invite", "send no invitation and print no link to set a password")
    .option("--json", "print JSON")
    .action(async (email, { tenantId, role, name, sendInvite, json }) => {
      const input = parseInput(newMember, { email, name: name ?? email.split("@")[0], role });
      const output = createOutput(json === true);
      await withSystem(async (ctx) => {
        const tenant = await getTenant(ctx, tenantId);
        const user = await createMember(await openTenant(ctx, tenant.id), input, { invite: sendInvite });
        const invited = sendInvite && user.passwordHash === null;
        const link = invited ? { set_password_link: await createPasswordLink(ctx, user) } : {};
        output.data({
          id: user.id,
          email: user.email,
          name: user.name,
          tenant: tenant.subdomain,
          role,
          ...link,
        });
      });
    });

  users.command("list").description("Lists users.")
    .option("--tenant-id <tenant>", "only members of this tenant")
    .addOption(new Option("--role <role>", "only users with this role").choices(ROLES))
    .option("--limit <count>", "maximum number of users", "50")
    .option("--json", "print JSON")
    .action(async ({ tenantId, role, limit: count, json }) => {
      const wanted = parseOptions(limit, { limit: count });
      const rows = await withSystem(async (ctx) => {
        const tenant = tenantId ? await getTenant(ctx, tenantId) : undefined;
        const found = await listUsers(ctx, { tenantId: tenant?.id, role, limit: wanted.limit });
        return found.map(({ id, email, name, roles, isPlatformAdmin, createdAt }) => ({
          id,
          email,
          name,
          roles,
          platform_admin: isPlatformAdmin,
          created_at: createdAt.toISOString(),
        }));
      });
      createOutput(json === true).data(rows);
    });

  users.command("update <user>")
    .description(
      "Changes a user's name or email, or their role in a tenant. <user> is an id or an email address.",
    )
    .option("--name <name>", "the new name")
    .option("--email <email>", "the new email; it counts as confirmed, and the old one gets a notice")
    .addOption(new Option("--role <role>", "the new role in the tenant").choices(ROLES))
    .option("--tenant-id <tenant>", "the tenant's id or subdomain; needed with --role")
    .option("--json", "print JSON")
    .action(async (idOrEmail, { json, name, email, role, tenantId }) => {
      if (name === undefined && email === undefined && !role) {
        throw new UsageError(["Give --name or --email, or --role and --tenant-id."]);
      }
      if (role && !tenantId) throw new UsageError(["--role needs --tenant-id."]);
      const { email: newEmail, ...profile } = parseInput(userChanges, { name, email });
      await withSystem(async (ctx) => {
        const { id } = await getUser(ctx, idOrEmail);
        if (role) {
          const tenant = await openTenant(ctx, (await getTenant(ctx, tenantId!)).id);
          await changeRole(tenant, (await getMemberOfUser(tenant, id)).id, { role });
        }
        if (newEmail !== undefined) await changeEmailOf(ctx, id, newEmail);
        const user = await updateProfile(ctx, id, profile);
        createOutput(json === true).data({
          id,
          email: user.email,
          name: user.name,
          ...(role ? { role } : {}),
        });
      });
    });

  users.command("remove <user>")
    .description("Removes a user from a tenant, or from all of their tenants. Keeps the account.")
    .option("--tenant-id <tenant>", "only from this tenant: its id or subdomain")
    .option("--json", "print JSON")
    .action(async (idOrEmail, { tenantId, json }) => {
      await withSystem(async (ctx) => {
        const { id, email } = await getUser(ctx, idOrEmail);
        const tenants = tenantId ? [await getTenant(ctx, tenantId)] : await listTenantsOf(ctx, id);
        for (const { id: each } of tenants) {
          const tenant = await openTenant(ctx, each);
          await removeMember(tenant, (await getMemberOfUser(tenant, id)).id);
        }
        const removed_from = tenants.map(({ subdomain }) => subdomain);
        createOutput(json === true).data({ id, email, removed_from });
      });
    });

  users.command("reset-password <user>").description(
    "Emails a user a link to set a new password. The present one works until then.",
  )
    .option("--print-link", "print the link instead. It works for two days, and doesn't confirm the address.")
    .option("--json", "print JSON")
    .action(async (idOrEmail, { printLink, json }) => {
      await withSystem(async (ctx) => {
        const user = await getUser(ctx, idOrEmail);
        const link = printLink ? { set_password_link: await createPasswordLink(ctx, user) } : {};
        if (!printLink) await sendPasswordLink(ctx, user.id);
        createOutput(json === true).data({ id: user.id, email: user.email, emailed: !printLink, ...link });
      });
    });

  users.command("disable-mfa <user>").description(
    "Removes all second factors of a user who lost them. Make sure who asks.",
  )
    .option("--reason <reason>", "how you made sure who asks, for the audit log", DEFAULT_REASON)
    .option("--json", "print JSON")
    .action(async (idOrEmail, { reason, json }) => {
      const input = parseInput(factorsDisabling, { reason });
      await withSystem(async (ctx) => {
        const { id, email } = await getUser(ctx, idOrEmail);
        const removed_factors = await disableFactors(ctx, id, input);
        createOutput(json === true).data({ id, email, removed_factors });
      });
    });

  users.command("sessions <user>").description("Lists the browsers in which a user is signed in.")
    .option("--revoke", "sign the user out of all browsers and programs")
    .option("--json", "print JSON")
    .action(async (idOrEmail, { revoke, json }) => {
      const output = createOutput(json === true);
      await withSystem(async (ctx) => {
        const { id } = await getUser(ctx, idOrEmail);
        if (revoke) await signOutPerson(ctx, id);
        const { items } = await listSignIns(ctx, id, SIGN_IN_LIST.query.parse({ limit: MAX_PAGE_SIZE }));
        output.data(items.map((signIn) => ({
          id: signIn.id,
          browser: signIn.browser,
          system: signIn.system,
          ip_address: signIn.ipAddress,
          created_at: signIn.createdAt.toISOString(),
          last_seen_at: signIn.lastSeenAt.toISOString(),
        })));
      });
    });

  users.command("export <user>").description("Prints a person's data as JSON.")
    .action(async (idOrEmail) => {
      await withSystem(async (ctx) => {
        const { id } = await getUser(ctx, idOrEmail);
        const data = await exportPersonalData(ctx, id);
        createOutput(true).data(data);
      });
    });

  users.command("delete <user>").description(
    "Deletes a person's account permanently. Tells the person by email.",
  )
    .requiredOption("--yes", "confirm the deletion")
    .option("--json", "print JSON")
    .action(async (idOrEmail, { json }) => {
      await withSystem(async (ctx) => {
        const { id, email } = await getUser(ctx, idOrEmail);
        await deleteAccountOf(ctx, id);
        createOutput(json === true).data({ id, email, deleted: true });
      });
    });
}
