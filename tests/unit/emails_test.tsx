import assert from "node:assert/strict";
import { INVITATION } from "../../src/access/emails.ts";
import { MONTHLY_REPORT } from "../../src/analytics/emails.ts";
import type { Metric } from "../../src/analytics/daily_metrics.ts";
import type { Email } from "../../src/email/email.ts";
import { renderSample, sampleFrame } from "../../src/email/sample.ts";
import { ACCOUNT_DELETED, RESET_PASSWORD, SIGN_UP_CODE, VERIFY_ADDRESS } from "../../src/identity/emails.ts";
import { FACTOR_CODE } from "../../src/identity/factor_emails.ts";
import { problem } from "../../src/platform/problem.ts";
import { oneLine, singleLine } from "../../src/platform/text.ts";
import { WELCOME } from "../../src/tenancy/emails.ts";
import { PSEUDO_LOCALE } from "../../views/locale.ts";
import { accentOf, contrast, DARK, LIGHT } from "../../views/emails/palette.ts";
import { renderEmail } from "../../views/emails/render.tsx";
import { EMAILS } from "../support/emails.ts";

const NAME_MISSING = problem("test_email_name_missing", "Enter a name.");

/**
 * Protects: emails state their facts in HTML and in text, escape text that people typed, link only to web pages, and stay
 * readable without style sheets and images.
 */

const MAX_HTML_BYTES = 100_000; // Gmail clips an email at 102 KB
const AA_CONTRAST = 4.5;
const MARKUP = `"><img src=x onerror=alert(1)><script>alert(1)</script>`;
const NOT_WEB_ADDRESSES = [
  "javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,x",
  "/relative",
  "",
];
/** Signs of an unfinished or broken text. */
const PLACEHOLDER = /undefined|NaN|\[object|Invalid Date|null|TODO|lorem|\{\{|\$\{/i;

/** A text in the pseudo-language. */
const BRACKETS = /\[[^[\]]*\]/;

/** Facts that a reader must find in the email. */
const ESSENTIAL: Record<string, string[]> = {
  welcome: ["Ada Lovelace", "Acme Instruments"],
  sign_up_code: ["492817", "15 minutes"],
  verify_address: ["Denizen", "24 hours"],
  password_changed: ["Ada Lovelace", "203.0.113.24", "Firefox on Linux"],
  reset_password: ["Ada Lovelace", "90 minutes", "203.0.113.24", "Firefox on Linux"],
  factor_code: ["731946", "10 minutes"],
  factor_added: ["Ada Lovelace", "Authenticator app", "203.0.113.24", "Firefox on Linux"],
  identity_connected: ["Ada Lovelace", "Google", "ada@gmail.example", "203.0.113.24", "Firefox on Linux"],
  identity_disconnected: ["Ada Lovelace", "Google", "ada@gmail.example", "203.0.113.24", "Firefox on Linux"],
  factor_removed: ["Ada Lovelace", "Authenticator app", "203.0.113.24", "Firefox on Linux"],
  invitation: ["Ada Lovelace", "Acme Instruments", "member", "7 days"],
  team_invitation: ["Ada Lovelace", "Acme Instruments", "member", "December 24, 2026"],
  ownership_offer: ["Ada Lovelace", "Acme Instruments", "December 24, 2026"],
  list_confirmation: ["Acme Instruments", "Newsletter"],
  notification: ["Acme Instruments", "Ben Alvarez joined"],
  notification_digest: ["Acme Instruments", "Ben Alvarez joined"],
  monthly_report: ["October 2026", "148", "132", "+12%", "7,387", "highest on October 28 (366)"],
  sign_in_link: ["Ada Lovelace", "492817", "15 minutes", "203.0.113.24", "Firefox on Linux"],
  confirm_new_email: ["Denizen", "24 hours"],
  email_changed: ["Ada Lovelace", "ada@new.example", "203.0.113.24", "Firefox on Linux"],
  new_device: ["Ada Lovelace", "203.0.113.24", "Firefox on Linux"],
  account_deleted: ["Denizen"],
  support_used: [
    "Acme Instruments",
    "Grace Hopper",
    "Ada Lovelace",
    "The project list is empty since this morning.",
  ],
  webhook_failing: ["Acme Instruments", "hooks.acme.example", "ten times in three days"],
  webhook_disabled: ["Acme Instruments", "hooks.acme.example", "410 Gone", "30 days"],
  billing_receipt: ["Acme Instruments", "$29.00", "INV-0042", "Team"],
  billing_refund: ["Acme Instruments", "$29.00", "INV-0042"],
  billing_action_required: ["Acme Instruments", "$29.00", "INV-0042"],
  billing_payment_failed: ["Acme Instruments", "$29.00", "The card was declined."],
  billing_last_payment_failed: ["Acme Instruments", "$29.00", "INV-0042", "The card was declined."],
  billing_read_only: ["Acme Instruments", "$29.00", "Nothing was deleted"],
  billing_trial_ending: ["Acme Instruments", "3 days", "December 24, 2026", "Team"],
  billing_trial_ended: ["Acme Instruments", "Starter", "Team"],
  billing_canceled: ["Acme Instruments", "Starter", "Team"],
  billing_limit_near: ["Acme Instruments", "80%", "compute minutes", "Team"],
  billing_limit_reached: ["Acme Instruments", "compute minutes", "Team"],
  billing_card_expiring: ["Acme Instruments", "4242", "Team"],
  deletion_scheduled: ["Grace Hopper", "December 24, 2026"],
};

/** The sample with each of its texts, at any depth, replaced. */
function replaceTexts(value: unknown, replace: (text: string, key: string) => string, key = ""): unknown {
  if (typeof value === "string") return replace(value, key);
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, replace, key));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, replaceTexts(part, replace, name)]),
  );
}

