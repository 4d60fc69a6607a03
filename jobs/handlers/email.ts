import { deliver } from "../../src/email/mailer.ts";
import { composeLetter } from "../../src/email/letters.ts";
import { GiveUp } from "../../src/outbox/job_outcomes.ts";
import { renderEmail } from "../../views/emails/render.tsx";
import type { JobHandlers } from "./handler.ts";

/** Queue `email`: one mail to one person a job. Its id is the mail's, so that a second attempt is the same mail. */
export const emailHandlers = {
  "email.send": async ({ id, system, tenant }, request) => {
    const letter = await composeLetter({ system, tenant }, request);
    if (!letter) return;
    const { message, props, to, from, headers } = letter;
    const content = await renderEmail(message, props, letter);
    const tenantId = tenant?.tenant.id ?? null;
    const delivery = await deliver(system, { id, to, from, ...content, headers, tenantId, message });
    if (delivery.status === "deferred") throw new Error(delivery.reason);
    if (delivery.status === "refused" && !delivery.recipient) throw new GiveUp(delivery.reason);
  },
} satisfies JobHandlers;
