import { and, eq, isNull, lt } from "drizzle-orm";
import { sequenceEmails, sequenceRuns, sequences } from "../../db/tenant/schema/sequences.ts";
import type { RenderedEmail } from "../../views/emails/render.tsx";
import { isEntitled } from "../billing/plan_features.ts";
import { release, reserve } from "../billing/limits.ts";
import { bounce } from "../bounces/bounce_reader.ts";
import { EMAIL_LIMIT } from "../campaigns/limits.ts";
import { readPostalAddress } from "../campaigns/settings.ts";
import { makeTemplate, personalize, type Template } from "../campaigns/template.ts";
import { unsubscribeUrl } from "../contacts/links.ts";
import { CAMPAIGNS } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { deliver, type Delivery } from "../email/deliver.ts";
import { isPlainName } from "../email/plain_names.ts";
import { DomainError } from "../errors.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { after, HOUR, MINUTE, SECOND } from "../platform/clock.ts";
import { type CampaignSender, campaignSender } from "../sending_domains/sender.ts";
import { type Claim, moveNext } from "./claim.ts";
import type { Step } from "./engine.ts";
import { enroll } from "./enrollment.ts";
import { sequenceLink } from "./links.ts";
import { isCurrentRun, type Sequence } from "./sequence.ts";
import { enqueueWork, WORK } from "./work_queue.ts";

/** How long a job works before other workspaces get their turn. */
const SLICE_TIME = 10 * SECOND;
const PAUSE = MINUTE;
/** While the plan allows no email. */
const LONG_PAUSE = HOUR;
/** After this, a claimed email's process is dead. It is longer than sending an email may take. */
const CLAIM_TIMEOUT = 10 * MINUTE;
/** After so many deferrals in a row, the email server itself has a problem. */
const DEFERRALS_IN_A_ROW = 3;
const MAX_DEFERRALS = 14;
const LONGEST_DELAY = 4 * HOUR;
const MAX_REASON_LENGTH = 300;

/**
 * Starts a sequence for new contacts and moves on those who are due. Enqueues itself again a minute later, as long as the sequence is
 * active. If the process dies, the job runs again, and no email that was claimed leaves twice.
 */
export const WORK_ON_SEQUENCE = job(WORK.name, {
  queue: WORK.queue,
  payload: WORK.payload,
  byTenants: true,
  run: async (run, { sequenceId, run: number }) => {
    const ctx = tenantOf(run);
    const isCurrent = isCurrentRun({ id: sequenceId, run: number });
    const [[sequence]] = await ctx.read((tx) => [tx.select().from(sequences).where(isCurrent)]);
    if (!sequence) return;
    const delay = isEntitled(ctx, CAMPAIGNS) ? await work(ctx, sequence, run.signal) : LONG_PAUSE;
    await ctx.tx(async (tx) => {
      const [current] = await tx.select().from(sequences).where(isCurrent).for("update");
      if (current) await enqueueWork(ctx, tx, current, delay);
    });
  },
});

/** Records that an email of a sequence came back. Only an email to the bounced contact counts. */
export const RECORD_BOUNCE = job("sequences.bounce", {
  queue: "campaigns",
  payload: bounce,
  run: async (run, { contactId, emailId }) => {
    if (emailId === null) return;
    const { tx, services } = tenantOf(run);
    const e = sequenceEmails;
    await tx((tx) =>
      tx.update(e).set({ bouncedAt: services.clock.now() })
        .where(and(eq(e.id, emailId), eq(e.contactId, contactId), isNull(e.bouncedAt)))
    );
  },
});

/** Returns how long to wait until the next job. */
async function work(ctx: TenantContext, sequence: Sequence, signal: AbortSignal): Promise<number> {
  const now = ctx.services.clock.now();
  const deadline = performance.now() + SLICE_TIME;
  await giveUpClaimed(ctx, sequence, now);
  let hasMore = true;
  while (hasMore && performance.now() < deadline) hasMore = await ctx.tx((tx) => enroll(tx, sequence, now));
  const mail = new Mail(
    ctx,
    sequence,
    await campaignSender(ctx.system, ctx.tenant.id),
    await readPostalAddress(ctx),
  );
  let deferralsInARow = 0;
  while (!signal.aborted && performance.now() < deadline) {
    const moved = await moveOn(ctx, sequence);
    if (moved === "limit") return LONG_PAUSE;
    if (moved === "none") return PAUSE;
    if (moved === "moved") continue;
    const delivery = await mail.send(moved.claim);
    await record(ctx, moved.claim, delivery);
    deferralsInARow = delivery.status === "deferred" ? deferralsInARow + 1 : 0;
    if (deferralsInARow >= DEFERRALS_IN_A_ROW) return PAUSE;
  }
  return 0;
}

/** A contact's next move. An email counts toward the plan's emails of the month in the transaction that claims it. */
async function moveOn(ctx: TenantContext, sequence: Sequence) {
  try {
    return await ctx.tx(async (tx) => {
      const moved = await moveNext(tx, sequence, ctx.services.clock.now());
      if (typeof moved === "object") await reserve(ctx, tx, EMAIL_LIMIT);
      return moved;
    });
  } catch (error) {
    if (error instanceof DomainError && error.kind === "limit_reached") return "limit";
    throw error;
  }
}

