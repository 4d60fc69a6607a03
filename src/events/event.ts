import { type Wording, wording } from "../platform/wording.ts";
import type { WebhookData } from "./webhook_data.ts";

/** A type of event that is recorded in an audit log, such as a created project. */
export type Event<Row extends object = object, Log extends EventLog = EventLog> = {
  /** `noun.verb`, as the audit log and webhooks name it. */
  readonly name: `${string}.${string}`;
  /**
   * `tenant` events go to the tenant's log. `platform` events go to the platform's log, and to a tenant's log if they
   * are about a tenant.
   */
  readonly log: Log;
  /** What happened, as text after the actor's name: "created the project {name}". */
  readonly sentence: Wording;
  /** The log names these fields if they change, but omits their values. */
  readonly withoutValues: readonly (keyof Row)[];
  /** Fields such as a version or a timestamp that don't count as changes. */
  readonly bookkeeping: readonly (keyof Row)[];
  /** Null if the log must not keep even the subject's name. */
  readonly subject: ((row: Row) => { id: string; name: string }) | null;
  /** What the tenant's webhooks and event streams send. Null if they don't send the event. */
  readonly webhook: WebhookData<Row> | null;
};

export type EventLog = "tenant" | "platform";

type Declared<Row extends object> = {
  sentence: string;
  withoutValues?: readonly (keyof Row)[];
  bookkeeping?: readonly (keyof Row)[];
  webhook?: WebhookData<Row>;
};

/** Declares an event in a tenant. A feature lists its events in its `feature.ts`. */
export function event<Row extends { id: string; name: string }>(
  name: Event["name"],
  { sentence, withoutValues = [], bookkeeping = [], webhook }: Declared<Row>,
): Event<Row, "tenant"> {
  return {
    name,
    log: "tenant",
    sentence: sentenceFor(name, sentence),
    withoutValues,
    bookkeeping,
    subject: ({ id, name }) => ({ id, name }),
    webhook: webhook ?? null,
  };
}

/** Declares an event of the platform: about a tenant, or about the installation. */
export function platformEvent<Row extends { id: string; name: string }>(
  name: Event["name"],
  { sentence, withoutValues = [], bookkeeping = [], webhook }: Declared<Row>,
): Event<Row, "platform"> {
  return {
    name,
    log: "platform",
    sentence: sentenceFor(name, sentence),
    withoutValues,
    bookkeeping,
    subject: ({ id, name }) => ({ id, name }),
    webhook: webhook ?? null,
  };
}

/** Declares an event of the platform that names nobody and nothing. */
export function anonymousEvent<Row extends object = object>(
  name: Event["name"],
  { sentence }: { sentence: string },
): Event<Row, "platform"> {
  return {
    name,
    log: "platform",
    sentence: sentenceFor(name, sentence),
    withoutValues: [],
    bookkeeping: [],
    subject: null,
    webhook: null,
  };
}

function sentenceFor(name: Event["name"], english: string): Wording {
  return wording(`event.${name}`, english);
}
