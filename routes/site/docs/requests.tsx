import { type Context, Hono } from "hono";
import { notFound } from "../../../src/errors.ts";
import { EVENTS_TYPE } from "../../operation_document.ts";
import { referenceHref } from "../../../views/pages/docs/docs_frame.tsx";
import type { ReferenceField, ReferenceOperation } from "../../../views/pages/docs/reference.ts";
import { docsText } from "../../../views/pages/docs/text.ts";
import { RequestOutcome, RequestOutcomePage, type SentRequest } from "../../../views/pages/docs/try_form.tsx";
import { pretty } from "../../../views/pages/docs/code_samples.ts";
import { type Fields, type HttpEnv, PAGE_NOT_FOUND, readForm } from "../../http.ts";
import { localeOf } from "../../locale.ts";
import { page } from "../../page.tsx";
import { reference } from "./docs.tsx";
import { tokenOfReader } from "./reader.ts";

const MAX_SHOWN_LENGTH = 50_000;
const API_KEY_PREFIX = "dnz_";
const HEADERS_PASSED_ON = ["User-Agent", "X-Forwarded-For"];

/** Answers a request to the API in this process. */
export type Dispatch = (request: Request, env: unknown) => Response | Promise<Response>;

/** Sends what a reader typed into the form of an operation to the API, with the credential in the form or the reader's own sign-in. */
export function docsRequests(dispatch: Dispatch): Hono<HttpEnv> {
  const requests = new Hono<HttpEnv>();
  requests.post("/:operation", async (c) => {
    const found = findOperation(c.req.param("operation"));
    if (!found) throw notFound(PAGE_NOT_FOUND);
    const { operation, group } = found;
    const sent = await send(c, dispatch, operation, await readForm(c));
    return await page(c, {
      title: docsText.of(localeOf(c)).response,
      wide: true,
      body: <RequestOutcomePage sent={sent} back={referenceHref(group, operation.id)} />,
      partial: <RequestOutcome sent={sent} />,
    });
  });
  return requests;
}

function findOperation(id: string): { operation: ReferenceOperation; group: string } | undefined {
  return reference().flatMap(({ slug, operations }) =>
    operations.map((operation) => ({ operation, group: slug }))
  ).find(({ operation }) => operation.id === id);
}

async function send(
  c: Context<HttpEnv>,
  dispatch: Dispatch,
  operation: ReferenceOperation,
  fields: Fields,
): Promise<SentRequest> {
  const { config: { appUrl }, clock } = c.get("services");
  const { method, pathFields, queryFields, bodyExample } = operation;
  const path = operation.path.replaceAll(
    /\{(\w+)\}/g,
    (_match, name) => encodeURIComponent(typed("path", name)),
  );
  const url = new URL(`${appUrl.origin}/api/v1${path}`);
  for (const { name } of queryFields) {
    if (typed("query", name)) url.searchParams.set(name, typed("query", name));
  }
  const body = bodyExample === undefined ? undefined : String(fields.body ?? "");
  const headers = headersOf(c, fields, body !== undefined);
  if (operation.credential !== "none") await addCredential(c, headers, fields);
  const request = new Request(url, { method, headers, body });
  const startedAt = clock.now().getTime();
  const answer = await dispatch(request, c.env);
  return {
    method,
    path: url.pathname + url.search,
    status: answer.status,
    milliseconds: clock.now().getTime() - startedAt,
    body: shown(await readBody(answer)),
  };

  function typed(kind: "path" | "query", name: ReferenceField["name"]): string {
    const known = (kind === "path" ? pathFields : queryFields).some((field) => field.name === name);
    return known ? String(fields[`${kind}.${name}`] ?? "").trim() : "";
  }
}

/** Of a stream, which never ends on its own, only the beginning. */
async function readBody(answer: Response): Promise<string> {
  if (answer.headers.get("Content-Type") !== EVENTS_TYPE) return await answer.text();
  const reader = answer.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

function headersOf(c: Context<HttpEnv>, fields: Fields, hasBody: boolean): Headers {
  const headers = new Headers({ Host: c.get("services").config.appUrl.host });
  for (const name of HEADERS_PASSED_ON) {
    const value = c.req.header(name);
    if (value) headers.set(name, value);
  }
  const workspace = headerText(fields.workspace);
  if (workspace) headers.set("X-Tenant", workspace);
  if (hasBody) headers.set("Content-Type", "application/json");
  return headers;
}

/** A typed credential counts before the reader's sign-in. */
async function addCredential(c: Context<HttpEnv>, headers: Headers, fields: Fields): Promise<void> {
  const typed = headerText(fields.credential);
  if (typed.startsWith(API_KEY_PREFIX)) return headers.set("X-API-Key", typed);
  const token = typed || await tokenOfReader(c, headerText(fields.workspace));
  if (token) headers.set("Authorization", `Bearer ${token}`);
}

/** What can stand in a header. */
function headerText(value: unknown): string {
  return String(value ?? "").replaceAll(/[^\x21-\x7e]/g, "");
}

function shown(body: string): string {
  const text = formatted(body);
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}\n…` : text;
}

function formatted(body: string): string {
  try {
    return pretty(JSON.parse(body));
  } catch {
    return body;
  }
}
