/** A folder of a bucket in storage that speaks the S3 protocol. */
import { AwsClient } from "aws4fetch";
import { createHash } from "node:crypto";

export type BucketAddress = {
  /** The endpoint, the bucket and an optional folder: `https://s3.example.com/bucket/folder`. */
  url: URL;
  keyId: string;
  secret: string;
  region: string | undefined;
};

export type Bucket = {
  /** Names in this folder in alphabetical order. */
  list(): Promise<string[]>;
  /** Uploads in parts. An upload that fails leaves no object. */
  put(name: string, content: ReadableStream<Uint8Array>): Promise<void>;
  get(name: string): Promise<ReadableStream<Uint8Array>>;
  delete(name: string): Promise<void>;
};

/** 10,000 parts are the most that S3 takes: 320 GB. */
const PART_BYTES = 32 * 1_024 * 1_024;
const RETRIES = 4;

export function openBucket(
  { url, keyId, secret, region }: BucketAddress,
  { partBytes = PART_BYTES }: { partBytes?: number } = {},
): Bucket {
  const client = new AwsClient({
    accessKeyId: keyId,
    secretAccessKey: secret,
    service: "s3",
    region,
    retries: RETRIES,
  });
  const [bucket, ...folders] = url.pathname.split("/").filter(Boolean);
  const folder = folders.map((each) => `${each}/`).join("");
  const root = `${url.origin}/${bucket}`;
  const object = (name: string) => `${root}/${folder}${name}`;

  async function send(method: string, address: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> {
    const headers = { "X-Amz-Content-Sha256": createHash("sha256").update(body ?? "").digest("hex") };
    const response = await client.fetch(address, { method, headers, body }).catch((error) => {
      throw new Error(`${url.origin} can't be reached: ${error instanceof Error ? error.message : error}`);
    });
    if (response.ok) return response;
    const code = valuesOf("Code", await response.text())[0];
    throw new Error(
      `${url.origin} refused ${method} with ${response.status}${
        code ? ` ${code}` : ""
      }. Check the settings that start with BACKUP_BUCKET.`,
    );
  }

  async function sendParts(name: string, upload: string, content: ReadableStream<Uint8Array>) {
    const parts: string[] = [];
    let size = 0;
    for await (const part of partsOf(content, partBytes)) {
      const number = parts.length + 1;
      const response = await send("PUT", `${object(name)}?partNumber=${number}&uploadId=${upload}`, part);
      await response.body?.cancel();
      parts.push(
        `<Part><PartNumber>${number}</PartNumber><ETag>${response.headers.get("ETag")}</ETag></Part>`,
      );
      size += part.length;
    }
    return { parts, size };
  }

  return {
    async list() {
      const names: string[] = [];
      let next = "";
      do {
        const token = next && `&continuation-token=${encodeURIComponent(next)}`;
        const answer = await send("GET", `${root}?list-type=2&prefix=${encodeURIComponent(folder)}${token}`);
        const xml = await answer.text();
        names.push(...valuesOf("Key", xml).map((key) => key.slice(folder.length)));
        next = valuesOf("NextContinuationToken", xml)[0] ?? "";
      } while (next);
      return names;
    },

    async put(name, content) {
      const begun = await send("POST", `${object(name)}?uploads=`);
      const upload = encodeURIComponent(valuesOf("UploadId", await begun.text())[0] ?? "");
      try {
        const { parts, size } = await sendParts(name, upload, content);
        const list = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
        const ended = await send(
          "POST",
          `${object(name)}?uploadId=${upload}`,
          new TextEncoder().encode(list),
        );
        // S3 may answer 200 before it knows whether it succeeds, and then send an error.
        const code = valuesOf("Code", await ended.text())[0];
        if (code) throw new Error(`${url.origin} could not complete the upload: ${code}.`);
        await requireSize(name, size);
      } catch (error) {
        await send("DELETE", `${object(name)}?uploadId=${upload}`).catch(() => {});
        throw error;
      }
    },

    async get(name) {
      return (await send("GET", object(name))).body!;
    },

    async delete(name) {
      await (await send("DELETE", object(name))).body?.cancel();
    },
  };

  async function requireSize(name: string, size: number): Promise<void> {
    const found = await send("HEAD", object(name)).then(
      ({ headers }) => Number(headers.get("Content-Length")),
      () => -1,
    );
    if (found !== size) throw new Error(`${url.origin} lost the upload "${name}".`);
  }
}

async function* partsOf(
  content: ReadableStream<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(bytes);
  let filled = 0;
  for await (let chunk of content) {
    while (chunk.length > 0) {
      const taken = chunk.subarray(0, bytes - filled);
      part.set(taken, filled);
      filled += taken.length;
      chunk = chunk.subarray(taken.length);
      if (filled < bytes) continue;
      yield part;
      part = new Uint8Array(bytes);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** The texts of all elements of this name. */
function valuesOf(element: string, xml: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"))].map(([, text]) =>
    unescaped(text!)
  );
}

function unescaped(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll(
    "&amp;",
    "&",
  );
}
