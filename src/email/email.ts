import type { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { type EmailContent, renderEmail } from "../../views/emails/render.tsx";
import type { SystemContext } from "../context.ts";
import { type Job, job, type JobRun } from "../outbox/job.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import { enqueue, type JobOptions, keyOncePer } from "../outbox/outbox.ts";
import { MINUTE } from "../platform/clock.ts";
import type { Audience, Recipient } from "./audience.ts";
import type { EmailCategory } from "./category.ts";
import { deliver } from "./deliver.ts";
import { addressTo, type EmailPolicy } from "./envelope.ts";
import { wantsEmail } from "./preferences.ts";

const THROTTLE = 5 * MINUTE;

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
  const { to, category = null, inTenantsName = false, request, load, sample, ...content } = declaration;
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
        const data = await load(found.ctx, found.reader, request);
        if (data) await send(run, { name, ...policy, ...content }, found.reader, data);
      },
    }),
  };
}

export type EmailOptions = Pick<JobOptions, "tenantId" | "key"> & {
  /** At most one email per five minutes of the clock is sent with this value. */
  throttle?: string;
};

/** Sends an email after the transaction commits, by a job. */
export async function sendEmail<Request extends z.ZodType>(
  ctx: SystemContext,
  tx: ControlTx,
  { name, job }: Email<Request>,
  request: z.input<Request>,
  { throttle, ...options }: EmailOptions = {},
): Promise<void> {
  const key = throttle === undefined ? options.key : keyOncePer(THROTTLE, `${name} ${throttle}`, ctx);
  await enqueue(ctx, tx, job, request, { ...options, key });
}

async function isWanted(
  { system }: JobRun,
  category: EmailCategory | null,
  { id }: Recipient,
): Promise<boolean> {
  return !category || !id || await wantsEmail(system, id, category);
}

async function send<Data>(
  run: JobRun,
  email: EmailContent<Data> & EmailPolicy & { name: string },
  reader: Recipient,
  data: Data,
): Promise<void> {
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
}
