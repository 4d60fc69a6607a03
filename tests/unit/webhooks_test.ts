import fc from "fast-check";
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { FEATURES } from "../../src/feature_list.ts";
import { DAY, HOUR, MINUTE, SECOND, systemClock } from "../../src/platform/clock.ts";
import { isPublicAddress } from "../../src/platform/public_address.ts";
import { matches, normalizeFilter } from "../../src/webhooks/event_filter.ts";
import { headerProblem, parseHeaderLines } from "../../src/webhooks/request_headers.ts";
import { MAX_ATTEMPTS, nextPause, readRetryAfter } from "../../src/webhooks/retry_schedule.ts";
import { ATTEMPT_TIME, MAX_RESPONSE_BYTES } from "../../src/webhooks/send.ts";
import { newSecret, sign } from "../../src/webhooks/signature.ts";
import { resolveTarget } from "../../src/webhooks/target.ts";

/** Protects: when webhooks are retried, what signs them, which events they carry, and that they reach the internet only. */

const NOW = new Date("2026-03-02T09:00:00Z");

Deno.test("ten attempts follow the schedule of Standard Webhooks, each up to a tenth later", () => {
  const pauses = (random: number) =>
    Array.from(
      { length: MAX_ATTEMPTS },
      (_, index) => nextPause(index + 1, { now: NOW, random: () => random }),
    );

  assert.deepEqual(pauses(0), [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
    null,
  ]);
  assert.deepEqual(pauses(1).slice(0, 2), [5.5 * SECOND, 5.5 * MINUTE]);
});

Deno.test("S68 Retry-After prolongs a pause, up to a day; nonsense and the past change nothing", () => {
  const pauseFor = (retryAfter: string, random = 0) =>
    nextPause(1, { retryAfter, now: NOW, random: () => random });
  const inTenMinutes = new Date(NOW.getTime() + 10 * MINUTE).toUTCString();

  assert.equal(pauseFor("120"), 120 * SECOND);
  assert.equal(pauseFor(inTenMinutes), 10 * MINUTE);
  assert.deepEqual([pauseFor("9999999999"), pauseFor("9999999999", 1)], [DAY, DAY]);
  for (const nonsense of ["-5", "NaN", "0", "", "1e3", "soon", "Mon, 02 Mar 2026 08:00:00 GMT", "Infinity"]) {
    assert.equal(pauseFor(nonsense), 5 * SECOND, nonsense);
  }
  assert.equal(readRetryAfter(undefined, NOW), null);
});

Deno.test("Retry-After may have each of the three forms of a date, all in GMT, and no other", () => {
  const dates = [
    "Mon, 02 Mar 2026 09:10:00 GMT",
    "Monday, 02-Mar-26 09:10:00 GMT",
    "Mon Mar  2 09:10:00 2026",
    "Tue Mar 10 09:00:00 2026",
  ];
  const others = [
    "Monkey 2099",
    "Mon, 02 Mar 2099",
    "Mon, 02 Mar 2099 09:10:00",
    "Mon, 02 Mar 2099 09:10:00 +0100",
    "Mon Mar 2 09:10:00 2099",
    "Mon Mar  2 09:10:00 2099 GMT",
    "2099-03-02T09:10:00Z",
    "Mon, 99 Mar 2099 09:10:00 GMT",
  ];

  assert.deepEqual(dates.map((date) => readRetryAfter(date, NOW)), [
    10 * MINUTE,
    10 * MINUTE,
    10 * MINUTE,
    8 * DAY,
  ]);
  for (const other of others) assert.equal(readRetryAfter(other, NOW), null, other);
});

Deno.test("an attempt takes 15 seconds at most, and 64 KB of the response are kept", () => {
  assert.deepEqual([ATTEMPT_TIME, MAX_RESPONSE_BYTES], [15_000, 65_536]);
});

Deno.test("a signature verifies with the library of Standard Webhooks, over any body", () => {
  const timestamp = Math.floor(systemClock.now().getTime() / SECOND);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const [secret, former] = [newSecret(), newSecret()];
      const body = JSON.stringify({ text });
      const headers = {
        "webhook-id": "0198c0de-0000-7000-8000-000000000000",
        "webhook-timestamp": String(timestamp),
        "webhook-signature": sign({ id: "0198c0de-0000-7000-8000-000000000000", timestamp, body }, [
          secret,
          former,
        ]),
      };

      assert.deepEqual(new Webhook(secret).verify(body, headers), { text });
      assert.deepEqual(new Webhook(former).verify(body, headers), { text });
      assert.throws(() => new Webhook(newSecret()).verify(body, headers));
    }),
    { numRuns: 20 },
  );
});

