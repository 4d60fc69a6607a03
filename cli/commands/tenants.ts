import { type Command, Option } from "@commander-js/extra-typings";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { grantPlan } from "../../src/billing/grants.ts";
import { overrideInput, setOverride } from "../../src/billing/overrides.ts";
import { PLANS } from "../../src/billing/plans.ts";
import type { SystemContext, TenantContext } from "../../src/context.ts";
import { createPasswordLink } from "../../src/identity/emailed_links.ts";
import { exportTenant } from "../../src/exports/export_to_file.ts";
import { importOptions, importWorkspace } from "../../src/exports/import_workspace.ts";
import { resolveInvitee } from "../../src/identity/new_members.ts";
import { newUser } from "../../src/identity/users.ts";
import { parseInput } from "../../src/platform/input.ts";
import { everyItem } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import {
  cancelDeletion,
  changeSignInRules,
  checkConfirmation,
  resumeTenant,
  scheduleDeletion,
  signInRules,
  suspendTenant,
  suspension,
  tenantChanges,
  updateTenant,
} from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { type Tenant, tenantUrl } from "../../src/tenancy/tenant.ts";
import {
  createTenantFor,
  getTenant,
  listTenants,
  newTenant,
  TENANT_FILTERS,
  TENANT_LIST,
} from "../../src/tenancy/tenants.ts";
import { CommandFailure, parseOptions } from "../options.ts";
import { createOutput } from "../output.ts";
import { counted, startProgress } from "../progress.ts";
import { withSystem } from "../session.ts";

/** `none` means that nobody needs a second factor. */
const secondFactorRule = z.object({
  secondFactor: z.string().regex(/^(none|\d{1,3})$/, {
    error: "Use a number of days from 0 to 90, or none.",
  }).transform((value) => ({ secondFactorGraceDays: value === "none" ? null : Number(value) }))
    .pipe(signInRules),
});

const until = z.iso.date({ error: "Use a day such as 2027-03-31." }).transform((day) =>
  new Date(`${day}T00:00:00Z`)
)
  .optional();
const planGrant = z.object({
  plan: z.enum(PLANS, { error: `Use one of: ${PLANS.join(", ")}.` }),
  until,
});
const overrideOptions = overrideInput.extend({ until });

/** An archive is verified, and then loaded. */
const IMPORT_READS = 2;
const DEFAULT_REASON = "The service operator suspended this workspace.";