const isName = (key: string) => /name|inviter|requested|browser|system|role|reason|description/i.test(key);

const isUrl = (key: string) => /url$/i.test(key);

function linksOf({ sample }: Email): string[] {
  return Object.entries(sample).filter(([key]) => isUrl(key)).map(([, url]) => String(url));
}

Deno.test("every email has its own name, its own job, and facts for these tests to check", () => {
  const names = EMAILS.map(({ name }) => name);

  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted());
  assert.deepEqual(EMAILS.map(({ job }) => job.name), names.map((name) => `email.${name}`));
  assert.deepEqual(Object.keys(ESSENTIAL).toSorted(), names.toSorted());
});

Deno.test("a category has one name, one label and one hint, whichever emails have it", () => {
  const categories = new Set(EMAILS.flatMap(({ category }) => category ?? []));

  for (const { name, label, hint } of categories) {
    assert.match(name, /^[a-z_]+$/);
    assert.match(label.english, /^[A-Z][^.]+$/);
    assert.match(hint.english, /^[A-Z].+\.$/);
  }
  assert.equal(new Set([...categories].map(({ name }) => name)).size, categories.size);
});

for (const email of EMAILS) {
  Deno.test(`${email.name} has its texts in the catalog, and is sent in its reader's language`, async () => {
    const frame = sampleFrame(email, PSEUDO_LOCALE);

    const { subject, html, text } = await renderEmail(email, email.sample, frame);

    assert.match(html, /<html lang="ar-XB"/);
    assert.match(subject, /^\[.*\]$/);
    let outside = text.replaceAll(/https?:\S+/g, "").replaceAll(frame.brand.name, "");
    while (BRACKETS.test(outside)) outside = outside.replaceAll(new RegExp(BRACKETS, "g"), "");
    assert.doesNotMatch(outside, /[a-z]{4}/i);
  });
}

Deno.test("no tenant's transaction may enqueue an email", () => {
  assert.deepEqual(EMAILS.filter(({ job }) => job.byTenants), []);
});

