import type { ApiCall } from "../../src/api_access/api_call.ts";
import { logCall } from "../../src/api_access/call_log.ts";
import { newIdAt } from "../../src/platform/ids.ts";
import type { Company, World } from "./world.ts";

export { flushCalls } from "../../cli/demo/api_calls.ts";

/** Logs a call of the company's owner now, unless `call` says otherwise. */
export function addCall(
  { services, clock }: Pick<World, "services" | "clock">,
  { tenant, owner }: Company,
  { at = clock.now(), ...call }: Partial<ApiCall> & { at?: Date } = {},
): void {
  logCall(services, {
    id: newIdAt(at),
    tenantId: tenant.id,
    actor: { type: "member", id: owner.id, name: owner.name },
    method: "GET",
    endpoint: "/projects",
    status: 200,
    errorCode: null,
    ipAddress: "203.0.113.24",
    milliseconds: 8,
    ...call,
  });
}
