import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { RawAnswer } from "../support/http.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: responses are compressed where their length tells nobody a secret. Another site can make a browser request a page
 * with a guess, but such a response is never compressed (BREACH).
 */

const BROWSER = { "Accept-Encoding": "gzip, deflate, br, zstd" };

Deno.test("responses are compressed where that is safe", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  const host = world.host("acme");
  await browser.post(`http://${host}/login`, { email: acme.owner.email, password: PASSWORD });
  const Cookie = browser.cookieHeader(host);
  const landing = await world.raw("GET", world.host(), "/");
  const urlOf = (name: string) => new RegExp(`"(/static/${name}\\?v=[^"]+)"`).exec(landing.text)![1]!;

  await t.step("a static file in each coding, or in none", async () => {
    const get = (headers: Record<string, string>) => world.raw("GET", world.host(), urlOf("app.js"), headers);
    const [brotli, gzip, plain] = await Promise.all([
      get(BROWSER),
      get({ "Accept-Encoding": "br;q=0, gzip" }),
      get({}),
    ]);

    assert.deepEqual([brotli, gzip, plain].map(codingOf), ["br", "gzip", undefined]);
    assert.deepEqual([brotli, gzip].map(contentOf), [plain.text, plain.text]);
    assert.ok(brotli.bytes.length < gzip.bytes.length && gzip.bytes.length < plain.bytes.length / 2);
    assert.deepEqual(
      [brotli, gzip, plain].map(({ headers }) => headers.vary),
      Array(3).fill("Accept-Encoding"),
    );
  });

  await t.step("not a font or a picture, which are compressed already", async () => {
    for (const name of ["inter-latin.woff2", "apple-touch-icon.png"]) {
      const { headers } = await world.raw("GET", world.host(), urlOf(name), BROWSER);
      assert.deepEqual([headers["content-encoding"], headers.vary], [undefined, undefined], name);
    }
  });

  await t.step("a visitor's page, and the API description with a weak ETag", async () => {
    const [page, document] = await Promise.all([
      world.raw("GET", world.host(), "/", BROWSER),
      world.raw("GET", world.host(), "/openapi.json", BROWSER),
    ]);

    assert.deepEqual([page, document].map(codingOf), ["gzip", "br"]);
    assert.match(contentOf(page), /^<!DOCTYPE html>.*<\/html>$/s);
    assert.equal(JSON.parse(contentOf(document)).openapi, "3.1.0");
    assert.match(document.headers.etag!, /^W\/"/);
    assert.equal(page.headers.vary, "Accept-Encoding");
  });

  await t.step("a member's page, if the member or a page of ours requested it", async () => {
    for (const site of ["same-origin", "none"]) {
      const headers = { ...BROWSER, Cookie, "Sec-Fetch-Site": site };
      const page = await world.raw("GET", host, "/projects?search=Guess", headers);
      assert.equal(codingOf(page), "gzip", site);
      assert.match(contentOf(page), /Guess/);
    }
  });

  await t.step("not a member's page that another site made the browser request", async () => {
    const sites: Record<string, string>[] = [
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      {},
    ];
    for (const site of sites) {
      const page = await world.raw("GET", host, "/projects?search=Guess", { ...BROWSER, Cookie, ...site });
      assert.equal(codingOf(page), undefined, JSON.stringify(site));
      assert.match(page.text, /Guess/);
    }
  });

  await t.step("a list of the API, but not one resource, whose ETag stands for its bytes", async () => {
    await world.member(acme, "ada@acme.example", "member");
    await world.manyProjects("acme", 10);
    const Authorization = `Bearer ${await world.token(acme)}`;
    const list = await world.raw("GET", host, "/api/v1/projects", { ...BROWSER, Authorization });
    const { id } = JSON.parse(contentOf(list)).data[0];
    const one = await world.raw("GET", host, `/api/v1/projects/${id}`, { ...BROWSER, Authorization });

    assert.deepEqual([codingOf(list), codingOf(one)], ["gzip", undefined]);
    assert.match(one.headers.etag!, /^"/);
  });

  await t.step("a CSV file while it is sent, unless another site made the browser request it", async () => {
    const get = (site: string) =>
      world.raw("GET", host, "/projects.csv?sort=name", { ...BROWSER, Cookie, "Sec-Fetch-Site": site });
    const [own, foreign] = [await get("same-origin"), await get("cross-site")];

    assert.deepEqual([own, foreign].map(codingOf), ["gzip", undefined]);
    assert.equal(contentOf(own), foreign.text);
    assert.ok(foreign.text.includes("Project 10") && own.bytes.length < foreign.bytes.length / 2);
    assert.deepEqual([own.headers.vary, own.headers["content-length"]], ["Accept-Encoding", undefined]);
  });

  await t.step("not a short response", async () => {
    const answer = await world.raw("GET", world.host(), "/ready", BROWSER);

    assert.deepEqual([answer.text, codingOf(answer)], ['{"status":"ready"}', undefined]);
  });
});

function codingOf({ headers }: RawAnswer): string | undefined {
  return headers["content-encoding"];
}

function contentOf(answer: RawAnswer): string {
  const decode = codingOf(answer) === "br" ? brotliDecompressSync : gunzipSync;
  return decode(answer.bytes).toString("utf8");
}
