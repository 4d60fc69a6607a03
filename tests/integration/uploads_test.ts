import { Hono } from "hono";
import assert from "node:assert/strict";
import { anyHost } from "../../routes/app.ts";
import { formParts } from "../../routes/form_parts.ts";
import type { HttpEnv } from "../../routes/http.ts";
import { acceptBody, KILOBYTE, MEGABYTE, TEXT_BODY } from "../../routes/middleware/body.ts";
import { mount } from "../../routes/mount.ts";
import { StaticFiles } from "../../routes/static_files.ts";
import { send } from "../support/http.ts";
import { World } from "../support/world.ts";

/** Protects: only routes that declare files or a stream accept them, within their limits (S31, S56). */

const BINARY = Uint8Array.from({ length: 4 * KILOBYTE }, (_, index) => index % 256);
const PAUSE_MILLISECONDS = 100;

const uploads = new Hono<HttpEnv>();

uploads.post(
  "/files",
  acceptBody({ kind: "files", maxBytes: 300 * KILOBYTE, maxFileBytes: 200 * KILOBYTE }),
  async (c) => {
    const parts: unknown[] = [];
    for await (const part of formParts(c)) {
      parts.push(part.kind === "text" ? part : { ...part, bytes: part.bytes.length, sum: sumOf(part.bytes) });
    }
    return c.json(parts);
  },
);

uploads.post("/stream", acceptBody({ kind: "stream", maxBytes: 5 * MEGABYTE }), async (c) => {
  let bytes = 0;
  for await (const chunk of c.req.raw.body!) bytes += chunk.length;
  return c.json({ bytes });
});

uploads.post(
  "/slow",
  acceptBody({ kind: "stream", maxBytes: MEGABYTE, maxPauseMilliseconds: PAUSE_MILLISECONDS }),
  async (c) => c.text(await c.req.text()),
);

const gone = Promise.withResolvers<void>();

uploads.post("/wait", async (c) => {
  const { signal } = c.req.raw;
  if (!signal.aborted) await new Promise((aborted) => signal.addEventListener("abort", aborted));
  gone.resolve();
  return c.text("nobody reads this");
});

uploads.post("/text", async (c) => c.text(await c.req.text()));