/** Renders each step once, and sends it to one contact after another. */
class Mail {
  readonly #ctx: TenantContext;
  readonly #sequence: Sequence;
  readonly #sender: CampaignSender;
  readonly #postalAddress: string;
  readonly #templates = new Map<string, Template>();

  constructor(ctx: TenantContext, sequence: Sequence, sender: CampaignSender, postalAddress: string) {
    this.#ctx = ctx;
    this.#sequence = sequence;
    this.#sender = sender;
    this.#postalAddress = postalAddress;
  }

  /** A content that can't be filled fails one email. It must not end the job, which would claim the next contact. */
  async send(claim: Claim): Promise<Delivery> {
    const unsubscribe = unsubscribeUrl(this.#ctx, claim.contact.id);
    let content: RenderedEmail;
    try {
      content = await this.#contentOf(claim, unsubscribe);
    } catch (error) {
      return { status: "refused", recipient: false, reason: messageOf(error) };
    }
    try {
      return await this.#deliver(claim, content, unsubscribe);
    } catch (error) {
      return { status: "deferred", reason: messageOf(error), isUnsure: true };
    }
  }

  async #contentOf({ emailId, contact, step }: Claim, unsubscribeUrl: string): Promise<RenderedEmail> {
    const template = await this.#templateOf(step);
    const target = (position: number) => template.fields.fill(template.links[position]!, contact, "text");
    return personalize(template, "a", contact, {
      link: (position) => sequenceLink(this.#ctx, emailId, target(position)),
      unsubscribeUrl,
      openUrl: null,
    });
  }

  #deliver({ emailId, contact }: Claim, content: RenderedEmail, unsubscribe: string): Promise<Delivery> {
    const { system, tenant } = this.#ctx;
    return deliver(system, {
      id: emailId,
      to: { name: isPlainName(contact.name) ? contact.name : "", address: contact.email },
      from: this.#sender.from,
      dkim: this.#sender.dkim,
      returnPath: this.#sender.returnPath(contact),
      ...content,
      headers: {
        "List-Unsubscribe": `<${unsubscribe}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": `<${this.#sequence.id}.${new URL(unsubscribe).hostname}>`,
      },
      tags: { tenant: tenant.id, recipient: emailId },
      tenantId: tenant.id,
      message: "sequence",
      category: "campaigns",
    });
  }

  async #templateOf({ id, subject, body }: Step): Promise<Template> {
    const made = this.#templates.get(id) ??
      await makeTemplate(this.#ctx, { subject, subjectB: null, body }, this.#postalAddress);
    this.#templates.set(id, made);
    return made;
  }
}

/** An email that didn't leave doesn't count toward the plan's emails of the month. */
async function record(
  ctx: TenantContext,
  { emailId, claimedAt, run }: Claim,
  delivery: Delivery,
): Promise<void> {
  const now = ctx.services.clock.now();
  const ofEmail = eq(sequenceEmails.id, emailId);
  await ctx.tx(async (tx) => {
    const end = async (set: Partial<typeof sequenceEmails.$inferInsert>) => {
      await tx.update(sequenceEmails).set(set).where(ofEmail);
      await tx.update(sequenceRuns).set({ deferrals: 0 }).where(eq(sequenceRuns.id, run.id));
    };
    if (delivery.status === "accepted") return await end({ state: "sent" });
    const reason = delivery.reason.slice(0, MAX_REASON_LENGTH);
    if (delivery.status === "deferred" && delivery.isUnsure) return await end({ state: "unknown", reason });
    await release(tx, EMAIL_LIMIT, claimedAt);
    if (delivery.status === "suppressed") return await end({ state: "skipped", reason: "suppressed" });
    if (delivery.status === "refused") {
      return await end({ state: "failed", reason, bouncedAt: delivery.recipient ? now : null });
    }
    if (run.deferrals + 1 >= MAX_DEFERRALS) return await end({ state: "failed", reason });
    // The email server put it off: the step is due again later.
    await tx.delete(sequenceEmails).where(ofEmail);
    const dueAt = after(now, Math.min(MINUTE * 2 ** run.deferrals, LONGEST_DELAY));
    await tx.update(sequenceRuns).set({ position: run.position, dueAt, deferrals: run.deferrals + 1 })
      .where(eq(sequenceRuns.id, run.id));
  });
}

/** Emails that were claimed long ago: nobody knows whether they left, so they count as sent. */
async function giveUpClaimed(ctx: TenantContext, { id }: Sequence, now: Date): Promise<void> {
  const e = sequenceEmails;
  await ctx.tx((tx) =>
    tx.update(e).set({ state: "unknown" })
      .where(and(eq(e.sequenceId, id), eq(e.state, "claimed"), lt(e.claimedAt, after(now, -CLAIM_TIMEOUT))))
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
