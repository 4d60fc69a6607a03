import {
  MaxFileSizeExceededError,
  MaxPartsExceededError,
  MultipartParseError,
  MultipartParser,
  type MultipartPart,
} from "@remix-run/multipart-parser";
import type { Context } from "hono";
import { invalid, tooLarge } from "../src/errors.ts";
import { problem } from "../src/platform/problem.ts";
import type { HttpEnv } from "./http.ts";
import { bodyRuleOf, MEGABYTE, sizeOf } from "./middleware/body.ts";
import { checkText, malformedForm, MAX_FIELDS, tooManyFields } from "./middleware/body_content.ts";

const FORM_TEXT_TOO_LARGE = problem("form_text_too_large", "The form's text is larger than {size}.");
const FILE_TOO_LARGE = problem("file_too_large", "A file is larger than {size}.");
const NOT_MULTIPART = problem("not_multipart", "Send a form as multipart/form-data.");
const BAD_FILE_NAME = problem("bad_file_name", "The file's name contains a control character.");
const FORM_NOT_UTF8 = problem("form_not_utf8", "The form is not valid UTF-8.");

const MAX_TEXT_BYTES = MEGABYTE;
/** RFC 2046, section 5.1.1. */
const BOUNDARY =
  /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'+.-]{1,70}))\s*(?:;|$)/i;
const [CR, LF] = [13, 10];

export type FormPart =
  | { kind: "text"; name: string; value: string }
  | { kind: "file"; name: string; fileName: string; mediaType: string; bytes: Uint8Array };

/**
 * Yields the fields and files of a multipart form in the order in which they arrive. The route must accept `files`. Keeps one
 * file in memory at a time. Don't trust `fileName` and `mediaType`: the client sends them. Throws `invalid` or `too_large`.
 */
export async function* formParts<Env extends HttpEnv>(c: Context<Env>): AsyncGenerator<FormPart> {
  const rule = bodyRuleOf(c);
  if (rule.kind !== "files") throw new Error("Declare acceptBody({ kind: 'files', … }) on this route.");
  const parser = new MultipartParser(boundaryOf(c), {
    maxFileSize: rule.maxFileBytes,
    maxTotalSize: rule.maxBytes,
    maxParts: MAX_FIELDS,
  });
  let textBytes = 0;
  try {
    for await (const chunk of withoutTrailingLineBreak(c.req.raw.body!)) {
      for (const raw of parser.write(chunk)) {
        const part = readPart(raw);
        if (part?.kind === "text") textBytes += raw.size;
        if (textBytes > MAX_TEXT_BYTES) {
          throw tooLarge(FORM_TEXT_TOO_LARGE.with({ size: sizeOf(MAX_TEXT_BYTES) }));
        }
        if (part) yield part;
      }
    }
    parser.finish();
  } catch (error) {
    if (error instanceof MaxPartsExceededError) throw tooManyFields();
    if (error instanceof MaxFileSizeExceededError) {
      throw tooLarge(FILE_TOO_LARGE.with({ size: sizeOf(rule.maxFileBytes) }));
    }
    throw error instanceof MultipartParseError ? malformedForm() : error;
  }
}

function boundaryOf<Env extends HttpEnv>(c: Context<Env>): string {
  const [, quoted, plain] = BOUNDARY.exec(c.req.header("Content-Type") ?? "") ?? [];
  const boundary = quoted ?? plain;
  if (!boundary || !c.req.raw.body) throw invalid({ body: NOT_MULTIPART });
  return boundary;
}

/** Returns null for an empty file field. */
function readPart(part: MultipartPart): FormPart | null {
  const { name, fileName, mediaType, value } = decode(part);
  if (name === undefined) throw malformedForm();
  for (const text of [name, fileName ?? "", mediaType, value]) checkText(text);
  if (!part.isFile) return { kind: "text", name, value };
  if (!fileName && part.size === 0) return null;
  if (/\p{Cc}/u.test(fileName ?? "")) {
    throw invalid({ [name]: BAD_FILE_NAME });
  }
  return { kind: "file", name, fileName: fileName ?? "", mediaType, bytes: part.bytes };
}

function decode(part: MultipartPart) {
  try {
    return {
      name: part.name,
      fileName: part.filename,
      mediaType: part.mediaType ?? "application/octet-stream",
      value: part.isFile ? "" : part.text,
    };
  } catch {
    throw invalid({ body: FORM_NOT_UTF8 });
  }
}

/**
 * Moves line breaks at the end of a chunk to the start of the next chunk, and drops them after the last chunk. The parser
 * rejects a chunk that holds only the line break after the last boundary.
 */
async function* withoutTrailingLineBreak(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array();
  for await (const chunk of body) {
    const joined = new Uint8Array(held.length + chunk.length);
    joined.set(held);
    joined.set(chunk, held.length);
    const end = joined.findLastIndex((byte) => byte !== CR && byte !== LF) + 1;
    held = joined.slice(end);
    if (end > 0) yield joined.subarray(0, end);
  }
}
