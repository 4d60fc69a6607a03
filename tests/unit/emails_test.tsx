// What the messages promise: they hold what their reader needs in HTML and in text, show what people typed as text,
// link to the web only, and read well where style sheets and images are dropped.
import assert from "node:assert/strict";
import type { EmailMessages, MessageName } from "../../src/email/messages.ts";
import { oneLine, singleLine } from "../../src/platform/text.ts";
import { accentOf, contrast, DARK, LIGHT } from "../../views/emails/palette.ts";
import { renderEmail } from "../../views/emails/render.tsx";
import { MESSAGE_NAMES, SAMPLE_PROPS, sampleOptions } from "../../views/emails/samples.ts";

const MAX_HTML_BYTES = 100_000; // Gmail clips a message at 102 KB
const AA_CONTRAST = 4.5;
const MARKUP = `"><img src=x onerror=alert(1)><script>alert(1)</script>`;
const NO_WEB_ADDRESSES = [
  "javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,x",
  "/relative",
  "",
];
const TOKEN_MESSAGES = [
  "verify_address",
  "reset_password",
  "magic_link",
  "invitation",
  "export_ready",
] as const;

const ESSENTIAL: { [Name in MessageName]: string[] } = {
  welcome: ["Ada Lovelace", "Acme Instruments"],
  sign_up_code: ["492817", "15 minutes"],
  verify_address: ["Denizen", "24 hours"],
  reset_password: ["Ada Lovelace", "30 minutes", "203.0.113.24", "Firefox on Linux"],
  magic_link: ["ada@acme.example", "15 minutes", "203.0.113.24"],
  invitation: ["Ada Lovelace", "Acme Instruments", "member", "7 days"],
  new_sign_in: ["12 November 2026 at 08:41 UTC", "203.0.113.24", "Firefox on Linux"],
  receipt: ["DNZ-2026-00417", "$29.00", "$12.00", "$41.00", "1 November 2026", "Visa ending in 4242"],
  payment_failed: ["$41.00", "The card has expired", "4 December 2026", "15 December 2026"],
  trial_ending: ["15 November 2026", "$29.00 a month", "Starter"],
  usage_near_limit: ["8,412", "10,000", "84%", "1 December 2026"],
  usage_limit_reached: ["10,000", "1 December 2026"],
  monthly_report: ["October 2026", "$12,840", "$11,465", "+12%", "7,387", "highest on 28 October with 366"],
  export_ready: ["48.2 MB", "19 November 2026 at 09:30 UTC"],
  deletion_scheduled: ["Grace Hopper", "24 December 2026"],
};

function renderSample<Name extends MessageName>(name: Name, changes: Partial<EmailMessages[Name]> = {}) {
  return renderEmail(name, { ...SAMPLE_PROPS[name], ...changes }, sampleOptions(name));
}

/** The sample with each of its texts, at any depth, replaced. */
function replaceTexts(value: unknown, replace: (text: string, key: string) => string, key = ""): unknown {
  if (typeof value === "string") return replace(value, key);
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, replace, key));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, replaceTexts(part, replace, name)]),
  );
}

const isName = (key: string) =>
  /name|inviter|requested|browser|role|reason|metric|description|label/i.test(key);

const isUrl = (key: string) => /url$/i.test(key);

function linksOf(name: MessageName): string[] {
  return Object.entries(SAMPLE_PROPS[name]).filter(([key]) => isUrl(key)).map(([, url]) => String(url));
}

