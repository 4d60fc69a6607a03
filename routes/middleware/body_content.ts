import { invalid } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";

const MAX_JSON_DEPTH = 32;
export const MAX_FIELDS = 1_000;

const HAS_NUL = problem("text_has_nul", "The character NUL is not accepted.");
const HALF_SURROGATE = problem("text_half_surrogate", "The text contains half a surrogate pair.");
const MALFORMED_FORM = problem("form_malformed", "The form is not valid multipart/form-data.");
const TOO_MANY_FIELDS = problem(
  "too_many_fields",
  `The form has more than ${MAX_FIELDS.toLocaleString("en")} fields.`,
);
const BODY_NOT_UTF8 = problem("body_not_utf8", "The body is not valid UTF-8.");
export const BODY_NOT_JSON = problem("body_not_json", "The body is not valid JSON.");
const JSON_TOO_DEEP = problem("json_too_deep", "The JSON is nested more than {levels} levels deep.");
const KEY_REFUSED = problem("key_refused", 'The key "{key}" is not accepted.');
const FORM_NOT_UTF8 = problem("form_not_percent_encoded", "The form is not valid percent-encoded UTF-8.");
const FILES_REFUSED = problem("files_refused", "Files are not accepted here.");

/**
 * Rejects invalid UTF-8, NUL, files, JSON that is nested too deeply or contains `__proto__`, and forms that are malformed or
 * have more than 1,000 fields.
 */
export async function checkContent(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<void> {
  const text = decodeUtf8(bytes);
  const type = contentType.toLowerCase();
  if (type.includes("json")) checkJson(parseJson(text), 0);
  else if (type.includes("x-www-form-urlencoded")) checkForm(text);
  else if (type.includes("multipart/form-data")) await checkMultipart(bytes, contentType);
}

export function checkText(text: string): void {
  if (text.includes("\0")) throw invalid({ body: HAS_NUL });
  if (!text.isWellFormed()) throw invalid({ body: HALF_SURROGATE });
}

export function malformedForm() {
  return invalid({ body: MALFORMED_FORM });
}

export function tooManyFields() {
  return invalid({ body: TOO_MANY_FIELDS });
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid({ body: BODY_NOT_UTF8 });
  }
}

function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    throw invalid({ body: BODY_NOT_JSON });
  }
}

function checkJson(value: unknown, depth: number): void {
  if (depth > MAX_JSON_DEPTH) {
    throw invalid({ body: JSON_TOO_DEEP.with({ levels: MAX_JSON_DEPTH }) });
  }
  if (typeof value === "string") return checkText(value);
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "__proto__") throw invalid({ body: KEY_REFUSED.with({ key }) });
    checkText(key);
    checkJson(inner, depth + 1);
  }
}

function checkForm(text: string): void {
  if (text.split("&", MAX_FIELDS + 1).length > MAX_FIELDS) throw tooManyFields();
  try {
    checkText(decodeURIComponent(text.replaceAll("+", " ")));
  } catch (error) {
    if (error instanceof URIError) throw invalid({ body: FORM_NOT_UTF8 });
    throw error;
  }
}

async function checkMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<void> {
  const form = await parseMultipart(bytes, contentType);
  const fields = [...form];
  if (fields.length > MAX_FIELDS) throw tooManyFields();
  for (const [name, value] of fields) {
    checkText(name);
    if (typeof value === "string") checkText(value);
    else if (value.name !== "" || value.size > 0) throw invalid({ [name]: FILES_REFUSED });
  }
}

async function parseMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "Content-Type": contentType } }).formData();
  } catch {
    throw malformedForm();
  }
}
