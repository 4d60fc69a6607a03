// Protects: a workspace's sending domain is its own, and says exactly which records are missing.
import assert from "node:assert/strict";
import { Zone } from "../support/sending_domains.ts";
import { type Company, World } from "../support/world.ts";

const RETURN = {
  EMAIL_RETURN_HOST: "bounces.denizen.example",
  EMAIL_WEBHOOK_SECRET: `whsec_${btoa("twenty-four bytes or more")}`,
};
type Sent = {
  purpose: string;
  type: "TXT" | "MX";
  name: string;
  value: string;
  state: string;
  found: string[];
};

async function open(variables: Record<string, string> = RETURN) {
  const world = await World.open(variables);
  const zone = Zone.of(world);
  const acme = await world.company("acme", "Acme");
  const call = await callerOf(world, acme);
  return { world, zone, acme, call, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

async function callerOf(world: World, company: Company, email?: string) {
  const token = await world.token(company, email);
  return (method: string, path = "", body?: unknown) =>
    world.api(method, `/sending-domain${path}`, { token, ...(body ? { body } : {}) });
}

const statesOf = (records: Sent[]) =>
  Object.fromEntries(records.map(({ purpose, state }) => [purpose, state]));

Deno.test("200: a domain is set, verified once DNS has its key, and then From is the workspace's own", async () => {
  await using scene = await open();
  const { call, zone } = scene;

  const set = await call("PUT", "", { domain: "Acme.Example", sender: "Hello" });
  const unfound = await call("POST", "/verify");
  zone.create(set.json.records);
  const verified = await call("POST", "/verify");
  const got = await call("GET");

  assert.deepEqual([set.status, set.json.domain, set.json.sender, set.json.status, set.json.checked_at], [
    200,
    "acme.example",
    "hello",
    "pending",
    null,
  ]);
  assert.equal(set.json.from.name, "Acme via Denizen");
  assert.deepEqual([unfound.json.status, statesOf(unfound.json.records)], [
    "pending",
    { dkim: "missing", mx: "missing", spf: "missing", dmarc: "missing" },
  ]);
  assert.deepEqual([verified.json.status, statesOf(verified.json.records)], [
    "verified",
    { dkim: "found", mx: "found", spf: "found", dmarc: "found" },
  ]);
  assert.deepEqual(verified.json.from, { name: "Acme", address: "hello@acme.example" });
  assert.equal(verified.json.verified_at, "2026-03-02T09:00:00.000Z");
  assert.deepEqual(got.json, verified.json);
});

Deno.test("200: the records are a 2048-bit key under a random name, and hosts of this installation", async () => {
  await using scene = await open();

  const { json } = await scene.call("PUT", "", { domain: "acme.example" });
  const [dkim, mx, spf, dmarc] = json.records as Sent[];

  assert.match(dkim!.name, /^d[a-z2-7]{16}\._domainkey\.acme\.example$/);
  assert.match(dkim!.value, /^v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{392}$/);
  assert.deepEqual([mx!.type, mx!.name, mx!.value], [
    "MX",
    "bounces.acme.example",
    "10 bounces.denizen.example",
  ]);
  assert.equal(spf!.value, "v=spf1 include:bounces.denizen.example ~all");
  assert.deepEqual([dmarc!.name, dmarc!.value], ["_dmarc.acme.example", "v=DMARC1; p=none"]);
  assert.equal(json.sender, "news");
});

Deno.test("200: an installation that receives no bounces asks for no records about them", async () => {
  await using scene = await open({});

  const { json } = await scene.call("PUT", "", { domain: "acme.example" });

  assert.deepEqual(Object.keys(statesOf(json.records)), ["dkim", "dmarc"]);
});

Deno.test("200: a record that differs is shown as it was found, and others at the name don't matter", async () => {
  await using scene = await open();
  const { call, zone } = scene;
  const { json } = await call("PUT", "", { domain: "mail.acme.example" });
  const [dkim] = json.records as Sent[];
  zone.set("TXT", dkim!.name, "v=DKIM1; k=rsa; p=AAAA");
  zone.set("MX", "bounces.mail.acme.example", "10 BOUNCES.denizen.example.", "20 other.example");
  zone.set(
    "TXT",
    "bounces.mail.acme.example",
    "proof=1",
    "v=spf1 ip4:192.0.2.1 include:bounces.denizen.example -all",
  );
  zone.set("TXT", "_dmarc.mail.acme.example", "v=DMARC1; p=none", "v=DMARC1; p=reject");

  const { json: checked } = await call("POST", "/verify");

  assert.deepEqual(statesOf(checked.records), {
    dkim: "different",
    mx: "different",
    spf: "found",
    dmarc: "different",
  });
  assert.deepEqual((checked.records as Sent[])[0]!.found, ["v=DKIM1; k=rsa; p=AAAA"]);
  assert.equal(checked.status, "pending");
});

Deno.test("200: the key counts however DNS spaces it, and the policy of the registered domain counts for its parts", async () => {
  await using scene = await open();
  const { call, zone } = scene;
  const { json } = await call("PUT", "", { domain: "mail.acme.co.uk" });
  const [dkim] = json.records as Sent[];
  zone.set("TXT", dkim!.name, dkim!.value.replace("; k=rsa", "").replace(/(.{100})$/, " $1"));
  zone.set("TXT", "_dmarc.acme.co.uk", "v=DMARC1; sp=none; p=reject; rua=mailto:x@acme.co.uk");

  const { json: checked } = await call("POST", "/verify");

  assert.deepEqual([checked.status, statesOf(checked.records).dmarc], ["verified", "found"]);
});

Deno.test("200: another sender keeps the key and the status, and another domain gets a new key", async () => {
  await using scene = await open();
  const { call, zone } = scene;
  const { json: first } = await call("PUT", "", { domain: "acme.example" });
  zone.create(first.records);
  await call("POST", "/verify");

  const { json: renamed } = await call("PUT", "", { domain: "acme.example", sender: "team" });
  const { json: moved } = await call("PUT", "", { domain: "acme.test" });

  assert.deepEqual([renamed.status, renamed.from.address], ["verified", "team@acme.example"]);
  assert.deepEqual(renamed.records[0].value, first.records[0].value);
  assert.deepEqual([moved.status, moved.verified_at, moved.from.name], ["pending", null, "Acme via Denizen"]);
  assert.notEqual(moved.records[0].value, first.records[0].value);
});

Deno.test("200: a domain in another script is stored in ASCII, and a pasted website or address is understood", async () => {
  await using scene = await open();

  for (
    const [typed, domain] of [
      ["bücher.example", "xn--bcher-kva.example"],
      ["  https://Acme.example/start?x=1 ", "acme.example"],
      ["hello@acme.example.", "acme.example"],
    ]
  ) {
    const { status, json } = await scene.call("PUT", "", { domain: typed });
    assert.deepEqual([status, json.domain], [200, domain], typed);
  }
});

Deno.test("204, 404: a removed domain is gone with its key, and there is none to read, check or remove", async () => {
  await using scene = await open();
  const { call, zone } = scene;
  const { json: first } = await call("PUT", "", { domain: "acme.example" });
  zone.create(first.records);
  await call("POST", "/verify");

  const removed = await call("DELETE");
  const statuses = [await call("GET"), await call("DELETE"), await call("POST", "/verify")].map((
    { status },
  ) => status);
  const { json: again } = await call("PUT", "", { domain: "acme.example" });
  const { json: checked } = await call("POST", "/verify");

  assert.equal(removed.status, 204);
  assert.deepEqual(statuses, [404, 404, 404]);
  assert.notEqual(again.records[0].name, first.records[0].name);
  assert.equal(checked.status, "pending", "the former record proves nothing");
});

Deno.test("403: it needs campaigns:manage, and a plan with campaigns", async () => {
  await using scene = await open();
  const { world, acme } = scene;
  await world.member(acme, "mei@acme.example", "member");
  const small = await world.company("small", "Small", undefined, "starter");
  const [member, starter] = [await callerOf(world, acme, "mei@acme.example"), await callerOf(world, small)];
  const body = { domain: "acme.example" };

  assert.deepEqual(
    [
      await member("GET"),
      await member("PUT", "", body),
      await member("DELETE"),
      await member("POST", "/verify"),
    ]
      .map(({ status }) => status),
    [403, 403, 403, 403],
  );
  const refused = await starter("PUT", "", body);
  assert.deepEqual([refused.status, refused.json.type.split("/").at(-1)], [403, "feature-not-in-plan"]);
});

Deno.test("422: a domain that is malformed, everyone's, or the product's own is refused", async () => {
  await using scene = await open({ ...RETURN, EMAIL_FROM: "Denizen <no-reply@mail.denizen.example>" });
  const refused: [string, RegExp][] = [
    ["", /Enter a domain/],
    ["acme", /Enter a domain/],
    ["192.0.2.1", /Enter a domain/],
    ["-acme.example", /Enter a domain/],
    ["acme..example", /Enter a domain/],
    [`${"a.".repeat(120)}example`, /Enter a domain/],
    ["acme.example\r\nx", /Enter a domain/],
    ["co.uk", /Everyone registers names under co\.uk/],
    ["github.io", /Everyone registers names/],
    ["com", /Enter a domain/],
    ["gmail.com", /Anyone can get an address at gmail\.com/],
    ["news.yahoo.co.uk", /Anyone can get an address at yahoo\.co\.uk/],
    ["mail.denizen.example", /is ours/],
    ["denizen.example", /is ours/],
    ["x.bounces.denizen.example", /is ours/],
  ];

  for (const [domain, message] of refused) {
    const { status, json } = await scene.call("PUT", "", { domain });
    assert.equal(status, 422, domain);
    assert.match(json.errors[0].message, message, domain);
  }
  for (const sender of ["", "a b", "a@b", "ä", "a..b", "x".repeat(41), "a\r\nb"]) {
    assert.equal((await scene.call("PUT", "", { domain: "acme.example", sender })).status, 422, sender);
  }
});

Deno.test("429, 503: checks are limited, and DNS that doesn't answer changes nothing", async () => {
  await using scene = await open();
  const { call, zone } = scene;
  const { json } = await call("PUT", "", { domain: "acme.example" });
  zone.create(json.records);
  await call("POST", "/verify");
  zone.isUp = false;

  const down = await call("POST", "/verify");
  const still = await call("GET");
  for (let checks = 2; checks < 30; checks++) await call("POST", "/verify");
  const limited = await call("POST", "/verify");

  assert.deepEqual([down.status, down.headers["retry-after"]], [503, "60"]);
  assert.equal(still.json.status, "verified");
  assert.equal(limited.status, 429);
  assert.deepEqual(limited.json["violated-policies"], ["sending_domain_checks"]);
  assert.match(
    String(limited.headers["ratelimit-policy"]),
    /^"plan";q=\d+;w=60, "sending_domain_checks";q=30;w=3600$/,
  );
  const wait = limited.headers["retry-after"];
  assert.match(String(limited.headers["ratelimit"]), new RegExp(`, "sending_domain_checks";r=0;t=${wait}$`));
});
