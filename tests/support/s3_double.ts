/**
 * Storage that speaks the part of the S3 protocol that backups use. It checks signatures (SigV4) with its own code, and can
 * lose uploads or fail.
 */
import { createHash, createHmac } from "node:crypto";

export const S3_KEY = { id: "AKIDTEST", secret: "s3cr3t/with+signs", region: "eu-test-1" };

export class S3Double implements AsyncDisposable {
  readonly objects = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #uploads = new Map<string, Uint8Array<ArrayBuffer>[]>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Answers 200 to a completed upload, but stores nothing. */
  losesUploads = false;
  /** How many of the next requests get 503. */
  failures = 0;
  /** The most names in one answer. */
  pageSize = 1_000;

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** The settings that point the product at a folder of this storage. */
  get variables(): Record<string, string> {
    return {
      BACKUP_BUCKET_URL: `http://127.0.0.1:${this.#server.addr.port}/bucket/folder`,
      BACKUP_BUCKET_KEY_ID: S3_KEY.id,
      BACKUP_BUCKET_SECRET: S3_KEY.secret,
      BACKUP_BUCKET_REGION: S3_KEY.region,
    };
  }

  get openUploads(): number {
    return this.#uploads.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    if (this.failures > 0) {
      this.failures--;
      return failure(503, "SlowDown");
    }
    if (request.headers.get("x-amz-content-sha256") !== sha256(body)) {
      return failure(400, "XAmzContentSHA256Mismatch");
    }
    if (request.headers.get("authorization") !== authorizationOf(request, url)) {
      return failure(403, "SignatureDoesNotMatch");
    }
    return this.#operate(request.method, url, body);
  }

  #operate(method: string, { pathname, searchParams: query }: URL, body: Uint8Array<ArrayBuffer>): Response {
    const key = pathname.slice("/bucket/".length);
    const upload = query.get("uploadId");
    if (query.has("list-type")) {
      return this.#list(query.get("prefix")!, query.get("continuation-token") ?? "");
    }
    if (method === "POST" && query.has("uploads")) {
      const id = `upload ${crypto.randomUUID()}`;
      this.#uploads.set(id, []);
      return new Response(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (upload) return this.#continue(method, key, upload, Number(query.get("partNumber")), body);
    const object = this.objects.get(key);
    if (method === "DELETE") return this.objects.delete(key), new Response(null, { status: 204 });
    if (!object) return failure(404, "NoSuchKey");
    return new Response(method === "HEAD" ? null : object, {
      headers: { "Content-Length": String(object.length) },
    });
  }

  #continue(
    method: string,
    key: string,
    upload: string,
    number: number,
    body: Uint8Array<ArrayBuffer>,
  ): Response {
    const parts = this.#uploads.get(upload);
    if (!parts) return failure(404, "NoSuchUpload");
    if (method === "PUT") {
      parts[number - 1] = body;
      return new Response(null, { headers: { ETag: `"${sha256(body)}"` } });
    }
    this.#uploads.delete(upload);
    if (method === "DELETE") return new Response(null, { status: 204 });
    const named = [...new TextDecoder().decode(body).matchAll(/<ETag>"(\w+)"<\/ETag>/g)].map(([, tag]) =>
      tag
    );
    if (named.join() !== parts.map(sha256).join()) return failure(400, "InvalidPart");
    if (!this.losesUploads) this.objects.set(key, concat(parts));
    return new Response(`<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
  }

  #list(prefix: string, after: string): Response {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, this.pageSize);
    const next = keys.length > page.length
      ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>`
      : "";
    return new Response(
      `<ListBucketResult>${next}${
        page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")
      }</ListBucketResult>`,
    );
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function authorizationOf({ method, headers }: Request, url: URL): string {
  const given = headers.get("authorization") ?? "";
  const names = /SignedHeaders=([\w;-]+)/.exec(given)?.[1] ?? "";
  const time = headers.get("x-amz-date") ?? "";
  const scope = `${time.slice(0, 8)}/${S3_KEY.region}/s3/aws4_request`;
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join(
    "&",
  );
  const signed = names.split(";").map((name) => `${name}:${name === "host" ? url.host : headers.get(name)}\n`)
    .join("");
  const canonical = [method, url.pathname, query, signed, names, headers.get("x-amz-content-sha256")].join(
    "\n",
  );
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(new TextEncoder().encode(canonical))].join("\n");
  const key = scope.split("/").reduce<string | Uint8Array>(
    (key, part) => hmac(key, part),
    `AWS4${S3_KEY.secret}`,
  );
  const signature = hmac(key, text).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${S3_KEY.id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

function hmac(key: string | Uint8Array, text: string) {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function failure(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status });
}

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
