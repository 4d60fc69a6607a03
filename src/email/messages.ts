/** The product's email messages and what each one needs. `views/emails` has their words. */
export type EmailMessages = {
  welcome: {
    url: string;
    expiryDays: PasswordDays;
    /** Null to an unconfirmed address: somebody else may have chosen these words. */
    workspace: { name: string; ownerName: string; projectsUrl: string; settingsUrl: string } | null;
  };
  sign_up_code: { code: string; expiryMinutes: number };
  verify_address: { url: string; expiryHours: number };
  reset_password: RequestOrigin & {
    /** Null to an unconfirmed address. */
    name: string | null;
    url: string;
    expiryMinutes: number;
  };
  magic_link: RequestOrigin & { address: string; url: string; expiryMinutes: number };
  invitation: {
    /** Null where the product itself invites, or the name could pass for a link or an address. */
    inviterName: string | null;
    /** Null where the name could pass for a link or an address. */
    tenantName: string | null;
    role: string;
    url: string;
    expiryDays: PasswordDays;
  };
  new_sign_in: RequestOrigin & { name: string; at: Date; sessionsUrl: string; resetUrl: string };
  receipt: {
    number: string;
    tenantName: string;
    lines: ReceiptLine[];
    /** In the currency's minor unit, as are the lines. */
    total: number;
    currency: string;
    paidAt: Date;
    /** Such as "Visa ending in 4242". */
    paymentMethod: string | null;
    invoiceUrl: string;
  };
  payment_failed: {
    tenantName: string;
    /** In the currency's minor unit. */
    amount: number;
    currency: string;
    paymentMethod: string | null;
    /** What the bank or the gateway said, as a sentence without its full stop. */
    reason: string | null;
    /** When it is tried again by itself. */
    nextAttemptAt: Date | null;
    /** When the paid plan ends if nothing is paid until then. */
    planEndsAt: Date | null;
    url: string;
  };
  trial_ending: {
    tenantName: string;
    planName: string;
    endsAt: Date;
    /** In the currency's minor unit, for one `cycle`. */
    price: number;
    currency: string;
    cycle: "month" | "year";
    /** Where the tenant goes when nobody chooses a plan. */
    fallbackPlanName: string;
    url: string;
  };
  usage_near_limit: LimitUsage;
  usage_limit_reached: LimitUsage;
  monthly_report: {
    tenantName: string;
    /** The first day of the month, 00:00 UTC. */
    month: Date;
    figures: ReportFigure[];
    /** The figures that were not measured on the month's last day, and the last day they were. */
    gap: { labels: string[]; lastMeasured: string | null } | null;
    /** What is counted in `daily`, such as "API calls". */
    dailyLabel: string;
    daily: DailyValue[];
    dashboardUrl: string;
  };
  export_ready: { name: string; tenantName: string; url: string; sizeBytes: number; expiresAt: Date };
  /** `names` are null to an unconfirmed address: somebody else may have chosen them. */
  deletion_scheduled: { names: { requestedBy: string; tenantName: string } | null; dueAt: Date; url: string };
};

export type MessageName = keyof EmailMessages;

/** A message as it is sent. The subject is one line without control characters. */
export type RenderedEmail = { subject: string; html: string; text: string };

/** Whose message it is: the tenant's brand, or the platform's own. */
export type EmailBrand = {
  name: string;
  /** `#rrggbb`. */
  color: string;
  logoUrl: string | null;
  url: string;
};

export type EmailFooter = {
  /** Why the reader gets this, as a sentence. */
  reason: string;
  unsubscribeUrl: string | null;
  preferencesUrl: string | null;
};

/** For how many days `url` lets its reader choose their first password; null where they have one, and it opens the workspace. */
export type PasswordDays = number | null;

/** Where a request came from, so that its owner can tell whether it was theirs. */
export type RequestOrigin = {
  ipAddress: string;
  /** Such as "Firefox on Linux". */
  browser: string;
};

/** How much of a plan's limit is used. */
export type LimitUsage = {
  tenantName: string;
  /** What is limited, in the plural and as in the middle of a sentence: "API calls", "projects". */
  metric: string;
  used: number;
  limit: number;
  /** When the count starts again; null for what isn't counted by period. */
  periodEnd: Date | null;
  upgradeUrl: string;
};

/** One line of a receipt; `amount` is for all of its `quantity`. */
export type ReceiptLine = { description: string; quantity: number; amount: number };

/** A figure of a month beside the month before; with `currency` both are in its minor unit. */
export type ReportFigure = {
  label: string;
  /** Null where nothing was counted. */
  value: number | null;
  previous: number | null;
  currency?: string;
  unit?: "bytes";
};

/** `day` is an ISO date, `2026-10-01`; `value` is null where nothing was counted. */
export type DailyValue = { day: string; value: number | null };
