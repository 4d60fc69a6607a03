import { plural } from "../text.ts";
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
  firstPassword: {
    preheader: (days: number) => `Choose a password within ${plural(days, "day")} to open the workspace.`,
    body:
      "Choose a password to open the workspace. Next time, sign in with this email address and your password.",
    button: "Choose a password",
    expiry: (days: number) =>
      `The link is only for you. It works once and expires in ${
        plural(days, "day")
      }. After that, request a new one on the sign-in page.`,
  },
  verifyAddress: {
    subject: "Confirm your email address",
    preheader: (product: string, hours: number) =>
      `Finish signing up for ${product}. The link works for ${plural(hours, "hour")}.`,
    title: "Confirm your email address",
    body: (product: string) =>
      `Someone signed up for ${product} with this email address. If it was you, confirm the address to finish.`,
    button: "Confirm email address",
    expiry: (hours: number) => `The link works once and expires in ${plural(hours, "hour")}.`,
    notYou:
      "If it wasn't you, ignore this email. The address stays unconfirmed. To take over the account, open the link and choose a new password.",
  },
  resetPassword: {
    subject: (product: string) => `Reset your ${product} password`,
    preheader: (minutes: number) =>
      `The link works for ${plural(minutes, "minute")}. If you didn't ask for it, ignore this email.`,
    title: "Reset your password",
    body: (product: string) =>
      `Someone asked to reset the password of your ${product} account. If it was you, choose a new one now.`,
    bodyFromSupport: (product: string) =>
      `Our support team sent you this link, so that you can choose a new password for your ${product} account.`,
    button: "Choose a new password",
    expiry: (minutes: number) =>
      `The link works once and expires in ${
        plural(minutes, "minute")
      }. A new password signs you out everywhere.`,
    notYou: "If it wasn't you, ignore this email. Your password stays the same.",
  },
  passwordChanged: {
    subject: "Your password was changed",
    preheader: "If you didn't change it, reset it now.",
    title: "Your password was changed",
    body: (product: string) =>
      `The password of your ${product} account was changed. All other browsers and programs were signed out.`,
    whatToDo: "If it was you, there's nothing to do. If it wasn't, reset your password now.",
    button: "Reset your password",
    advice: "Choose a password that you use nowhere else.",
  },
  confirmNewEmail: {
    subject: (product: string) => `Confirm your new ${product} email`,
    preheader: (hours: number) => `The link works for ${plural(hours, "hour")}.`,
    title: "Confirm your new email",
    body: (product: string) =>
      `Someone wants to use this address for their ${product} account. If it was you, confirm it while you're signed in.`,
    button: "Confirm email",
    expiry: (hours: number) => `The link works once and expires in ${plural(hours, "hour")}.`,
    notYou: "If it wasn't you, ignore this email. Nothing changes.",
  },
  emailChanged: {
    requested: {
      title: "Someone asked to change your email",
      preheader: "Nothing changes until the new address is confirmed.",
      body: (product: string) =>
        `Someone asked to change the email of your ${product} account. Nothing changes until the new address is confirmed.`,
      whatToDo: "If it was you, there's nothing to do here. If it wasn't, reset your password now.",
    },
    done: {
      title: "Your email was changed",
      preheader: "You can no longer sign in with this address.",
      body: (product: string) =>
        `The email of your ${product} account was changed. You can no longer sign in with this address.`,
      whatToDo: "If it was you, there's nothing to do. If it wasn't, contact us at once.",
    },
    newEmail: (address: string) => `New email: ${address}`,
    contact: (address: string) => `Write to ${address}.`,
    button: "Reset your password",
  },
  newDevice: {
    subject: (product: string) => `New sign-in to your ${product} account`,
    preheader: "If it wasn't you, sign that browser out.",
    title: "New sign-in",
    body: (product: string) =>
      `Someone signed in to your ${product} account with a browser that's new to us.`,
    whatToDo:
      "If it was you, there's nothing to do. If it wasn't, sign that browser out and change your password.",
    button: "See where you're signed in",
  },
  accountDeleted: {
    subject: (product: string) => `Your ${product} account was deleted`,
    preheader: "You can no longer sign in.",
    title: "Your account was deleted",
    body: (product: string) =>
      `Your ${product} account and your personal data were deleted. You left all of your workspaces.`,
    notYou: "If it wasn't you, contact us at once.",
  },
  signInLink: {
    subject: (product: string) => `Sign in to ${product}`,
    preheader: (minutes: number) => `The link and the code work for ${plural(minutes, "minute")}.`,
    title: "Sign in",
    body: (product: string) => `Someone asked to sign in to ${product} as you. If it was you, use the link:`,
    button: "Sign in",
    orCode: "Or enter this code in the browser where you asked for it:",
    expiry: (minutes: number) =>
      `The link and the code work once and expire in ${plural(minutes, "minute")}.`,
    notYou: "If it wasn't you, ignore this email. Don't share the code with anyone.",
  },
  factorCode: {
    subject: (product: string) => `Your ${product} code`,
    preheader: (minutes: number) => `Enter it within ${plural(minutes, "minute")}.`,
    title: "Your code",
    body: "Enter this code on the page that asked for it:",
    expiry: (minutes: number) => `The code expires in ${plural(minutes, "minute")}.`,
    notYou: "If you didn't ask for it, someone may know your password. Change it, and don't share the code.",
  },
  factorTypes: {
    totp: "Authenticator app",
    sms: "Code by text message",
    email: "Code by email",
    passkey: "Passkey",
  },
  factorFacts: { type: "Type", name: "Name" },
  identityConnected: {
    subject: (provider: string) => `${provider} was connected to your account`,
    preheader: "If you didn't connect it, check your account now.",
    title: (provider: string) => `${provider} was connected`,
    body: (account: string, product: string) =>
      `You can now sign in to your ${product} account with ${account}.`,
    whatToDo:
      "If it was you, there's nothing to do. If it wasn't, disconnect it, change your password, and sign out everywhere else.",
    button: "Check your account",
  },
  identityDisconnected: {
    subject: (provider: string) => `${provider} was disconnected from your account`,
    preheader: "If you didn't disconnect it, check your account now.",
    title: (provider: string) => `${provider} was disconnected`,
    body: (account: string, product: string) =>
      `You can no longer sign in to your ${product} account with ${account}.`,
    whatToDo:
      "If it was you, there's nothing to do. If it wasn't, change your password, and sign out everywhere else.",
    button: "Check your account",
  },
  factorAdded: {
    subject: "Two-step verification was added",
    preheader: "If you didn't add it, check your account now.",
    title: "A second factor was added",
    body: (product: string) => `You can now use it to sign in to your ${product} account.`,
    whatToDo: "If it was you, there's nothing to do. If it wasn't, remove it and change your password now.",
    button: "Check your account",
  },
  factorRemoved: {
    subject: "Two-step verification was removed",
    preheader: "If you didn't remove it, check your account now.",
    title: "A second factor was removed",
    body: (product: string) => `It no longer works for your ${product} account.`,
    whatToDo: "If it was you, there's nothing to do. If it wasn't, change your password now.",
    button: "Check your account",
  },
  signUpCode: {
    subject: (product: string) => `Your ${product} sign-up code`,
    preheader: (minutes: number) => `Enter it within ${plural(minutes, "minute")} to finish signing up.`,
    title: "Confirm your email address",
    body: "Enter this code on the sign-up page:",
    expiry: (minutes: number) => `The code expires in ${plural(minutes, "minute")}.`,
    notYou:
      "If you didn't sign up, ignore this email and don't share the code. No account is created without it.",
  },
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
    subject: (workspace: string) => `You're offered the ownership of ${workspace}`,
    aWorkspace: "a workspace",
    someone: "An owner",
    preheader: (expires: Date) => `Accept or decline by ${formatDay(expires)}.`,
    body: (person: string, workspace: string) =>
      `${person} wants to hand ${workspace} over to you. If you accept, you're an owner, and they become an admin.`,
    button: "See the offer",
    expiry: (expires: Date) =>
      `The offer is open until ${formatDay(expires)}. Until you accept, nothing changes.`,
  },
  webhookFailing: {
    subject: (host: string) => `Events don't reach ${host}`,
    preheader: "We tried for three days.",
    body: (workspace: string, host: string) =>
      `The webhook of ${workspace} to ${host} didn't accept an event. We tried ten times in three days.`,
    next: "If every attempt of five days fails, we turn the webhook off. You can send missed events again.",
    button: "See failed deliveries",
  },
  webhookDisabled: {
    subject: (host: string) => `We turned off the webhook to ${host}`,
    preheader: "Events are kept, and you can send them again.",
    body: {
      gone: (workspace: string, host: string) =>
        `${host} answered 410 Gone, which means that it no longer wants events of ${workspace}.`,
      failing: (workspace: string, host: string) =>
        `Every attempt to send events of ${workspace} to ${host} has failed for more than five days.`,
      manual: (workspace: string, host: string) => `The webhook of ${workspace} to ${host} was turned off.`,
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
