import type { EmailBrand, EmailFooter, EmailMessages, MessageName } from "../../src/email/messages.ts";

const SITE = "https://denizen.example";
const WORKSPACE = "https://acme.denizen.example";
const TOKEN = "q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E";
const BROWSER = { ipAddress: "203.0.113.24", browser: "Firefox on Linux" };
const USAGE = { tenantName: "Acme Instruments", metric: "API calls", limit: 10_000 };
const REPORT_MONTH = "2026-10";
const CALLS_A_DAY = [
  ...[212, 198, 96, 88, 241, 263, 255, 270, 248, 104, 91, 259, 284, 301, 322, 296],
  ...[112, 97, 288, 310, 334, 341, 305, 121, 108, 318, 352, 366, 349, 331, 127],
];

const PLATFORM: EmailBrand = { name: "Denizen", color: "#0b6b58", logoUrl: null, url: SITE };
const TENANT: EmailBrand = { name: "Acme Instruments", color: "#1d59b3", logoUrl: null, url: WORKSPACE };
const WITHOUT_CHOICE = { unsubscribeUrl: null, preferencesUrl: null };
const WITH_CHOICE = {
  unsubscribeUrl: `${SITE}/unsubscribe/${TOKEN}`,
  preferencesUrl: `${WORKSPACE}/settings/notifications`,
};

/** What each message might be told in the life of one workspace. */
export const SAMPLE_PROPS: EmailMessages = {
  welcome: {
    url: `${WORKSPACE}/dashboard`,
    expiryDays: null,
    workspace: {
      name: "Acme Instruments",
      ownerName: "Ada Lovelace",
      projectsUrl: `${WORKSPACE}/projects`,
      settingsUrl: `${WORKSPACE}/settings`,
    },
  },
  sign_up_code: { code: "492817", expiryMinutes: 15 },
  verify_address: {
    url: `${SITE}/verify-email?token=${TOKEN}`,
    expiryHours: 24,
  },
  reset_password: {
    name: "Ada Lovelace",
    url: `${SITE}/reset-password?token=${TOKEN}`,
    expiryMinutes: 30,
    ...BROWSER,
  },
  magic_link: {
    address: "ada@acme.example",
    url: `${SITE}/login/link?token=${TOKEN}`,
    expiryMinutes: 15,
    ...BROWSER,
  },
  invitation: {
    inviterName: "Ada Lovelace",
    tenantName: "Acme Instruments",
    role: "member",
    url: `${SITE}/reset-password?token=${TOKEN}`,
    expiryDays: 7,
  },
  new_sign_in: {
    name: "Ada Lovelace",
    at: new Date("2026-11-12T08:41:00Z"),
    sessionsUrl: `${WORKSPACE}/settings/sessions`,
    resetUrl: `${SITE}/forgot-password`,
    ...BROWSER,
  },
  receipt: {
    number: "DNZ-2026-00417",
    tenantName: "Acme Instruments",
    lines: [
      { description: "Team plan, 1 November to 1 December 2026", quantity: 1, amount: 2_900 },
      { description: "Additional seat", quantity: 3, amount: 1_200 },
    ],
    total: 4_100,
    currency: "USD",
    paidAt: new Date("2026-11-01T00:12:00Z"),
    paymentMethod: "Visa ending in 4242",
    invoiceUrl: `${WORKSPACE}/billing/invoices/DNZ-2026-00417`,
  },
  payment_failed: {
    tenantName: "Acme Instruments",
    amount: 4_100,
    currency: "USD",
    paymentMethod: "Visa ending in 0341",
    reason: "The card has expired",
    nextAttemptAt: new Date("2026-12-04T00:00:00Z"),
    planEndsAt: new Date("2026-12-15T00:00:00Z"),
    url: `${WORKSPACE}/billing`,
  },
  trial_ending: {
    tenantName: "Acme Instruments",
    planName: "Team",
    endsAt: new Date("2026-11-15T00:00:00Z"),
    price: 2_900,
    currency: "USD",
    cycle: "month",
    fallbackPlanName: "Starter",
    url: `${WORKSPACE}/billing`,
  },
  usage_near_limit: {
    ...USAGE,
    used: 8_412,
    periodEnd: new Date("2026-12-01T00:00:00Z"),
    upgradeUrl: `${WORKSPACE}/billing`,
  },
  usage_limit_reached: {
    ...USAGE,
    used: 10_000,
    periodEnd: new Date("2026-12-01T00:00:00Z"),
    upgradeUrl: `${WORKSPACE}/billing`,
  },
  monthly_report: {
    tenantName: "Acme Instruments",
    month: new Date(`${REPORT_MONTH}-01T00:00:00Z`),
    figures: [
      { label: "Revenue", value: 1_284_000, previous: 1_146_500, currency: "USD" },
      { label: "Active people", value: 148, previous: 132 },
      { label: "Projects", value: 27, previous: 27 },
      { label: "API calls", value: 7_387, previous: 7_714 },
      { label: "Webhooks delivered", value: 1_903, previous: null },
      { label: "Storage", value: 48_213_004, previous: 45_800_112, unit: "bytes" },
    ],
    gap: null,
    dailyLabel: "API calls",
    daily: CALLS_A_DAY.map((value, index) => ({
      day: `${REPORT_MONTH}-${String(index + 1).padStart(2, "0")}`,
      value,
    })),
    dashboardUrl: `${WORKSPACE}/dashboard`,
  },
  export_ready: {
    name: "Ada Lovelace",
    tenantName: "Acme Instruments",
    url: `${WORKSPACE}/exports/${TOKEN}`,
    sizeBytes: 48_213_004,
    expiresAt: new Date("2026-11-19T09:30:00Z"),
  },
  deletion_scheduled: {
    names: { requestedBy: "Grace Hopper", tenantName: "Acme Instruments" },
    dueAt: new Date("2026-12-24T10:00:00Z"),
    url: `${WORKSPACE}/settings`,
  },
};

/** Every message, in the order of a workspace's life. */
export const MESSAGE_NAMES = Object.keys(SAMPLE_PROPS) as MessageName[];

const OF_THE_TENANT = new Set<MessageName>(["invitation", "monthly_report"]);
const ABOUT_THE_WORKSPACE = new Set<MessageName>([
  "welcome",
  "receipt",
  "payment_failed",
  "trial_ending",
  "export_ready",
  "deletion_scheduled",
]);
const OPTIONAL = new Set<MessageName>(["usage_near_limit", "usage_limit_reached", "monthly_report"]);

/** Whose sample it is, and why its reader gets it. */
export function sampleOptions(name: MessageName): { brand: EmailBrand; footer: EmailFooter } {
  const brand = OF_THE_TENANT.has(name) ? TENANT : PLATFORM;
  return {
    brand,
    footer: { ...(OPTIONAL.has(name) ? WITH_CHOICE : WITHOUT_CHOICE), reason: reasonOf(name) },
  };
}

function reasonOf(name: MessageName): string {
  if (name === "invitation") return "You get this because someone invited this address to a workspace.";
  if (name === "sign_up_code") {
    return "You get this because someone entered this address to sign up for Denizen.";
  }
  if (OPTIONAL.has(name) || ABOUT_THE_WORKSPACE.has(name)) {
    return "You get this because you are an owner of Acme Instruments.";
  }
  return "You get this because this address belongs to an account at Denizen.";
}
