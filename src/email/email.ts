import type { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { type EmailContent, renderEmail } from "../../views/emails/render.tsx";
import type { SystemContext } from "../context.ts";
import { type Job, job, type JobRun } from "../outbox/job.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import { enqueue, type JobOptions } from "../outbox/outbox.ts";
import { HOUR } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { requireAllowed, take } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import type { Audience, Recipient } from "./audience.ts";
import type { EmailCategory } from "./category.ts";
import { deliver } from "./deliver.ts";
import { addressTo, type EmailPolicy } from "./envelope.ts";
import { wantsEmail } from "./preferences.ts";

/** Emails of one kind to one address. Otherwise, anyone could fill a stranger's inbox. */
export const EMAILS_TO_ADDRESS = rateLimit("emails_to_address", {
  limit: 5,
  window: HOUR,
  whenDown: "closed",
});

const log = logOf("email");

/** An email that the product sends: who gets it, and what it says. */
// deno-lint-ignore no-explicit-any -- the default stands for the emails of all features
export type Email<Request extends z.ZodType = any, Data = any> = EmailContent<Data> & EmailPolicy & {
  readonly name: string;
  /** Shown in previews and used by tests. */
  readonly sample: Data;
  readonly job: Job<Request>;
};

type Declaration<Request extends z.ZodType, Ctx, Reader extends Recipient, Data> = EmailContent<Data> & {
  to: Audience<z.output<Request>, Ctx, Reader>;
  category?: EmailCategory;
  inTenantsName?: boolean;
  /** An address gets any number, because only schedules send it, or `load` has a limit of its own. */
  isUnlimited?: boolean;
  /** The job's payload. It carries ids and no secrets. */
  request: Request;
  /** The data as of now. Creates the secrets of links. Null if there is nothing left to say. */
  load(ctx: Ctx, reader: Reader, request: z.output<Request>): Promise<Data | null>;
  sample: NoInfer<Data>;
};

/** Declares an email. A feature lists its emails in its `feature.ts`. */
export function email<Request extends z.ZodType, Ctx, Reader extends Recipient, Data>(
  name: string,
  declaration: Declaration<Request, Ctx, Reader, Data>,
): Email<Request, Data> {
  const {
    to,
    category = null,
    inTenantsName = false,
    isUnlimited = false,
    request,
    load,
    sample,
    ...content
  } = declaration;
  const policy = { to, category, inTenantsName };
  return {
    name,
    ...content,
    ...policy,
    sample,
    job: job(`email.${name}`, {
      queue: "email",
      payload: request,
      run: async (run, request) => {
        const found = await to.find(run, request);
        if (!found || !await isWanted(run, category, found.reader)) return;
        const { ctx, reader } = found;
        const sendNow = async () => {
          const data = await load(ctx, reader, request);
          return data !== null && await send(run, { name, ...policy, ...content }, reader, data);
        };
        await (isUnlimited ? sendNow() : withinLimit(run, name, reader, sendNow));
      },
    }),
  };
}

export type EmailOptions = Pick<JobOptions, "tenantId" | "key">;

/**
 * Sends an email after the transaction commits, by a job. An address gets five emails of a kind in an hour. Further ones aren't
 * sent, and the caller doesn't notice.
 */
export async function sendEmail<Request extends z.ZodType>(
  ctx: SystemContext,
  tx: ControlTx,
  { job }: Email<Request>,
  request: z.input<Request>,
  options: EmailOptions = {},
): Promise<void> {
  await enqueue(ctx, tx, job, request, options);
}

async function isWanted(
  { system }: JobRun,
  category: EmailCategory | null,
  { id }: Recipient,
): Promise<boolean> {
  return !category || !id || await wantsEmail(system, id, category);
}

/** Sends an email unless its address got too many of its kind. Throws while nothing counts, so that the job tries again later. */
async function withinLimit(
  { system }: JobRun,
  kind: string,
  { email }: Recipient,
  sendNow: () => Promise<boolean>,
): Promise<void> {
  const taken = await take(system, EMAILS_TO_ADDRESS, `${kind} ${email}`);
  if (taken.isDown) requireAllowed(system, taken);
  if (!taken.allowed) {
    return log.warn("email not sent: its address got too many", { kind, requestId: system.requestId });
  }
  let isSent = false;
  try {
    isSent = await sendNow();
  } finally {
    if (!isSent) await taken.giveBack();
  }
}

/** Returns whether an email went out. */
async function send<Data>(
  run: JobRun,
  email: EmailContent<Data> & EmailPolicy & { name: string },
  reader: Recipient,
  data: Data,
): Promise<boolean> {
  const { to, from, headers, ...frame } = addressTo(run, email, reader);
  const delivery = await deliver(run.system, {
    id: run.id,
    to,
    from,
    headers,
    ...await renderEmail(email, data, frame),
    tenantId: run.tenant?.tenant.id ?? null,
    message: email.name,
    category: email.category?.name ?? null,
  });
  if (delivery.status === "deferred") throw new Error(delivery.reason);
  if (delivery.status === "refused" && !delivery.recipient) throw new PermanentFailure(delivery.reason);
  return delivery.status === "accepted";
}
