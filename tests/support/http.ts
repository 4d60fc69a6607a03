import { Buffer } from "node:buffer";
import { type IncomingHttpHeaders, request } from "node:http";
import { checkContract } from "./contract.ts";

export type RawCall = {
  port: number;
  host: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
};

export type RawAnswer = { status: number; headers: IncomingHttpHeaders; bytes: Uint8Array; text: string };

/** One HTTP request to 127.0.0.1 with any Host header and the path sent verbatim. Of an event stream, reads only the beginning. */
export function send({ port, host, method, path, headers = {}, body }: RawCall): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = body === undefined
      ? {}
      : { "Content-Length": String(Buffer.byteLength(body)) };
    const call = request({
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { Host: host, ...length, ...headers },
      agent: false,
    });
    call.on("response", (answer) => {
      const chunks: Uint8Array[] = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on(
        "end",
        () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode: status, headers } = answer;
          resolve({ status: status!, headers, bytes, text: bytes.toString("utf8") });
        },
      );
      answer.on("error", reject);
      if (answer.headers["content-type"] === "text/event-stream" && method !== "HEAD") {
        answer.once("data", () => answer.emit("end"));
        answer.once("end", () => call.destroy());
      }
    });
    call.on("error", reject);
    call.end(body);
  });
}

export type ApiCall = {
  port: number;
  host: string;
  method: string;
  path: string;
  token?: string;
  headers?: Record<string, string>;
  body?: unknown;
};

// deno-lint-ignore no-explicit-any -- tests read the fields they expect, and fail if a field is missing
export type ApiAnswer = RawAnswer & { json: any };

/** One API call: JSON in, JSON out. Fails if the OpenAPI document doesn't describe the response. */
export async function callApi({ token, body, headers = {}, ...call }: ApiCall): Promise<ApiAnswer> {
  const answer = await send({
    ...call,
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  checkContract(call.method, call.path, answer);
  return {
    ...answer,
    json: answer.text.startsWith("{") || answer.text.startsWith("[") ? JSON.parse(answer.text) : undefined,
  };
}