export function define(tenants: Command): void {
  tenants.command("create <name> <subdomain>").description("Creates a tenant with a schema and an owner.")
    .requiredOption("--owner-email <email>", "the owner's email; creates the user if there is none")
    .addOption(new Option("--plan <plan>", "the tenant's plan").choices(PLANS).default("starter"))
    .option("--json", "print JSON")
    .action(async (name, subdomain, { ownerEmail, plan, json }) => {
      const input = parseInput(newTenant, { name, subdomain, plan });
      const person = parseInput(newUser, { email: ownerEmail, name: ownerEmail.split("@")[0] });
      const output = createOutput(json === true);
      await withSystem(async (ctx) => {
        const findOwner = (tx: ControlTx) => resolveInvitee(ctx, tx, person);
        const { tenant, owner } = await createTenantFor(ctx, input, findOwner);
        const link = owner.passwordHash === null
          ? { set_password_link: await createPasswordLink(ctx, owner) }
          : {};
        output.data({ ...row(ctx, tenant), owner_email: owner.email, ...link });
      });
    });

  tenants.command("list").description("Lists all tenants, newest first.")
    .addOption(new Option("--status <status>", "only tenants with this status").choices(TENANT_FILTERS))
    .option("--search <text>", "search names, subdomains and owners' emails")
    .option("--json", "print JSON")
    .action(async ({ status, search, json }) => {
      const query = parseOptions(TENANT_LIST.query, { status, search, limit: MAX_PAGE_SIZE });
      const rows = await withSystem(async (ctx) => {
        const listed = await Array.fromAsync(everyItem(query, (page) => listTenants(ctx, page)));
        return listed.map((tenant) => row(ctx, tenant));
      });
      createOutput(json === true).data(rows);
    });

  tenants.command("show <tenant>").description("Shows a tenant (id or subdomain).")
    .option("--json", "print JSON")
    .action((name, options) => onTenant(name, options, ({ tenant }) => Promise.resolve(tenant)));

  tenants.command("update <tenant>").description(
    "Changes a tenant's name, subdomain, color, or the websites that may call its API.",
  )
    .option("--name <name>", "the new name")
    .option("--subdomain <subdomain>", "the new subdomain; the old one redirects for 90 days")
    .option("--brand-color <color>", "its color, such as #0b6b58; none: the product's color")
    .option(
      "--api-origins <origins>",
      "websites that may call its API, separated by commas; none: no website",
    )
    .option(
      "--second-factor <days>",
      "require a second factor of all members in so many days; none: of nobody",
    )
    .option("--json", "print JSON")
    .action((tenant, { name, subdomain, brandColor, apiOrigins, secondFactor, ...options }) => {
      const color = brandColor === "none" ? null : brandColor;
      const origins = apiOrigins === "none" ? [] : apiOrigins?.split(",");
      const wanted = { name, subdomain, brandColor: color, apiOrigins: origins };
      const changes = parseInput(tenantChanges, wanted);
      const rules = secondFactor === undefined ? null : parseOptions(secondFactorRule, { secondFactor });
      return onTenant(tenant, options, async (ctx) => {
        const updated = await updateTenant(ctx, changes);
        return rules ? await changeSignInRules(ctx, rules.secondFactor) : updated;
      });
    });

  tenants.command("upgrade <tenant> <plan>").description(
    "Gives a tenant a plan without a subscription, such as enterprise. starter takes it away.",
  )
    .option("--until <day>", "the day on which the plan ends; without it, the plan has no end")
    .option("--json", "print JSON")
    .action((tenant, plan, { until, ...options }) => {
      const wanted = parseOptions(planGrant, { plan, until });
      return onTenant(tenant, options, async (ctx) => {
        await grantPlan(ctx, { plan: wanted.plan, until: wanted.until ?? null });
        return (await openTenant(ctx.system, ctx.tenant.id)).tenant;
      });
    });

  tenants.command("override <tenant> <key> <value>").description(
    "Allows another limit (a number or unlimited) or feature (yes or no) than the plan; none takes it away.",
  )
    .option("--until <day>", "the day on which it ends; without it, it has no end")
    .option("--json", "print JSON")
    .action((tenant, key, value, { until, ...options }) => {
      const wanted = parseOptions(overrideOptions, { key, value, until });
      return onTenant(tenant, options, async (ctx) => {
        await setOverride(ctx, { ...wanted, until: wanted.until ?? null });
        return (await openTenant(ctx.system, ctx.tenant.id)).tenant;
      });
    });

  tenants.command("suspend <tenant>").description("Blocks all access to a tenant and keeps its data.")
    .option("--reason <reason>", "the reason shown to members", DEFAULT_REASON)
    .option("--json", "print JSON")
    .action((tenant, { reason, ...options }) => {
      const input = parseInput(suspension, { reason });
      return onTenant(tenant, options, (ctx) => suspendTenant(ctx, input));
    });

  tenants.command("resume <tenant>").description("Restores access to a suspended tenant.")
    .option("--json", "print JSON")
    .action((tenant, options) => onTenant(tenant, options, resumeTenant));

  tenants.command("delete <tenant>").description(
    "Schedules a tenant's deletion in 30 days, or deletes it now.",
  )
    .option("--now", "delete it permanently, without the 30 days of grace")
    .option("--yes", "skip the confirmation")
    .option("--json", "print JSON")
    .action(async (tenant, { now, yes, ...options }) => {
      if (!now) return await onTenant(tenant, options, scheduleDeletion);
      await withSystem(async (ctx) => {
        const { id, name, subdomain } = await getTenant(ctx, tenant);
        if (!yes) {
          checkConfirmation(subdomain, ask(`Delete ${name} and all its data? Type ${subdomain} to confirm:`));
        }
        await deleteTenant(ctx, id);
        createOutput(options.json === true).data({ id, deleted: true });
      });
    });

  tenants.command("export <tenant> <file>").description(
    "Writes all data of a tenant to a new .tar.gz file, without secrets.",
  )
    .option("--json", "print JSON")
    .action(async (name, file, { json }) => {
      const progress = startProgress({ unit: "rows", quiet: json === true });
      const manifest = await withSystem(async (ctx) => {
        const { id } = await getTenant(ctx, name);
        const tenant = await openTenant(ctx, id);
        return await writeNewFile(file, (sink) => exportTenant(tenant, sink, progress.show));
      }).finally(progress.end);
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      createOutput(json === true).data({ file, tables: manifest.tables.length, rows });
    });

  tenants.command("import <file>").description("Creates a new tenant from an archive.")
    .option("--subdomain <subdomain>", "its subdomain; default: the one in the archive")
    .addOption(new Option("--plan <plan>", "the tenant's plan").choices(PLANS).default("starter"))
    .option("--invite", "email an invitation to members who had no account")
    .option("--json", "print JSON")
    .action(async (file, { json, ...given }) => {
      const options = parseOptions(importOptions, given);
      const size = await requireFile(file);
      const progress = startProgress({ unit: "bytes", quiet: json === true });
      let done = 0;
      const count = (bytes: number) => progress.show?.(done += bytes, size * IMPORT_READS);
      await withSystem(async (ctx) => {
        const open = async () => counted((await Deno.open(file)).readable, count);
        const { tenant, rows, created, joined } = await importWorkspace(ctx, open, options)
          .finally(progress.end);
        const members = { members_created: created, members_joined: joined };
        createOutput(json === true).data({ ...row(ctx, tenant), rows, ...members });
      });
    });

  tenants.command("keep <tenant>").description("Cancels a scheduled deletion.")
    .option("--json", "print JSON")
    .action((tenant, options) => onTenant(tenant, options, cancelDeletion));
}

