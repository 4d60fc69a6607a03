import { accountText } from "./account_text.en.ts";
import type { EmailBrowser } from "./email_context.ts";
import { formatDay, formatMonth, formatMonthName } from "./formats.ts";

/** The texts of all emails. Emails to unconfirmed addresses contain no names, because a stranger may have chosen them. */
export const en = {
  layout: {
    fallback: "If the button doesn't work, copy this address into your browser:",
    kind: "email",
    preferences: "Email preferences",
    unsubscribe: "Unsubscribe",
  },
  reasons: {
    account: (product: string) =>
      `You received this email because this address belongs to a ${product} account.`,
    invited: "You received this email because someone invited this address to a workspace.",
    owner: (workspace: string) => `You received this email because you're an owner of ${workspace}.`,
    someOwner: "You received this email because this address belongs to the owner of a workspace.",
    newAddress: (product: string) =>
      `You received this email because someone entered this address for a ${product} account.`,
    formerAddress: (product: string) =>
      `You received this email because a ${product} account used this address.`,
    contact: (workspace: string) =>
      `You received this email because you agreed to get emails from ${workspace}.`,
    signUp: (product: string) =>
      `You received this email because someone entered this address to sign up for ${product}.`,
    listSignUp: "You received this email because someone entered this address in a sign-up form.",
  },
  listConfirmation: {
    subject: "Confirm your subscription",
    preheader: "One click, and you get the emails that you asked for.",
    title: "Confirm your subscription",
    body: (sender: string | null, list: string | null) =>
      `You asked for ${list ? `“${list}”` : "emails"} from ${
        sender ? `“${sender}”` : "a workspace"
      }. Confirm that this is your address.`,
    button: "Confirm subscription",
    notYou:
      "If you didn't ask for this, ignore this email. You won't get any others. The link works for 7 days.",
  },
  hello: (name: string) => `Hi ${name},`,
  /** Where a change or a request came from. */
  origin: {
    browser: "Browser",
    browserName: ({ browser, system }: EmailBrowser) => {
      const name = browser ?? "Unknown browser";
      return system ? `${name} on ${system}` : name;
    },
    ipAddress: "IP address",
  },
  ...accountText,
  welcome: {
    subject: (workspace: string) => `${workspace} is ready`,
    preheader: (workspace: string) => `You're the owner of ${workspace}.`,
    title: (owner: string) => `Welcome, ${owner}`,
    body: (workspace: string) => `Your workspace ${workspace} is ready, and you're its owner.`,
    projects: "See your projects",
    settings: "Change the workspace's settings",
    button: "Go to your workspace",
    unnamed: {
      subject: "Your workspace is ready",
      preheader: "You're its owner.",
      title: "Your workspace is ready",
      body: "A workspace was created for this email address. You're its owner.",
    },
  },
  invitation: {
    subject: (workspace: string) => `You're invited to join ${workspace}`,
    preheader: "Sign in with this email address and your password.",
    title: (workspace: string) => `Join ${workspace}`,
    aWorkspace: "a workspace",
    quoted: (name: string) => `“${name}”`,
    body: (workspace: string, role: string) => `You're invited to join ${workspace} as ${withArticle(role)}.`,
    bodyFrom: (inviter: string, workspace: string, role: string) =>
      `${inviter} invited you to join ${workspace} as ${withArticle(role)}.`,
    signIn: "Sign in with this email address and your password.",
    button: "Sign in",
    notYou:
      "If you didn't expect this, ignore this email. Your password and your other workspaces don't change.",
    notYouNew:
      "If you didn't expect this, ignore this email. Nobody can sign in with your address until a password is chosen.",
  },
  teamInvitation: {
    preheader: (expires: Date) => `Accept by ${formatDay(expires)} with this email address.`,
    button: "Open invitation",
    expiry: (expires: Date) =>
      `The invitation is only for this email address. It works once, until ${formatDay(expires)}.`,
    notYou: "If you didn't expect this, ignore this email. You only join if you accept.",
  },
  ownershipOffer: {
    subject: (workspace: string) => `You've been offered ownership of ${workspace}`,
    aWorkspace: "a workspace",
    someone: "An owner",
    preheader: (expires: Date) => `Accept or decline by ${formatDay(expires)}.`,
    body: (person: string, workspace: string) =>
      `${person} wants to transfer ownership of ${workspace} to you. If you accept, you become an owner, and they become an admin.`,
    button: "See the offer",
    expiry: (expires: Date) =>
      `The offer is open until ${formatDay(expires)}. Until you accept, nothing changes.`,
  },
  webhookFailing: {
    subject: (host: string) => `Events aren't reaching ${host}`,
    preheader: "We tried for three days.",
    body: (workspace: string, host: string) =>
      `${host} didn't accept an event from ${workspace}. We tried ten times in three days.`,
    next:
      "If every attempt fails for five days, we'll turn the webhook off. You can send missed events again.",
    button: "See failed deliveries",
  },
  webhookDisabled: {
    subject: (host: string) => `We turned off the webhook to ${host}`,
    preheader: "Events are kept, and you can send them again.",
    body: {
      gone: (workspace: string, host: string) =>
        `${host} answered 410 Gone, which means that it no longer wants events from ${workspace}.`,
      failing: (workspace: string, host: string) =>
        `Every attempt to send events from ${workspace} to ${host} has failed for more than five days.`,
      manual: (workspace: string, host: string) => `The webhook from ${workspace} to ${host} was turned off.`,
    },
    next:
      "Fix the receiver, turn the webhook on, and send the missed events again. We keep them for 30 days.",
    button: "Open webhook",
  },
  supportUsed: {
    subject: (workspace: string) => `Support opened ${workspace}`,
    preheader: "You can see what support did in the audit log.",
    yourWorkspace: "your workspace",
    body: {
      read: (staff: string, member: string) =>
        `${staff} from our support team is viewing the workspace as ${member}. They can't change anything.`,
      change: (staff: string, member: string) =>
        `${staff} from our support team is working in the workspace as ${member}. They can make changes.`,
    },
    reason: (reason: string) => `Reason: ${reason}`,
    unnamed: "Someone from our support team is viewing your workspace.",
    button: "See support access",
    limits: "Support never sees billing or security settings. An owner can revoke the access at any time.",
    withoutGrant:
      "Support never sees billing or security settings. The access is read-only and ends after 30 minutes.",
  },
  deletionScheduled: {
    subject: (workspace: string, due: Date) => `${workspace} will be deleted on ${formatDay(due)}`,
    preheader: (person: string) => `${person} scheduled it. Until then, an owner can cancel the deletion.`,
    yourWorkspace: "Your workspace",
    someone: "Someone in the workspace",
    body: (person: string) =>
      `${person} scheduled the deletion. On that day, the workspace and everything in it will be permanently deleted.`,
    untilThen: "Until then, everything works as usual, and any owner can cancel the deletion.",
    button: "Cancel deletion",
    buttonUnnamed: "See your workspaces",
    nothingToDo: "If you want the workspace to be deleted, there's nothing to do.",
  },
  notificationSummary: {
    subject: (workspace: string) => `News from ${workspace}`,
    digest: (workspace: string) => `Today in ${workspace}`,
    preheader: "What you chose to get by email.",
    item: (text: string) => text,
    button: "See all notifications",
  },
  monthlyReport: {
    subject: (workspace: string, month: Date) => `${workspace} in ${formatMonth(month)}`,
    title: (month: Date) => formatMonth(month),
    body: (workspace: string, month: Date, previous: Date) =>
      `Here's how ${workspace} did in ${formatMonthName(month)}, compared with ${formatMonthName(previous)}.`,
    figure: "Figure",
    figures: {
      members: "People",
      projects: "Projects",
      projects_created: "New projects",
      api_calls: "API calls",
      storage_bytes: "Storage",
    },
    change: "Change",
    neverMeasured: (figures: string) => `${figures} were not measured this month.`,
    lastMeasured: (figures: string, day: string) =>
      `${figures} were last measured on ${day}. There are no later figures.`,
    daily: (highest: string, lowest: string) =>
      `API calls per day: highest on ${highest}, lowest on ${lowest}.`,
    button: "Go to your dashboard",
  },
};

function withArticle(role: string): string {
  return /^[aeiou]/i.test(role) ? `an ${role}` : `a ${role}`;
}
