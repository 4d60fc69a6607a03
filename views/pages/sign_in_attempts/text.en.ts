import type { AuthenticationMethod } from "../../../src/access/actor.ts";
import type { AttemptOutcome } from "../../../src/identity/sign_in_attempts.ts";
import { plural } from "../../text.ts";

const METHODS: Record<AuthenticationMethod, string> = {
  password: "password",
  oauth: "sign-in provider",
  email: "email",
  totp: "authenticator app",
  sms: "text message",
  passkey: "passkey",
  recovery: "recovery code",
};

export const en = {
  title: "Sign-in activity",
  lead:
    "Who signed in to your account, or tried to, in the last 90 days. If it wasn't you, change your password.",
  staffLead: "Attempts to sign in to this account in the last 90 days.",
  succeeded: (methods: AuthenticationMethod[]) =>
    `Signed in with ${methods.map((method) => METHODS[method]).join(" and ")}`,
  failed: {
    wrong_password: "Wrong password",
    wrong_code: "Wrong code",
    limited: "Blocked after too many attempts",
  } as Record<Exclude<AttemptOutcome, "succeeded">, string>,
  times: (count: number) => plural(count, "attempt"),
  address: "IP address",
  none: "No sign-ins yet",
  noneHint: "Sign-ins and failed attempts will be listed here.",
  showAll: "Show all activity",
};
