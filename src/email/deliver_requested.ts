import { renderEmail } from "../../views/emails/render.tsx";
import type { JobRun } from "../outbox/job.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import type { EmailRequest } from "./email_requests.ts";
import { composeLetter } from "./letters.ts";
import { deliver } from "./mailer.ts";

export async function deliverRequested({ id, system, tenant }: JobRun, request: EmailRequest): Promise<void> {
  const letter = await composeLetter({ system, tenant }, request);
  if (!letter) return;
  const { message, props, to, from, headers } = letter;
  const content = await renderEmail(message, props, letter);
  const tenantId = tenant?.tenant.id ?? null;
  const delivery = await deliver(system, { id, to, from, ...content, headers, tenantId, message });
  if (delivery.status === "deferred") throw new Error(delivery.reason);
  if (delivery.status === "refused" && !delivery.recipient) throw new PermanentFailure(delivery.reason);
}
