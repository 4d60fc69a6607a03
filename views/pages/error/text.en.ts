import type { ErrorKind } from "../../../src/errors.ts";

/** What a page about an error says: its heading, and what to do next. */
type ErrorText = { title: string; hint?: string };

const kinds: Record<ErrorKind | "unexpected", ErrorText> = {
  invalid: { title: "Check what you entered", hint: "Go back, correct it, and send it again." },
  bad_request: { title: "Something is missing" },
  unauthenticated: { title: "You're signed out", hint: "Sign in, then try again." },
  unverified: { title: "We can't confirm this request" },
  forbidden: { title: "You don't have access" },
  reauthentication_required: { title: "Confirm it's you" },
  second_factor_required: { title: "Set up two-step verification" },
  suspended: { title: "This workspace is suspended" },
  not_found: { title: "There's nothing here", hint: "It may have been moved or deleted." },
  conflict: { title: "This has changed", hint: "Reload the page to see the latest." },
  precondition_failed: { title: "This has changed", hint: "Reload the page, then make your change again." },
  limit_reached: { title: "You've reached your plan's limit" },
  feature_not_in_plan: { title: "Your plan doesn't include this" },
  too_large: { title: "That's too large" },
  unsupported_media_type: { title: "We can't read that format" },
  rate_limited: { title: "Too many requests" },
  unavailable: { title: "We'll be right back" },
  unexpected: { title: "Something went wrong" },
};

export const en = {
  kinds,
  unexpected: "We've been notified. Try again in a moment.",
  status: (status: number) => `Error ${status}`,
  tryAgain: "Try again",
  signIn: "Sign in",
  comparePlans: "Compare plans",
  home: "Back to home",
  report: "If this keeps happening, contact support with ID {id}.",
  stillHere: "Your changes are still here.",
  signedOut: "You're signed out. Sign in in a new tab, then try again. Your changes are still here.",

  noWorkspace: "Workspace not found",
  noWorkspaceAt: (address: string) => `There's no workspace at ${address}.`,
  noWorkspaceHere: "There's no workspace at this address.",
  checkAddress: "Check the spelling, or find your workspace by signing in.",
  findWorkspaces: "Find your workspaces",
  createWorkspace: "Create a workspace",

  suspendedTitle: (name: string) => `${name} is suspended`,
  isSuspended: "{name} is suspended",
  suspendedLead: "Members can't sign in or use the API. Your data is safe.",
  suspendedReason: "Reason",
  contactSupport: "The owner can contact support to resume the workspace.",
  askOwner: "If you are a member, ask the owner to contact support.",
  yourWorkspaces: "Your workspaces",
};
