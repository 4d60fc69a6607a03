import { Buffer } from "node:buffer";
import { isId } from "../platform/ids.ts";
import { oneLine } from "../platform/text.ts";
import { findReturnPath, type ReturnPath } from "./return_path.ts";

/** A mail server's report that it couldn't deliver an email (RFC 3464). */
export type DeliveryReport = {
  returnPath: ReturnPath;
  /** The id of the email, if the report contains its Message-ID. Everything but the return path can be forged. */
  emailId: string | null;
  /** The server's reply, if the email failed because of its address. Null if it was delayed, delivered, or refused for another reason. */
  failure: { status: string; detail: string } | null;
};

/** Headers that have the address that the report came to. Mail servers that pass reports on add the first three. */
const RECIPIENT_HEADERS = ["x-original-to", "delivered-to", "envelope-to", "to"];
const MAX_DETAIL_LENGTH = 300;
/** Permanent, but not about the address: a full mailbox, the receiving system, or its policy (RFC 3463). */
const NOT_ABOUT_ADDRESS = /^5\.(2\.2|3\.\d+|7\.\d+)$/;

/** The report in a raw email. Null if the email came to none of our return addresses. */
export async function readDeliveryReport(raw: Uint8Array): Promise<DeliveryReport | null> {
  const { simpleParser } = await import("mailparser"); // only installations with a return host need it
  const email = await simpleParser(Buffer.from(raw), { keepDeliveryStatus: true, skipTextToHtml: true });
  const returnPath = RECIPIENT_HEADERS
    .flatMap((name) => email.headerLines.filter(({ key }) => key === name))
    .map(({ line }) => findReturnPath(line)).find((found) => found !== null);
  if (!returnPath) return null;
  const report = email.attachments.find(({ contentType }) => contentType === "message/delivery-status");
  return {
    returnPath,
    emailId: emailIdIn(raw),
    failure: report ? failureIn(report.content.toString("utf8")) : null,
  };
}

/** The first failure in a `message/delivery-status`: a group of fields about the report, then one for each recipient. */
function failureIn(status: string): DeliveryReport["failure"] {
  const groups = status.replaceAll("\r\n", "\n").replaceAll(/\n[ \t]+/g, " ").split(/\n\s*\n/).map(fieldsOf);
  const failed = groups.find((fields) =>
    fields.get("action")?.toLowerCase() === "failed" && isAboutAddress(fields.get("status") ?? "")
  );
  if (!failed) return null;
  const code = failed.get("status")!;
  const detail = oneLine(failed.get("diagnostic-code")?.replace(/^smtp;\s*/i, "") ?? code);
  return { status: code, detail: detail.slice(0, MAX_DETAIL_LENGTH) };
}

function isAboutAddress(status: string): boolean {
  return /^5\.\d{1,3}\.\d{1,3}$/.test(status) && !NOT_ABOUT_ADDRESS.test(status);
}

function fieldsOf(group: string): Map<string, string> {
  return new Map(
    group.split("\n").map((line) => /^([A-Za-z-]+):\s*(.*?)\s*$/.exec(line)).filter((match) => match !== null)
      .map(([, name, value]) => [name!.toLowerCase(), value!.replace(/\s*\(.*\)$/, "")]),
  );
}

/** Our Message-IDs are `<id@host>`, in the headers of the email that the report returns. */
function emailIdIn(raw: Uint8Array): string | null {
  const text = new TextDecoder("latin1").decode(raw);
  const ids = [...text.matchAll(/^Message-ID:\s*<([0-9a-f-]{36})@/gim)].map(([, id]) => id!);
  return ids.find((id) => isId(id)) ?? null;
}
