import { Command } from "@commander-js/extra-typings";
import type { SystemContext } from "../../src/context.ts";
import { findOrCreateUser, newUser } from "../../src/identity/users.ts";
import { createPasswordLink } from "../../src/identity/password_links.ts";
import { parseInput } from "../../src/platform/input.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { createTenant, getTenant, listTenants, newTenant, tenantUrl } from "../../src/tenancy/tenants.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

export function tenantsCommand() {
  const tenants = new Command("tenants").description("The companies that use the product.");

  tenants.command("create <name> <subdomain>").description("Makes a tenant with its schema and its owner.")
    .requiredOption("--owner-email <email>", "address of the owner; a user is made if there is none")
    .option("--plan <plan>", "starter, team, premium or enterprise", "starter")
    .option("--json", "print JSON")
    .action(async (name, subdomain, { ownerEmail, plan, json }) => {
      const input = parseInput(newTenant, { name, subdomain, plan });
      const owner = parseInput(newUser, { email: ownerEmail, name: ownerEmail.split("@")[0] });
      const output = createOutput(json === true);
      await withSystem(async (ctx) => {
        const { tenant, user } = await ctx.tx(async (tx) => {
          const { user } = await findOrCreateUser(ctx, tx, { ...owner, passwordHash: null });
          return { tenant: await createTenant(ctx, tx, input, user.id), user };
        });
        const link = user.passwordHash === null
          ? { set_password_link: await createPasswordLink(ctx, user) }
          : {};
        output.data({ ...row(ctx, tenant), owner_email: user.email, ...link });
      });
    });

  tenants.command("list").description("Lists all tenants.").option("--json", "print JSON").action(
    async ({ json }) => {
      const rows = await withSystem(async (ctx) =>
        (await listTenants(ctx)).map((tenant) => row(ctx, tenant))
      );
      createOutput(json === true).data(rows);
    },
  );

  tenants.command("show <tenant>").description("Shows one tenant, by its id or subdomain.").option(
    "--json",
    "print JSON",
  )
    .action(async (idOrSubdomain, { json }) => {
      createOutput(json === true).data(
        await withSystem(async (ctx) => row(ctx, await getTenant(ctx, idOrSubdomain))),
      );
    });

  return tenants;
}

function row(ctx: SystemContext, tenant: Tenant) {
  const { id, name, subdomain, plan, status, createdAt } = tenant;
  const url = tenantUrl(ctx.services.config.appUrl, tenant);
  return { id, name, subdomain, plan, status, url, created_at: createdAt.toISOString() };
}
