import { setupStep } from "../setup/setup_step.ts";

/** Sends the link again. */
export const CONFIRM_EMAIL = setupStep("confirm_email", {
  label: "Confirm your email",
  position: 10,
  path: "/verify-email/resend",
  method: "post",
  isDone: ({ isEmailConfirmed }) => isEmailConfirmed,
});
