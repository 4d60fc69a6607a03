import type { Command } from "@commander-js/extra-typings";
import { AUDIT_LIST, listAudit, listPlatformEntries } from "../../src/audit/entries.ts";
import type { LogEntry } from "../../src/audit/entry.ts";
import { getChain } from "../../src/audit/chain.ts";
import { type AuditVerification, verifyAudit, verifyPlatformAudit } from "../../src/audit/verification.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { getTenant } from "../../src/tenancy/tenants.ts";
import { CommandFailure, parseOptions } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

export function define(audit: Command): void {
  audit.command("verify").description("Verifies that nobody changed, added or removed lines of a log.")
    .option("--tenant-id <tenant>", "verify this tenant's log (id or subdomain); default: the platform's log")
    .option("--json", "print JSON")
    .action(async ({ tenantId, json }) => {
      const output = createOutput(json === true);
      const verified: AuditVerification = await withSystem(async (ctx) => {
        if (tenantId === undefined) return await ctx.tx(verifyPlatformAudit);
        const { id } = await getTenant(ctx, tenantId);
        const tenant = await openTenant(ctx, id);
        const { anchor } = await getChain(tenant);
        return await tenant.tx((tx) => verifyAudit(tx, anchor));
      });
      output.data({ lines: verified.lines, broken_at: verified.brokenAt });
      if (verified.brokenAt !== null) {
        throw new CommandFailure(`Line ${verified.brokenAt} doesn't match the line before it.`);
      }
      output.note("The log is intact.");
    });

  audit.command("list").description("Lists the entries of a log, newest first.")
    .option("--tenant-id <tenant>", "list this tenant's log (id or subdomain); default: the platform's log")
    .option("--actor <actor>", "only entries of this user (id), or of staff, job or system")
    .option("--action <action>", "only entries of this action, such as project.created")
    .option("--subject <id>", "only entries about this project, member or tenant")
    .option("--since <time>", "only entries from this time or day on")
    .option("--until <time>", "only entries up to this time or day")
    .option("--limit <number>", "at most so many entries")
    .option("--json", "print JSON")
    .action(async ({ tenantId, json, ...options }) => {
      const query = parseOptions(AUDIT_LIST.query, options);
      const { items } = await withSystem(async (ctx) => {
        if (tenantId === undefined) return await listPlatformEntries(ctx, query);
        const { id } = await getTenant(ctx, tenantId);
        return await listAudit(await openTenant(ctx, id), query);
      });
      createOutput(json === true).data(items.map(rowOf));
    });
}

function rowOf({ sequence, at, actor, action, subject, address, requestId }: LogEntry) {
  return {
    entry: sequence,
    at: at.toISOString(),
    actor: actor.name,
    actor_type: actor.kind,
    action,
    subject: subject.name,
    ip_address: address,
    request_id: requestId,
  };
}
