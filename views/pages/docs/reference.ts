/** A field of a request or a response. */
export type ReferenceField = {
  name: string;
  /** Such as `string`, `uuid`, `array of strings`, `integer or null`. */
  type: string;
  isRequired: boolean;
  description: string;
  /** What values it takes: `1 to 120 characters`, `active, archived`, `50 by default`. */
  rules: string[];
  /** The fields of an object, or of the objects in an array. */
  fields: ReferenceField[];
};

export type ReferenceAnswer = {
  status: string;
  description: string;
  fields: ReferenceField[];
  /** The beginning of a stream as text. Undefined if the response has no content. */
  example?: unknown;
};

/** What an operation needs: nothing, a person's access token, or an API key or such a token. */
export type Credential = "none" | "token" | "key";

/** One operation of the API, as its page shows it. */
export type ReferenceOperation = {
  id: string;
  method: string;
  /** Below `/api/v1`, with `{id}` in place of values. */
  path: string;
  /** The path with example values, and with the query parameters that are required. */
  examplePath: string;
  title: string;
  description: string;
  credential: Credential;
  /** What a success has as its body. */
  content: "json" | "events" | "nothing";
  pathFields: ReferenceField[];
  queryFields: ReferenceField[];
  headerFields: ReferenceField[];
  bodyFields: ReferenceField[];
  /** Undefined if the operation takes no body. */
  bodyExample?: unknown;
  answers: ReferenceAnswer[];
};

/** An event that webhooks send. `id` is its type, such as `project.created`. */
export type ReferenceEvent = {
  id: string;
  description: string;
  /** The fields of `data`. */
  fields: ReferenceField[];
  /** The whole body. */
  example: unknown;
};

/** The operations of one resource, or the events of webhooks. */
export type ReferenceGroup = {
  slug: string;
  title: string;
  operations: readonly ReferenceOperation[];
  events: readonly ReferenceEvent[];
};

/** The parts of the docs, in order. Each is a folder below `docs`. */
export const DOCS_SECTIONS = ["user", "api", "admin", "build"] as const;
export type DocsSection = typeof DOCS_SECTIONS[number];

/** A guide. `body` is its Markdown, without the title. */
export type Guide = {
  section: DocsSection;
  href: string;
  title: string;
  lead: string;
  body: string;
  html(): string;
};

export type GuideLink = Pick<Guide, "href" | "title">;

/** Guides below a heading of the contents. */
export type GuideGroup = { title: string; guides: readonly GuideLink[] };

/** What the contents link to: the guides of the section, and beside those of the API its operations. */
export type DocsNavigation = {
  section: DocsSection;
  guides: readonly GuideGroup[];
  groups: readonly Pick<ReferenceGroup, "slug" | "title">[];
};

export const LANGUAGES = ["curl", "typescript", "python"] as const;
export type Language = typeof LANGUAGES[number];

/** Who reads. `workspace` and `keyPrefix` are undefined for a visitor. */
export type Reader = {
  /** The address of the workspace that the samples call. */
  origin: string;
  /** The language of the samples. */
  language: Language;
  /** The name in the address of the reader's workspace. */
  workspace?: string;
  /** The start of the workspace's newest API key, for a reader who may see keys. */
  keyPrefix?: string;
};