Deno.test("a route accepts the files or the stream that it declares, within its limits", async (t) => {
  await using world = await World.open();
  const app = anyHost(world.services, await StaticFiles.load());
  mount(app, "/", { guards: [], body: TEXT_BODY, policy: "pages", errors: "page" }, uploads);
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.fetch);
  const { port } = server.addr;
  const post = (path: string, headers: Record<string, string>, body: Uint8Array | string) =>
    send({ port, host: world.host(), method: "POST", path, headers, body });
  const postForm = (parts: Part[], boundary = "----x") =>
    post(
      "/files",
      { "Content-Type": `multipart/form-data; boundary=${boundary}` },
      multipart(parts, boundary),
    );

  await t.step("binary files and fields of a form arrive unchanged", async () => {
    const answer = await postForm([
      { name: "title", content: "Ünïcode" },
      { name: "logo", fileName: "lo go.png", type: "image/png", content: BINARY },
      { name: "empty", fileName: "", content: "" },
    ]);

    assert.deepEqual(JSON.parse(answer.text), [
      { kind: "text", name: "title", value: "Ünïcode" },
      {
        kind: "file",
        name: "logo",
        fileName: "lo go.png",
        mediaType: "image/png",
        bytes: BINARY.length,
        sum: sumOf(BINARY),
      },
    ]);
  });
  await t.step("form data from a browser is accepted", async () => {
    const form = new FormData();
    form.append("logo", new Blob([BINARY]), "a photo.png");
    const request = new Request("http://host/", { method: "POST", body: form });
    const bytes = new Uint8Array(await request.arrayBuffer());

    const answer = await post("/files", { "Content-Type": request.headers.get("Content-Type")! }, bytes);

    const [file] = JSON.parse(answer.text);
    assert.deepEqual([file.fileName, file.sum], ["a photo.png", sumOf(BINARY)]);
  });
  await t.step("a form may arrive in chunks of any size", async () => {
    const body = multipart([{ name: "logo", fileName: "a.bin", content: BINARY.slice(0, 100) }], "x");
    for (let size = 1; size <= 64; size += 7) {
      const headers = { Host: world.host(), "Content-Type": "multipart/form-data; boundary=x" };
      const answer = await sendChunked(port, "/files", headers, body, size);
      assert.equal(JSON.parse(answer)[0].bytes, 100, `chunks of ${size} bytes`);
    }
  });

  const file = (size: number) => ({ name: "logo", fileName: "a.bin", content: new Uint8Array(size) });
  const refused: [string, number, Part[]][] = [
    ["a file over its limit", 413, [file(201 * KILOBYTE)]],
    ["files that exceed the limit together", 413, [file(190 * KILOBYTE), file(190 * KILOBYTE)]],
    ["NUL in a field", 422, [{ name: "title", content: "a\0b" }]],
    ["NUL in a field's name", 422, [{ name: "ti\0tle", content: "a" }]],
    ["NUL in a file's name", 422, [{ name: "logo", fileName: "a\0.png", content: "a" }]],
    ["a control character in a file's name", 422, [{ name: "logo", fileName: "a\x07.png", content: "a" }]],
    ["invalid UTF-8 in a field", 422, [{ name: "title", content: Uint8Array.from([0xff, 0xfe]) }]],
    ["more than 1,000 fields", 422, Array.from({ length: 1_001 }, () => ({ name: "a", content: "" }))],
  ];
  for (const [name, status, parts] of refused) {
    await t.step(`${name} is rejected with ${status}`, async () => {
      assert.equal((await postForm(parts)).status, status);
    });
  }
  for (const type of ["multipart/form-data", "text/plain", "multipart/form-data; boundary=a\u00ff"]) {
    await t.step(`a body of type ${type} is rejected`, async () => {
      assert.equal((await post("/files", { "Content-Type": type }, "x")).status, 422);
    });
  }
  await t.step("an incomplete form is rejected", async () => {
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    const whole = multipart([{ name: "logo", fileName: "a", content: BINARY }], "x");
    assert.equal((await post("/files", headers, whole.subarray(0, 1_000))).status, 422);
  });

  await t.step("a binary stream is read as it arrives", async () => {
    const answer = await post("/stream", {}, new Uint8Array(3 * MEGABYTE).fill(0xff));
    assert.deepEqual(JSON.parse(answer.text), { bytes: 3 * MEGABYTE });
  });
  await t.step("a stream over its limit is rejected, with or without Content-Length", async () => {
    const body = new Uint8Array(5 * MEGABYTE + 1);
    const told = await post("/stream", {}, body);
    const untold = await sendChunked(port, "/stream", { Host: world.host() }, body, MEGABYTE, "head");

    assert.equal(told.status, 413);
    assert.match(told.text, /larger than 5 MB/);
    assert.match(untold, /^HTTP\/1\.1 413/);
  });
  await t.step("a compressed stream is rejected", async () => {
    assert.equal((await post("/stream", { "Content-Encoding": "gzip" }, BINARY)).status, 422);
  });
  await t.step("a stream that pauses too long is cut off", async () => {
    const head = ["POST /slow HTTP/1.1", `Host: ${world.host()}`, "Content-Length: 1000", "", "{"];
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(head.join("\r\n")));
    const buffer = new Uint8Array(100);
    await connection.read(buffer);
    connection.close();
    assert.match(new TextDecoder().decode(buffer), /^HTTP\/1\.1 422/);
  });
  await t.step("a route is notified when its client disconnects, even after its body was read", async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const lines = ["POST /wait HTTP/1.1", `Host: ${world.host()}`, "Content-Length: 4", "", "text"];
    await connection.write(new TextEncoder().encode(lines.join("\r\n")));
    connection.close();
    await gone.promise;
  });
  await t.step("a route that declares nothing accepts 1 MB of text, and no files", async () => {
    const statuses = async (path: string) => [
      (await post(path, {}, BINARY)).status,
      (await post(path, {}, "x".repeat(MEGABYTE + 1))).status,
      (await post(
        path,
        { "Content-Type": "multipart/form-data; boundary=x" },
        multipart([{ name: "a", fileName: "a.txt", content: "x" }], "x"),
      )).status,
      (await post(path, {}, "text")).status,
    ];
    assert.deepEqual(await statuses("/text"), [422, 413, 422, 200]);
  });
});

type Part = { name: string; fileName?: string; type?: string; content: string | Uint8Array };

function multipart(parts: Part[], boundary: string): Uint8Array {
  const encoder = new TextEncoder();
  const bytes = parts.flatMap(({ name, fileName, type, content }) => {
    const file = fileName === undefined ? "" : `; filename="${fileName}"`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n` +
      (type ? `Content-Type: ${type}\r\n` : "") + "\r\n";
    return [
      encoder.encode(head),
      typeof content === "string" ? encoder.encode(content) : content,
      encoder.encode("\r\n"),
    ];
  });
  return concat([...bytes, encoder.encode(`--${boundary}--\r\n`)]);
}

/** Sends a body without Content-Length in chunks of a given size. Returns the response's body, or its head. */
async function sendChunked(
  port: number,
  path: string,
  headers: Record<string, string>,
  body: Uint8Array,
  size: number,
  part: "head" | "body" = "body",
): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  const lines = Object.entries({ ...headers, "Transfer-Encoding": "chunked", Connection: "close" });
  await write(
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
  );
  const answer = new Response(connection.readable).text();
  try {
    for (let offset = 0; offset < body.length; offset += size) {
      const piece = body.subarray(offset, offset + size);
      await writer.write(
        concat([
          new TextEncoder().encode(`${piece.length.toString(16)}\r\n`),
          piece,
          new TextEncoder().encode("\r\n"),
        ]),
      );
    }
    await write("0\r\n\r\n");
  } catch { /* the server has answered and closed before it had everything */ }
  const text = await answer;
  return part === "head" ? text : text.slice(text.indexOf("\r\n\r\n") + 4);
}

function concat(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}
