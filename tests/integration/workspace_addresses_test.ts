import assert from "node:assert/strict";
import { suggestAddress } from "../../src/tenancy/workspace_addresses.ts";
import type { Page } from "../support/browser.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a visitor gets a free address that fits the company's name, and learns everything that is wrong at once. */

const SUGGESTIONS = [
  ["Łódź Outdoor", "lodz-outdoor"],
  ["Börner & Söhne GmbH", "boerner-soehne-gmbh"],
  ["Ромашка Плюс", "romashka-plyus"],
  ["Ελληνικά Τρόφιμα", "ellinika-trofima"],
  ["Crème Brûlée, Inc.", "creme-brulee-inc"],
  ["O'Neill's Pub", "oneills-pub"],
  ["  --Smart & Sons--  ", "smart-sons"],
  ["Admin", "admin-hq"],
  ["2026", "2026-hq"],
  ["x".repeat(300), "x".repeat(40)],
];

Deno.test("addresses for new workspaces", async (t) => {
  await using world = await World.open();
  for (const subdomain of ["acme", "acme-hq", "acme-team"]) await world.company(subdomain);
  const ask = async (fields: Record<string, string>): Promise<string> => {
    const page = await world.browser().get(
      `http://${world.host()}/signup/address?${new URLSearchParams(fields)}`,
      { "HX-Request": "true" },
    );
    assert.equal(page.status, 200);
    return page.text;
  };

  for (const [name, suggestion] of SUGGESTIONS) {
    await t.step(`"${name!.slice(0, 30)}" suggests ${suggestion!.slice(0, 30)}`, async () => {
      assert.equal(await suggestAddress(world.system, name!), suggestion);
    });
  }

  await t.step("a name without Latin letters suggests a neutral address, always the same", async () => {
    const [one, again] = [
      await suggestAddress(world.system, "株式会社"),
      await suggestAddress(world.system, "株式会社"),
    ];

    assert.match(one!, /^team-\d{4}$/);
    assert.equal(again, one);
  });

  await t.step("the suggestion is free", async () => {
    assert.equal(await suggestAddress(world.system, "Acme"), "acme-2");
  });

  await t.step("the company's name fills an address that nobody typed", async () => {
    const first = await ask({ company_name: "Łódź Outdoor", subdomain: "", suggested: "" });
    const later = await ask({ company_name: "Łódź Outdoors", subdomain: "lodz", suggested: "lodz" });
    const own = await ask({ company_name: "Łódź Outdoor", subdomain: "mine", suggested: "lodz" });

    assert.match(first, /data-address="lodz-outdoor" data-replaces=""/);
    assert.match(first, new RegExp(`lodz-outdoor\\.${world.host()} is available\\.`));
    assert.match(later, /data-address="lodz-outdoors" data-replaces="lodz"/);
    assert.doesNotMatch(own, /data-replaces/);
    assert.match(own, /mine\.localhost:\d+ is available\./);
  });

  await t.step("an address that can't be used says why, and offers a free one", async () => {
    const taken = await ask({ subdomain: "acme", company_name: "Acme" });
    const reserved = await ask({ subdomain: "admin", company_name: "Acme" });
    const upper = await ask({ subdomain: "Globex", company_name: "" });

    assert.match(taken, /data-problem[^]*This address is taken\.[^]*Use acme-2</);
    assert.match(reserved, /reserved[^]*Use admin-hq</);
    assert.match(upper, /Use lowercase letters\.[^]*Use globex</);
  });

  await t.step("while an address is short or empty, the rule shows", async () => {
    for (const subdomain of ["", "a"]) {
      assert.match(await ask({ subdomain, company_name: " " }), /Lowercase letters, digits and hyphens\./);
    }
  });

  await t.step("S27 names and addresses are shown as text", async () => {
    const answer = await ask({ subdomain: `<img src=x onerror="alert(1)">`, company_name: "<script>" });

    assert.doesNotMatch(answer, /<img|<script/);
  });

  await t.step("all errors of a sign-up show at once, each named for its field", async () => {
    const page = await signUp(world, {
      company_name: "",
      subdomain: "acme",
      name: " ",
      email: "ada@",
      password: "password1234",
    });

    assert.equal(page.status, 422);
    assert.match(errorOf(page, "company-name"), /^Enter your company name\.$/);
    assert.match(errorOf(page, "subdomain"), /^This address is taken\. Try acme-2\.$/);
    assert.match(errorOf(page, "name"), /^Enter your name\.$/);
    assert.match(errorOf(page, "email"), /^Enter a full email address, like ada@company\.com\.$/);
    assert.match(errorOf(page, "password"), /^This password is too common\. Choose a different one\.$/);
    for (const hint of ["subdomain-hint", "password-hint"]) assert.doesNotMatch(page.text, new RegExp(hint));
  });

  await t.step("an empty form says for each field what to enter", async () => {
    const page = await signUp(world, { company_name: "", subdomain: "", name: "", email: "", password: "" });

    assert.deepEqual(
      ["company-name", "subdomain", "name", "email", "password"].map((id) => errorOf(page, id)),
      [
        "Enter your company name.",
        "Enter a workspace address.",
        "Enter your name.",
        "Enter an email address.",
        "Enter a password.",
      ],
    );
  });

  await t.step("without JavaScript, an empty address comes back filled in", async () => {
    const fields = { company_name: "Łódź Outdoor", subdomain: "", name: "Ada", email: "ada@lodz.example" };

    const page = await signUp(world, { ...fields, password: PASSWORD });

    assert.equal(page.status, 422);
    assert.match(page.text, /id="subdomain"[^>]*value="lodz-outdoor"/);
    assert.match(errorOf(page, "subdomain"), /We made it from your company name/);
    const again = await signUp(world, { ...fields, subdomain: "lodz-outdoor", password: PASSWORD });
    assert.equal(again.url, `http://${world.host("lodz-outdoor")}/dashboard`);
  });

  await t.step("a new workspace for a person with an account shows all errors at once, too", async () => {
    const browser = await world.signedInBrowser("owner@acme.example");

    const page = await browser.post(`http://${world.host()}/workspaces/new`, {
      company_name: "",
      subdomain: "acme",
    });

    assert.equal(page.status, 422);
    assert.match(errorOf(page, "company-name"), /Enter your company name/);
    assert.match(errorOf(page, "subdomain"), /This address is taken\. Try acme-2\./);
  });

  await t.step("a known address is explained with a link to sign in, and nothing is created", async () => {
    const before = await world.countAll();

    const page = await signUp(world, {
      company_name: "Second",
      subdomain: "second",
      name: "Ada",
      email: "owner@acme.example",
      password: "another password here",
    });

    assert.equal(errorOf(page, "email"), "You already have an account. Sign in to create another workspace.");
    assert.match(page.text, /href="\/login\?next=\/workspaces\/new"/);
    assert.deepEqual(await world.countAll(), before);
  });
});

function signUp(world: World, fields: Record<string, string>): Promise<Page> {
  return world.browser().post(`http://${world.host()}/signup`, fields);
}

function errorOf({ text }: Page, id: string): string {
  return new RegExp(`id="${id}-error"[^>]*>([^<]*)<`).exec(text)?.[1] ?? "";
}