for (const email of EMAILS) {
  const { name } = email;
  Deno.test(`${name} states its facts and links in HTML and in text`, async () => {
    const { subject, html, text } = await renderSample(email);

    const flowed = text.replaceAll(/\s+/g, " ");
    for (const fact of [...ESSENTIAL[name]!, ...linksOf(email)]) {
      assert.ok(html.includes(fact), `${fact} in HTML`);
      assert.ok(flowed.includes(fact), `${fact} in text`);
    }
    assert.equal(linksOf(email).length > 0, ![SIGN_UP_CODE, FACTOR_CODE, ACCOUNT_DELETED].includes(email));
    assert.match(subject, /^[^\p{Cc}]{5,80}$/u);
    assert.doesNotMatch(subject + html + text, PLACEHOLDER);
    assert.ok(html.includes(`<title>${subject.replaceAll("'", "&#39;")}</title>`));
  });

  Deno.test(`${name} is laid out with tables and inline styles, and loads nothing`, async () => {
    const { html } = await renderSample(email);

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
      assert.match(tag, /role="presentation"|class="figures"/, tag);
    }
    assert.ok(new TextEncoder().encode(html).length < MAX_HTML_BYTES);
  });

  Deno.test(`S27 ${name} shows what people typed as text`, async () => {
    const data = replaceTexts(email.sample, (text, key) => isName(key) ? MARKUP : text);
    const { brand, footer } = sampleFrame(email);

    const { html } = await renderEmail(email, data, { footer, brand: { ...brand, name: MARKUP } });

    assert.doesNotMatch(html, /<script|<img/);
    assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
  });

  Deno.test(`S27 ${name} links to http and https only`, async () => {
    const urlKeys = Object.keys(email.sample).filter(isUrl);
    for (const urlKey of urlKeys) {
      for (const url of NOT_WEB_ADDRESSES) {
        const data = replaceTexts(email.sample, (text, key) => key === urlKey ? url : text);

        await assert.rejects(
          () => renderEmail(email, data, sampleFrame(email)),
          /http and https only/,
          `${urlKey} ${url}`,
        );
      }
    }
  });

  Deno.test(`S32 the subject of ${name} stays on one line, whatever the names contain`, async () => {
    const attack = "Eve\r\nBcc: all@acme.example\u0000\u0085\u2028\u202e\tx";
    const data = replaceTexts(email.sample, (text, key) => isName(key) ? attack : text);
    const { brand, footer } = sampleFrame(email);

    const { subject } = await renderEmail(email, data, { footer, brand: { ...brand, name: attack } });

    assert.doesNotMatch(subject, /[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
    assert.ok(subject.length > 5);
  });
}

Deno.test("S32 characters that break or reverse a line are rejected in names, and removed from headers and subjects", async () => {
  const names = Array.from({ length: 0x3000 }, (_, code) => `a${String.fromCharCode(code)}b`);
  const unfit = names.filter((name) => oneLine(name) === "a b" && name !== "a b");

  const refused = names.filter((name) => !singleLine(5, NAME_MISSING).safeParse(name).success);
  const { subject } = await renderSample(WELCOME, {
    workspace: { ...WELCOME.sample.workspace!, name: names.join("") },
  });

  assert.equal(unfit.length, 65 + 2 + 5 + 4);
  assert.deepEqual(refused, unfit);
  assert.equal(subject, oneLine(`${names.join("")} is ready`).replaceAll(/ {2,}/g, " "));
});

for (const email of [VERIFY_ADDRESS, RESET_PASSWORD, INVITATION] as Email[]) {
  Deno.test(`${email.name} also shows its link for copying, once in the text`, async () => {
    const { html, text } = await renderSample(email);

    const { url } = email.sample;
    assert.ok(html.includes(`>${url}</a>`));
    assert.equal(text.split(url).length, 2);
  });
}

Deno.test("a brand's logo is the only image, and the brand's name replaces it if images are blocked", async () => {
  const { brand, footer } = sampleFrame(WELCOME);
  const logoUrl = "https://acme.denizen.example/logo.png";

  const { html, text } = await renderEmail(WELCOME, WELCOME.sample, { footer, brand: { ...brand, logoUrl } });

  assert.equal(html.match(/<img/g)?.length, 1);
  assert.match(html, /<img[^>]*src="https:\/\/acme\.denizen\.example\/logo\.png"[^>]*alt="Denizen"/);
  assert.doesNotMatch(text, /logo/);
});

Deno.test("S27 the brand and the footer link to http and https only", async () => {
  const { brand, footer } = sampleFrame(MONTHLY_REPORT);
  const url = NOT_WEB_ADDRESSES[0]!;
  const wrong = [
    { footer, brand: { ...brand, url } },
    { footer, brand: { ...brand, logoUrl: url } },
    { brand, footer: { ...footer, unsubscribeUrl: url } },
    { brand, footer: { ...footer, preferencesUrl: url } },
  ];

  for (const frame of wrong) {
    await assert.rejects(
      () => renderEmail(MONTHLY_REPORT, MONTHLY_REPORT.sample, frame),
      /http and https only/,
    );
  }
});

Deno.test("the button is readable and visible on light and dark, whatever the brand's color", () => {
  for (const color of ["#ffffff", "#000000", "#facc15", "#ff0000", "#777777", "#0b6b58", "#141717"]) {
    const { fill, onFill, edge } = accentOf(color);

    assert.ok(contrast(fill, onFill) >= AA_CONTRAST, color);
    assert.ok(contrast(edge.light, LIGHT.surface) >= 1.5 && contrast(edge.dark, DARK.surface) >= 1.5, color);
  }
});

Deno.test("a brand's color that isn't #rrggbb is rejected, because styles contain it", async () => {
  const { brand, footer } = sampleFrame(WELCOME);
  for (const color of ["red", "#fff", "#0b6b58;background:url(//evil)", "}</style><script>"]) {
    await assert.rejects(
      () => renderEmail(WELCOME, WELCOME.sample, { footer, brand: { ...brand, color } }),
      /#rrggbb/,
    );
  }
});

Deno.test("figures that weren't counted are shown as missing, not as zero", async () => {
  const figures = [{ metric: "api_calls" as const, value: null, previous: 400 }];
  const daily = [{ day: "2026-10-01", value: null }, { day: "2026-10-02", value: 7 }];

  const { text, html } = await renderSample(MONTHLY_REPORT, { figures, daily });
  const none = await renderSample(MONTHLY_REPORT, { figures, daily: daily.slice(0, 1) });

  assert.match(text, /API calls +400 +– +–/);
  assert.match(text.replaceAll(/\s+/g, " "), /highest on October 2 \(7\), lowest on October 2 \(7\)/);
  assert.match(html, /API calls: –/);
  assert.doesNotMatch(none.text, /per day:/);
});

Deno.test("a report says which figures are older than the month's last day, or missing", async () => {
  const metrics: Metric[] = ["members", "projects", "storage_bytes"];

  const older = await renderSample(MONTHLY_REPORT, { gap: { metrics, lastMeasured: "2026-10-14" } });
  const missing = await renderSample(MONTHLY_REPORT, { gap: { metrics, lastMeasured: null } });

  const [olderText, missingText] = [older, missing].map(({ text }) => text.replaceAll(/\s+/g, " "));
  assert.match(
    olderText!,
    /People, Projects, and Storage were last measured on October 14\. There are no later/,
  );
  assert.match(missingText!, /People, Projects, and Storage were not measured this month\./);
});

Deno.test("a month without daily values has no chart, and a month with zeros has a complete chart", async () => {
  const none = await renderSample(MONTHLY_REPORT, { daily: [] });
  const zeros = await renderSample(MONTHLY_REPORT, { daily: [{ day: "2026-10-01", value: 0 }] });

  assert.doesNotMatch(none.text, /per day:/);
  assert.doesNotMatch(zeros.html, /NaN|Infinity/);
});
