/** The TypeScript client of the Denizen API: typed calls with retries, safe repeats of changes, and lists without cursors. */
import createClient, { type Client } from "openapi-fetch";
import { type Result, unwrap } from "./answers.ts";
import { retryingFetch, type RetryOptions } from "./retries.ts";
import type { components, paths } from "./schema.ts";

export { ApiError, type Problem, unwrap } from "./answers.ts";
export { type ReceivedEvent, streamEvents, type StreamOptions } from "./event_stream.ts";
export type { components, paths };
export type DenizenClient = Client<paths>;

export type ClientOptions = RetryOptions & {
  /** Such as `https://app.example.com/api/v1`. */
  baseUrl: string;
  /** The access token, or a function that returns the current one. Not needed to sign in. */
  token?: string | (() => string | Promise<string>);
  /** The subdomain of the tenant, if the token is for an account with several. */
  tenant?: string;
};

/**
 * Creates a client. Each POST gets an `Idempotency-Key`, unless the call sets one. Requests are repeated after a lost connection, 429,
 * 502, 503 and 504 if that can't change something twice.
 */
export function createDenizenClient({ baseUrl, token, tenant, ...retries }: ClientOptions): DenizenClient {
  const client = createClient<paths>({ baseUrl, fetch: retryingFetch(retries) });
  client.use({
    async onRequest({ request }) {
      const current = typeof token === "function" ? await token() : token;
      if (current !== undefined) request.headers.set("Authorization", `Bearer ${current}`);
      if (tenant !== undefined && !request.headers.has("X-Tenant")) request.headers.set("X-Tenant", tenant);
      return request;
    },
  });
  return client;
}

type Page<Item> = { readonly data: readonly Item[]; readonly next_cursor: string | null };
type JsonOf<Path extends keyof paths> = paths[Path] extends
  { get: { responses: { 200: { content: { "application/json": infer Json } } } } } ? Json : never;

/** The paths of lists. */
export type ListPath = {
  [Path in keyof paths]: [JsonOf<Path>] extends [never] ? never
    : JsonOf<Path> extends Page<unknown> ? Path
    : never;
}[keyof paths];

/** An item of a list. */
export type ItemOf<Path extends ListPath> = JsonOf<Path> extends Page<infer Item> ? Item : never;

/** The filters and the order of a list. */
export type QueryOf<Path extends ListPath> = paths[Path] extends
  { get: { parameters: { query?: infer Query } } } ? Omit<NonNullable<Query>, "cursor"> : never;

/** Yields every item of a list, page by page. Throws an `ApiError` for an error status. */
export async function* listAll<Path extends ListPath>(
  client: DenizenClient,
  path: Path,
  query?: QueryOf<Path>,
): AsyncGenerator<ItemOf<Path>> {
  const get = client.GET as (path: string, options: unknown) => Promise<Result<Page<ItemOf<Path>>>>;
  let cursor: string | null | undefined;
  do {
    const page: Page<ItemOf<Path>> = await unwrap(get(path, { params: { query: { ...query, cursor } } }));
    yield* page.data;
    cursor = page.next_cursor;
  } while (cursor !== null);
}
