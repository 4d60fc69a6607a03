import assert from "node:assert/strict";
import { Hono } from "hono";
import { linesOf } from "../../cli/options.ts";
import type { HttpEnv } from "../../routes/http.ts";
import { localeOf } from "../../routes/locale.ts";
import { invalid } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import type { Services } from "../../src/ports.ts";
import { World } from "../support/world.ts";

/** Protects: the text of an error is made where it is read, in the reader's language for people and in English for programs. */

const PSEUDO = { "Accept-Language": "ar-XB" };
const SHORT_NAME = problem("test_short_name", "Use {minimum} letters.");

Deno.test("an error has its text in the reader's language on pages, and in English in the API", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const token = await world.token(company);
  const browser = await world.signedInBrowser("owner@acme.example");
  const wrongSignUp = { company_name: "", subdomain: "acme corp", name: "Ada", email: "ada", password: "x" };

  await t.step("a form shows it beside each field", async () => {
    const english = await world.browser().post(`${apex}/signup`, wrongSignUp);
    const pseudo = await world.browser().post(`${apex}/signup`, wrongSignUp, PSEUDO);

    assert.equal(english.status, 422);
    assert.match(english.text, /Enter a full email address, like ada@company\.com\./);
    assert.match(english.text, /<html lang="en" dir="ltr"/);
    assert.equal(pseudo.status, 422);
    assert.match(pseudo.text, /\[Éñţéŕ å /);
    assert.match(pseudo.text, /<html lang="ar-XB" dir="rtl"/);
  });

  await t.step("an error page and a toast show it", async () => {
    const page = await browser.get(`${apex}/admin/tenants`);
    const pseudo = await browser.get(`${apex}/admin/tenants`, PSEUDO);
    const toast = await browser.get(`${apex}/admin/tenants`, { ...PSEUDO, "HX-Request": "true" });

    assert.match(page.text, /Your role does not allow this\./);
    for (const { status, text } of [pseudo, toast]) {
      assert.equal(status, 403);
      assert.match(text, /\[Ýöûŕ ŕöļé ðöéš ñöţ åļļöŵ ţĥîš\./);
    }
  });

  await t.step("`?lang=` chooses the pseudo-language for one page", async () => {
    const { text } = await world.browser().get(`${host}/login?lang=ar-XB`);

    assert.match(text, /<html lang="ar-XB" dir="rtl"/);
  });

  await t.step("the API answers with a code and English", async () => {
    const list = await world.api("GET", "/projects?limit=101", { token, headers: PSEUDO });
    const created = await world.api("POST", "/projects", {
      token,
      headers: PSEUDO,
      body: { name: "x".repeat(121) },
    });
    const missing = await world.api("GET", "/projects/nothing", { token, headers: PSEUDO });

    assert.deepEqual(list.json.errors, [
      { field: "limit", code: "number_too_large", message: "Use 100 or less." },
    ]);
    assert.deepEqual(created.json.errors, [
      { field: "name", code: "text_too_long", message: "Use 120 characters at most." },
    ]);
    assert.equal(missing.json.detail, "This project was not found.");
  });
});

Deno.test("the CLI prints one line in English for each invalid option", () => {
  const error = invalid({ name: SHORT_NAME.with({ minimum: 2 }) });

  assert.deepEqual(linesOf(error), ["name: Use 2 letters."]);
});

for (const [environment, expected] of [["development", "ar-XB"], ["production", "en"]] as const) {
  Deno.test(`a browser that asks for the pseudo-language gets ${expected} in ${environment}`, async () => {
    const app = new Hono<HttpEnv>().get("/", (c) => {
      c.set("services", { config: { environment } } as Services);
      return c.text(localeOf(c));
    });

    const answers = [await app.request("/", { headers: PSEUDO }), await app.request("/?lang=ar-XB")];

    for (const answer of answers) assert.equal(await answer.text(), expected);
  });
}