Deno.test("a filter names events, all of a noun, or all", () => {
  assert.ok(matches(["*"], "project.created"));
  assert.ok(matches(["member.joined", "project.*"], "project.created"));
  assert.ok(!matches(["project.created"], "project.deleted"));
  assert.ok(!matches(["proj.*", "project"], "project.deleted"));
  assert.deepEqual(normalizeFilter(["project.created", "member.joined", "project.*", "member.joined"]), [
    "member.joined",
    "project.*",
  ]);
  assert.deepEqual(normalizeFilter(["project.created", "*"]), ["*"]);
});

Deno.test("the sample of every event that webhooks send fits its schema", () => {
  const sent = FEATURES.flatMap(({ events }) => events).filter(({ webhook }) => webhook);

  assert.ok(sent.length >= 8);
  for (const { name, webhook } of sent) {
    assert.deepEqual(webhook!.schema.parse(webhook!.sample), webhook!.sample, name);
    assert.match(webhook!.description, /^[A-Z].*\.$/, name);
  }
});

Deno.test("additional headers are checked, and those of the request itself can't be changed", () => {
  assert.deepEqual(parseHeaderLines("X-Key: a b\n\n Authorization:Bearer c:d \n"), {
    "X-Key": "a b",
    Authorization: "Bearer c:d",
  });
  assert.throws(() => parseHeaderLines("X-Key"));
  assert.equal(headerProblem({ "X-Key": "1", Authorization: "Bearer x" }), null);
  const wrong: [string, string][] = [
    ["Host", "evil.example"],
    ["Webhook-Signature", "v1,x"],
    ["content-length", "1"],
    ["Transfer-Encoding", "chunked"],
    ["X Key", "1"],
    ["X-Key", "a\r\nHost: b"],
    ["X-Key", "é"],
    ["X-Key", ""],
  ];
  for (const [name, value] of wrong) assert.notEqual(headerProblem({ [name]: value }), null, name);
});

const INTERNAL = [
  ...["127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ...["169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
  ...[
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "192.0.2.1",
    "203.0.113.9",
  ],
  ...[
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "fec0::1",
    "2001:db8::1",
    "64:ff9b::7f00:1",
  ],
  ...[
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "100::1",
  ],
];

Deno.test("S37 no special address counts as public, and addresses on the internet do", () => {
  for (const address of INTERNAL) assert.ok(!isPublicAddress(address), address);
  for (const text of ["", "localhost", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5"]) {
    assert.ok(!isPublicAddress(text), text);
  }
  for (const address of ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"]) {
    assert.ok(isPublicAddress(address), address);
  }
});

Deno.test("S37 a URL must be public in every form: literal, decimal, octal, hexadecimal, by name, with every address", async () => {
  const names: Record<string, string[]> = {
    "public.example": ["93.184.215.14", "2606:4700:4700::1111"],
    "private.example": ["10.0.0.7"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "mapped.example": ["::ffff:169.254.169.254"],
  };
  const rules = {
    allowLoopback: false,
    resolve: (host: string) =>
      names[host] ? Promise.resolve(names[host]) : Promise.reject(new Error("ENOTFOUND")),
  };
  const refusalOf = async (url: string) => {
    const resolution = await resolveTarget(url, rules);
    return "refused" in resolution ? resolution.refused : null;
  };

  const internal = [
    ...[
      "https://127.0.0.1/",
      "https://2130706433/",
      "https://0177.0.0.1/",
      "https://0x7f.0.0.1/",
      "https://127.1/",
    ],
    ...[
      "https://[::1]/",
      "https://[::ffff:127.0.0.1]/",
      "https://[::ffff:7f00:1]/",
      "https://169.254.169.254/latest",
    ],
    ...[
      "https://localhost/",
      "https://LOCALHOST./",
      "https://db.internal/",
      "https://printer.local/",
      "https://0/",
    ],
    ...["https://private.example/", "https://mixed.example/", "https://mapped.example/", "http://10.0.0.1/"],
    ...["https://１２７.0.0.1/", "https://acme.localhost/"],
  ];
  for (const url of internal) assert.equal(await refusalOf(url), "address_not_public", url);
  assert.equal(await refusalOf("http://public.example/"), "https_required");
  assert.equal(await refusalOf("https://user:password@public.example/"), "credentials_in_url");
  for (
    const url of ["ftp://public.example/", "file:///etc/passwd", "javascript:1", "public.example", "https://"]
  ) {
    assert.equal(await refusalOf(url), "url_invalid", url);
  }
  assert.equal(await refusalOf("https://unknown.example/"), "name_not_found");
  assert.deepEqual(await resolveTarget("https://public.example/hooks", rules), {
    target: { url: new URL("https://public.example/hooks"), address: "93.184.215.14", isLiteral: false },
  });
});
