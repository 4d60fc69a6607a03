import { fittingLanes } from "../db/connection/connect.ts";
import type { Finding } from "../db/migration/inspect.ts";
import type { Config } from "../src/config.ts";
import { DEVELOPMENT_SECRET, SETTINGS } from "../src/config/settings.ts";
import type { Setting } from "../src/platform/setting.ts";

type Field = keyof typeof SETTINGS;

/** Every setting, without secrets. A warning is about a value that is valid but may be a mistake. */
export function checkSettings(config: Config, variables: Record<string, string>): Finding[] {
  const warnings = findWarnings(config);
  return (Object.keys(SETTINGS) as Field[]).map((field) => {
    const setting: Setting = SETTINGS[field];
    const warning = warnings[field];
    const detail = warning || describe(setting, variables[setting.name], config[field]);
    return { check: setting.name, status: warning ? "warn" : "ok", detail };
  });
}

/** Describes a setting. Shows only the host of a secret URL, and nothing of other secrets. */
function describe(
  { secret, unset, default: fallback }: Setting,
  text: string | undefined,
  value: unknown,
): string {
  if (text === undefined) return `not set: ${(unset ?? fallback ?? "").replaceAll("`", "")}`;
  if (!secret) return text;
  return value instanceof URL ? `set, at ${value.hostname}` : "set";
}

/** Settings that are valid but may be a mistake. */
function findWarnings(config: Config): Partial<Record<Field, string | false>> {
  const { environment, appUrl, appSecret, dataDir, databaseConnections, databaseLanes } = config;
  const fitting = fittingLanes(databaseConnections);
  return {
    appUrl: environment === "production" && appUrl.protocol !== "https:" &&
      `${appUrl.origin} is not https`,
    appSecret: appSecret === DEVELOPMENT_SECRET && "not set: fine for development, refused in production",
    databaseUrl: !config.databaseUrl && `not set: the embedded database in ${dataDir}`,
    databaseLanes: databaseLanes > fitting &&
      `${databaseConnections} connections are too few for ${databaseLanes} lanes; ${fitting} are used`,
    smtpUrl: !config.smtpUrl && !config.resendApiKey &&
      "not set: email stays in /dev/mailbox; refused in production",
    emailWebhookSecret: config.resendApiKey !== undefined && !config.emailWebhookSecret &&
      "not set: Resend can't report bounces and complaints",
  };
}