/** Runs `work` on a tenant and prints the result. */
async function onTenant(
  idOrSubdomain: string,
  { json }: { json?: true },
  work: (ctx: TenantContext) => Promise<Tenant>,
): Promise<void> {
  await withSystem(async (ctx) => {
    const { id } = await getTenant(ctx, idOrSubdomain);
    const tenant = await work(await openTenant(ctx, id));
    createOutput(json === true).data(row(ctx, tenant));
  });
}

/** Leaves no file behind if `write` fails, and never replaces one. Only the owner may read it. */
async function writeNewFile<T>(
  file: string,
  write: (sink: WritableStream<Uint8Array<ArrayBuffer>>) => Promise<T>,
): Promise<T> {
  const { writable } = await refuseFile(() => Deno.open(file, { write: true, createNew: true, mode: 0o600 }));
  try {
    return await write(writable);
  } catch (error) {
    await Deno.remove(file);
    throw error;
  }
}

/** Returns the file's size. */
async function requireFile(file: string): Promise<number> {
  const { isFile, size } = await refuseFile(() => Deno.stat(file));
  if (!isFile) throw new CommandFailure(`${file} is not a file.`);
  return size;
}

async function refuseFile<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw new CommandFailure("The file exists already.");
    if (error instanceof Deno.errors.NotFound) {
      throw new CommandFailure("The file or its folder was not found.");
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw new CommandFailure(
        "The command may only use files in DATA_DIR. For others, use the compiled denizen, or add --allow-read and --allow-write.",
      );
    }
    throw error;
  }
}

function ask(question: string): string | undefined {
  if (!Deno.stdin.isTerminal()) {
    throw new CommandFailure("This can't be undone. Add --yes to skip the confirmation.");
  }
  return prompt(question) ?? undefined;
}

function row(ctx: SystemContext, tenant: Tenant) {
  const { id, name, subdomain, plan, status, suspension, deletionDueAt, secondFactorFrom, createdAt } =
    tenant;
  const url = tenantUrl(ctx.services.config.appUrl, tenant);
  return {
    id,
    name,
    subdomain,
    plan,
    status,
    ...(suspension ? { suspension_reason: suspension.reason } : {}),
    deletion_scheduled_for: deletionDueAt?.toISOString() ?? null,
    second_factor_from: secondFactorFrom?.toISOString() ?? null,
    url,
    created_at: createdAt.toISOString(),
  };
}
