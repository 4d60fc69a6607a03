import { and, eq } from "drizzle-orm";
import { sandboxCustomers } from "../../../../db/control/schema/billing.ts";
import { DAY, SECOND } from "../../../platform/clock.ts";
import { randomBase32 } from "../../../platform/crypto.ts";
import type { Services } from "../../../ports.ts";
import { type Life, live, nextDue } from "../../engine/engine.ts";
import { type CustomerState, type EngineEvent, newCustomer } from "../../engine/state.ts";
import type { CatalogMetric, CustomerInput } from "../gateway.ts";
import { changedByOthers, unknownObject } from "../gateway_errors.ts";

const ATTEMPTS = 20;
const ID_LENGTH = 20;

/** Passes on what happened to a customer, as a real gateway sends its events. */
export type OnEvents = (accountId: string, customerId: string, events: EngineEvent[]) => Promise<void>;

type Row = typeof sandboxCustomers.$inferSelect & { state: CustomerState };

/** The sandbox's customers in the database, each with a clock of its own. */
export class SandboxCustomers {
  constructor(
    private readonly services: Services,
    private readonly metrics: readonly CatalogMetric[],
    private readonly onEvents: OnEvents,
  ) {}

  async create({ accountId, name, email }: CustomerInput): Promise<string> {
    const { db, clock } = this.services;
    const now = clock.now();
    const id = `cus_${randomBase32(ID_LENGTH)}`;
    const state = newCustomer(id, { name, email, now: now.getTime() });
    const [created] = await db.control.insert(sandboxCustomers)
      .values({ id, accountId, state, updatedAt: now }).onConflictDoNothing().returning({
        id: sandboxCustomers.id,
      });
    if (created) return created.id;
    const [known] = await db.control.select({ id: sandboxCustomers.id, state: sandboxCustomers.state })
      .from(sandboxCustomers).where(eq(sandboxCustomers.accountId, accountId));
    if (known && !(known.state as CustomerState).isDeleted) return known.id;
    await db.control.update(sandboxCustomers).set({ id, state, version: 1, updatedAt: now })
      .where(eq(sandboxCustomers.accountId, accountId));
    return id;
  }

  /** What `work` finds out about the customer as of now. Whatever it changes is forgotten. */
  async look<Result>(
    customerId: string,
    work: (life: Life, clockAhead: number) => Result,
  ): Promise<Result> {
    const row = await this.#find(customerId);
    return live(row.state, this.metrics, this.#nowOf(row), (life) => work(life, row.clockAhead * SECOND))
      .result;
  }

  /**
   * Changes a customer. `ahead` moves the clock forward by so many milliseconds before. Throws `not_found`, or `conflict` if others
   * change the customer all the time.
   */
  async change<Result>(
    customerId: string,
    work: (life: Life) => Result,
    { ahead = 0 }: { ahead?: number } = {},
  ): Promise<Result> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const row = await this.#find(customerId);
      const at = this.#nowOf(row) + ahead;
      const { state, events, result } = live(row.state, this.metrics, at, work);
      const clockAhead = row.clockAhead + Math.round(ahead / SECOND);
      if (!await this.#store({ ...row, state, clockAhead })) continue;
      if (events.length > 0) await this.onEvents(row.accountId, customerId, events);
      return result;
    }
    throw changedByOthers();
  }

  /** When the next thing is due by itself, by the customer's clock, and the time on that clock. */
  async due(customerId: string): Promise<{ due: number | null; now: number }> {
    const row = await this.#find(customerId);
    return { due: nextDue(row.state), now: this.#nowOf(row) };
  }

  /**
   * Moves the customer's clock forward to the next moment at which something is due, or by a day if that is sooner, and by
   * `milliseconds` at the most. Returns how far it moved.
   */
  async advance(customerId: string, milliseconds: number): Promise<number> {
    const { due, now } = await this.due(customerId);
    const step = Math.min(milliseconds, DAY, due === null || due <= now ? Infinity : due - now);
    const whole = Math.max(SECOND, Math.ceil(step / SECOND) * SECOND);
    await this.change(customerId, () => {}, { ahead: whole });
    return whole;
  }

  /** Lets what is due by the real time happen. */
  async catchUp(customerId: string): Promise<void> {
    const { due, now } = await this.due(customerId);
    if (due !== null && due <= now) await this.change(customerId, () => {});
  }

  #nowOf({ clockAhead, state }: Row): number {
    return Math.max(state.now, this.services.clock.now().getTime() + clockAhead * SECOND);
  }

  async #find(customerId: string): Promise<Row> {
    const [row] = await this.services.db.control.select().from(sandboxCustomers)
      .where(eq(sandboxCustomers.id, customerId));
    if (!row) throw unknownObject(customerId);
    return row as Row;
  }

  /** Returns false if someone else has changed the customer since it was read. */
  async #store({ id, version, state, clockAhead }: Row): Promise<boolean> {
    const changed = await this.services.db.control.update(sandboxCustomers)
      .set({ state, clockAhead, version: version + 1, updatedAt: this.services.clock.now() })
      .where(and(eq(sandboxCustomers.id, id), eq(sandboxCustomers.version, version)))
      .returning({ id: sandboxCustomers.id });
    return changed.length > 0;
  }
}
