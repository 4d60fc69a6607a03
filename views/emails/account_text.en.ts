import { plural } from "../text.ts";

/** The texts of emails about signing in and about accounts. */
export const accountText = {
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
      whatToDo: "If it was you, there's nothing to do. If it wasn't, contact us immediately.",
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
    notYou: "If it wasn't you, contact us immediately.",
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
};