for (const name of MESSAGE_NAMES) {
  Deno.test(`${name} tells its facts and links in HTML and in text`, async () => {
    const { subject, html, text } = await renderSample(name);

    const flowed = text.replaceAll(/\s+/g, " ");
    for (const fact of [...ESSENTIAL[name], ...linksOf(name)]) {
      assert.ok(html.includes(fact), `${fact} in HTML`);
      assert.ok(flowed.includes(fact), `${fact} in text`);
    }
    assert.equal(linksOf(name).length > 0, name !== "sign_up_code");
    assert.doesNotMatch(subject + html + text, /undefined|NaN|\[object|Invalid Date|null/);
    assert.ok(html.includes(`<title>${subject.replaceAll("'", "&#39;")}</title>`));
  });

  Deno.test(`${name} is laid out by tables with inlined styles, and loads nothing`, async () => {
    const { html } = await renderSample(name);

    assert.match(html, /^<!DOCTYPE html><html lang="en" dir="ltr"/);
    assert.match(html, /<meta name="color-scheme" content="light dark"/);
    assert.match(html, /@media \(prefers-color-scheme:dark\)/);
    assert.match(html, /\[data-ogsc\] \.ink/);
    assert.match(html, /max-width:600px/);
    assert.doesNotMatch(html, /<script|<link|@import|<svg|<img|url\(|<form|\son[a-z]+=|display:(flex|grid)/i);
    for (const [tag] of html.matchAll(/<(?:p|h1|a|td|th|body)(?=[\s>])[^>]*class=[^>]*>/g)) {
      assert.match(tag, / style="/, tag);
    }
    for (const [tag] of html.matchAll(/<table[^>]*>/g)) {
      assert.match(tag, /role="presentation"|class="facts"/, tag);
    }
    assert.ok(new TextEncoder().encode(html).length < MAX_HTML_BYTES);
  });

  Deno.test(`S27 ${name} shows what people typed as text`, async () => {
    const props = replaceTexts(SAMPLE_PROPS[name], (text, key) => isName(key) ? MARKUP : text);
    const options = sampleOptions(name);
    const brand = { ...options.brand, name: MARKUP };

    const { html } = await renderEmail(name, props as EmailMessages[typeof name], { ...options, brand });

    assert.doesNotMatch(html, /<script|<img/);
    assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
  });

  Deno.test(`S27 ${name} links to http and https alone`, async () => {
    const urlKeys = Object.keys(SAMPLE_PROPS[name]).filter(isUrl);
    for (const urlKey of urlKeys) {
      for (const url of NO_WEB_ADDRESSES) {
        const props = replaceTexts(SAMPLE_PROPS[name], (text, key) => key === urlKey ? url : text);

        await assert.rejects(
          () => renderEmail(name, props as EmailMessages[typeof name], sampleOptions(name)),
          /http and https only/,
          `${urlKey} ${url}`,
        );
      }
    }
  });

  Deno.test(`S32 the subject of ${name} stays one line, whatever names hold`, async () => {
    const attack = "Eve\r\nBcc: all@acme.example\u0000\u0085\u2028\u202e\tx";
    const props = replaceTexts(SAMPLE_PROPS[name], (text, key) => isName(key) ? attack : text);
    const options = sampleOptions(name);
    const brand = { ...options.brand, name: attack };

    const { subject } = await renderEmail(name, props as EmailMessages[typeof name], { ...options, brand });

    assert.doesNotMatch(subject, /[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
    assert.ok(subject.length > 5);
  });
}

Deno.test("S32 what can turn or break a line is refused in names, and taken out of headers and subjects alike", async () => {
  const names = Array.from({ length: 0x3000 }, (_, code) => `a${String.fromCharCode(code)}b`);
  const unfit = names.filter((name) => oneLine(name) === "a b" && name !== "a b");

  const refused = names.filter((name) => !singleLine(5, "Enter a name.").safeParse(name).success);
  const { subject } = await renderSample("welcome", {
    workspace: { ...SAMPLE_PROPS.welcome.workspace!, name: names.join("") },
  });

  assert.equal(unfit.length, 65 + 2 + 5 + 4);
  assert.deepEqual(refused, unfit);
  assert.equal(subject, oneLine(`${names.join("")} is ready`).replaceAll(/ {2,}/g, " "));
});

for (const name of TOKEN_MESSAGES) {
  Deno.test(`${name} shows its link for copying as well, once in the text`, async () => {
    const { html, text } = await renderSample(name);

    const { url } = SAMPLE_PROPS[name];
    assert.ok(html.includes(`>${url}</a>`));
    assert.equal(text.split(url).length, 2);
  });
}

Deno.test("a brand's logo is the one image, and its name stands where images are blocked", async () => {
  const options = sampleOptions("welcome");
  const brand = { ...options.brand, logoUrl: "https://acme.denizen.example/logo.png" };

  const { html, text } = await renderEmail("welcome", SAMPLE_PROPS.welcome, { ...options, brand });

  assert.equal(html.match(/<img/g)?.length, 1);
  assert.match(html, /<img[^>]*src="https:\/\/acme\.denizen\.example\/logo\.png"[^>]*alt="Denizen"/);
  assert.doesNotMatch(text, /logo/);
});

Deno.test("S27 the brand and the footer link to http and https alone", async () => {
  const { brand, footer } = sampleOptions("monthly_report");
  const url = NO_WEB_ADDRESSES[0]!;
  const wrong = [
    { footer, brand: { ...brand, url } },
    { footer, brand: { ...brand, logoUrl: url } },
    { brand, footer: { ...footer, unsubscribeUrl: url } },
    { brand, footer: { ...footer, preferencesUrl: url } },
  ];

  for (const options of wrong) {
    await assert.rejects(
      () => renderEmail("monthly_report", SAMPLE_PROPS.monthly_report, options),
      /http and https only/,
    );
  }
});

Deno.test("whatever a brand's color, the button and the links can be read, on light and on dark", () => {
  for (const color of ["#ffffff", "#000000", "#facc15", "#ff0000", "#777777", "#0b6b58", "#141717"]) {
    const { fill, onFill, light, dark } = accentOf(color);

    assert.ok(contrast(fill, onFill) >= AA_CONTRAST, color);
    assert.ok(contrast(light.text, LIGHT.surface) >= AA_CONTRAST, color);
    assert.ok(contrast(dark.text, DARK.surface) >= AA_CONTRAST, color);
    assert.ok(contrast(light.edge, LIGHT.surface) >= 1.5 && contrast(dark.edge, DARK.surface) >= 1.5, color);
  }
});

Deno.test("a brand's color that isn't #rrggbb is refused, as it stands among styles", async () => {
  const options = sampleOptions("welcome");
  for (const color of ["red", "#fff", "#0b6b58;background:url(//evil)", "}</style><script>"]) {
    const brand = { ...options.brand, color };

    await assert.rejects(
      () => renderEmail("welcome", SAMPLE_PROPS.welcome, { ...options, brand }),
      /#rrggbb/,
    );
  }
});

Deno.test("what wasn't counted is told as such, and not as nothing", async () => {
  const figures = [{ label: "API calls", value: null, previous: 400 }];
  const daily = [{ day: "2026-10-01", value: null }, { day: "2026-10-02", value: 7 }];

  const { text, html } = await renderSample("monthly_report", { figures, daily });
  const none = await renderSample("monthly_report", { figures, daily: daily.slice(0, 1) });

  assert.match(text, /API calls +400 +– +–/);
  assert.match(text.replaceAll(/\s+/g, " "), /highest on 2 October with 7, lowest on 2 October with 7/);
  assert.match(html, /API calls: –/);
  assert.doesNotMatch(none.text, /a day:/);
});

Deno.test("a month whose last day was not measured says which figures are older, or missing", async () => {
  const labels = ["People", "Projects", "Storage"];

  const older = await renderSample("monthly_report", { gap: { labels, lastMeasured: "2026-10-14" } });
  const missing = await renderSample("monthly_report", { gap: { labels, lastMeasured: null } });

  const [olderText, missingText] = [older, missing].map(({ text }) => text.replaceAll(/\s+/g, " "));
  assert.match(
    olderText!,
    /People, Projects, and Storage were last measured on 14 October\. There are no later/,
  );
  assert.match(missingText!, /People, Projects, and Storage were not measured this month\./);
});

Deno.test("a month without a value a day has no chart, and one of zeros no broken one", async () => {
  const none = await renderSample("monthly_report", { daily: [] });
  const zeros = await renderSample("monthly_report", { daily: [{ day: "2026-10-01", value: 0 }] });

  assert.doesNotMatch(none.text, /a day:/);
  assert.doesNotMatch(zeros.html, /NaN|Infinity/);
});
