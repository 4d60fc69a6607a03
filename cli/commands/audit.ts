import { Command } from "@commander-js/extra-typings";
import { getChain } from "../../src/audit/chain.ts";
import { type AuditVerification, verifyAudit, verifyPlatformAudit } from "../../src/audit/verification.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { getTenant } from "../../src/tenancy/tenants.ts";
import { CommandFailure } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

export function auditCommand() {
  const audit = new Command("audit").description("Checks the audit logs.");

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

  return audit;
}
