/** Something that happened to one thing of the product, and that a log keeps. */
export type Event<Row extends object = object, Log extends EventLog = EventLog> = {
  /** `noun.verb`, as the audit log and webhooks name it. */
  readonly name: `${string}.${string}`;
  /** `tenant`: the tenant's own log. `platform`: the platform's, and the tenant's as well if it is about a tenant. */
  readonly log: Log;
  /** What happened, for people, after the actor's name: "created the project {name}". */
  readonly sentence: string;
  /** The log says that these fields changed, but not from what to what. */
  readonly withoutValues: readonly (keyof Row)[];
  /** These fields count changes; they are none themselves. */
  readonly bookkeeping: readonly (keyof Row)[];
  /** Null if even the name of the thing must not stay in the log. */
  readonly subject: ((row: Row) => { id: string; name: string }) | null;
};

export type EventLog = "tenant" | "platform";

type Declared<Row extends object> = {
  sentence: string;
  withoutValues?: readonly (keyof Row)[];
  bookkeeping?: readonly (keyof Row)[];
};

/** Declares an event in a tenant. A feature lists its events in its `feature.ts`. */
export function event<Row extends { id: string; name: string }>(
  name: Event["name"],
  { sentence, withoutValues = [], bookkeeping = [] }: Declared<Row>,
): Event<Row, "tenant"> {
  return {
    name,
    log: "tenant",
    sentence,
    withoutValues,
    bookkeeping,
    subject: ({ id, name }) => ({ id, name }),
  };
}

/** Declares an event of the platform: about a tenant, or about the installation. */
export function platformEvent<Row extends { id: string; name: string }>(
  name: Event["name"],
  { sentence, withoutValues = [], bookkeeping = [] }: Declared<Row>,
): Event<Row, "platform"> {
  return {
    name,
    log: "platform",
    sentence,
    withoutValues,
    bookkeeping,
    subject: ({ id, name }) => ({ id, name }),
  };
}

/** Declares an event of the platform that names nobody and nothing. */
export function anonymousEvent(
  name: Event["name"],
  { sentence }: { sentence: string },
): Event<object, "platform"> {
  return { name, log: "platform", sentence, withoutValues: [], bookkeeping: [], subject: null };
}
