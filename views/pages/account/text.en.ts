import type { AvatarColor } from "../../../src/identity/users.ts";
import type { CodeFactorType, FactorType } from "../../../src/identity/factors.ts";
import type { Theme } from "../../page.tsx";

type Browser = { browser: string | null; system: string | null };

const COLORS: Record<AvatarColor, string> = {
  gray: "Gray",
  red: "Red",
  amber: "Amber",
  green: "Green",
  blue: "Blue",
  violet: "Violet",
  pink: "Pink",
};
const THEMES: Record<Theme, string> = { system: "System", light: "Light", dark: "Dark" };

/** Such as "Chrome on macOS". */
const browserName = ({ browser, system }: Browser) => {
  const name = browser ?? "Unknown browser";
  return system ? `${name} on ${system}` : name;
};

export const en = {
  account: "Account",

  profile: "Profile",
  you: "About you",
  name: "Name",
  nameHint: "Everyone in your workspaces sees it.",
  email: "Email",
  confirmed: "Confirmed",
  unconfirmed: "Not confirmed yet",
  color: "Avatar color",
  colors: COLORS,
  appearance: "Appearance",
  theme: "Theme",
  themes: THEMES,
  language: "Language",
  browserLanguage: "Same as browser",
  saveChanges: "Save changes",
  saved: "Changes saved.",

  changeEmail: "Change email",
  emailLead: "You sign in with your email, and we send notices to it.",
  currentEmail: "Current email",
  newEmail: "New email",
  newEmailHint: "We send a link there. Your email changes when you open it.",
  passwordProof: "Your password",
  setPassword: "Set a password",
  emailRequested: (address: string) => `We sent a link to ${address}. Open it to change your email.`,

  data: "Your data",
  download: "Download your data",
  downloadLead: "Your profile, workspaces, sessions and choices, as one JSON file.",
  downloadButton: "Download data",
  deletion: "Delete account",
  deletionLead:
    "You leave all of your workspaces, and your account is permanently deleted. Projects and other work stay in the workspaces.",
  deleteAccount: "Delete account",
  lastOwner:
    "You're the only owner of {workspaces}. Make someone else an owner, or delete the workspace first.",
  accountDeleted: "Your account was deleted.",
  noPassword: "You have no password yet. {link}",

  security: "Security",
  securityLead: "How you sign in: password, passkeys, second step and connected accounts.",
  password: "Password",
  passwordNote: "A new password signs you out everywhere else.",
  currentPassword: "Current password",
  forgotten: "Forgot your password?",
  newPassword: "New password",
  confirmFirst: "Confirm it's you before you change your password.",
  confirmIdentity: "Confirm it's you",
  changePassword: "Change password",
  passwordChanged: "Password changed. You're signed out everywhere else.",

  connectedAccounts: "Connected accounts",
  noConnectedAccounts: "Connect an account to sign in with it instead of your password.",
  providerNames: { google: "Google", github: "GitHub", microsoft: "Microsoft" },
  connectProvider: (provider: string) => `Connect ${provider}`,
  disconnect: "Disconnect",
  disconnectOf: (account: string) => `Disconnect ${account}`,
  disconnected: (provider: string) => `${provider} disconnected.`,
  twoStep: "Two-step verification",
  twoStepOff: "Add a second step at sign-in, so that a stolen password isn't enough.",
  factorTypes: {
    totp: "Authenticator app",
    sms: "Code by text message",
    email: "Code by email",
    passkey: "Passkey",
  } as Record<
    FactorType,
    string
  >,
  addPasskey: "Add a passkey",
  addApp: "Add an authenticator app",
  addPhone: "Add a phone",
  addEmail: "Add codes by email",
  emailUnconfirmed: "Confirm your email to get codes by email.",
  added: "Added {day}",
  neverUsed: "Never used",
  usedLast: "Last used: {time}",
  removeFactor: "Remove",
  removeFactorOf: (name: string) => `Remove ${name}`,
  factorAdded: "Two-step verification added.",
  factorRemoved: "Two-step verification removed.",
  recoveryCodes: "Recovery codes",
  recoveryLeft: (left: number, all: number) => `${left} of ${all} left`,
  renewCodes: "Get new codes",
  staffNotice:
    "Platform staff need two-step verification. Add a passkey or an authenticator app to open the back office.",
  requiredNotice: "Your workspace requires two-step verification. Add one to continue.",
  openBackOffice: "Open the back office",

  newPasskey: "Add a passkey",
  passkeyLead:
    "Sign in with your fingerprint, face or screen lock, or with a security key. No password needed.",
  passkeyName: (browser: string, system: string) => `${browser} on ${system}`,
  createPasskey: "Create passkey",
  passkeyAdded: "Passkey added.",

  newFactors: {
    totp: "Add an authenticator app",
    sms: "Add a phone",
    email: "Add codes by email",
  } as Record<CodeFactorType, string>,
  phone: "Phone number",
  phoneHint: "With its country code, such as +1 555 012 3456. We text a code to it when you sign in.",
  phoneIsWeaker: "Text messages are less secure than an authenticator app or a passkey.",
  textAgain: "Text another code",
  codeTexted: "We texted you another code.",
  phoneLead: (number: string) => `We sent a text message to ${number}. Enter the code here.`,
  scanLead: "Scan the code with your authenticator app, then enter the 6 digits that it shows.",
  qrLabel: "QR code for your authenticator app",
  cantScan: "Can't scan it? Enter this key in your app:",
  emailFactorLead: (address: string) => `We sent a code to ${address}. Enter it here.`,
  factorName: "Name",
  factorNameHint: "To tell your devices apart.",
  code: "Code",
  verify: "Verify and add",
  start: "Continue",
  cancel: "Cancel",
  codeExpired: "That took too long. Start again.",

  codesLead: "Keep these codes where only you can find them. Each works once if you lose your second step.",
  codesOnce: "We won't show them again.",
  codesSaved: "I've saved my codes",

  sessions: "Sessions",
  sessionsLead: "The browsers where you're signed in.",
  seeActivity: "See sign-in activity",
  browserName,
  thisBrowser: "This browser",
  address: "IP address",
  lastSeen: "Last seen",
  signedIn: "Signed in {day}",
  signOut: "Sign out",
  signOutOf: (browser: Browser) => `Sign out of ${browserName(browser)}`,
  signOutOthers: "Sign out everywhere else",
  signOutOthersNote: "Also ends the access of programs that use the API.",
  sessionEnded: "Signed out of that browser.",
  othersEnded: "You're signed out everywhere else.",

  notifications: "Notifications",
  notificationsLead: "Your choices apply in all of your workspaces.",
  emails: "Email",
  savePreferences: "Save preferences",
  preferencesSaved: "Preferences saved.",
  toldWhen: "Tell me when",
  channels: { feed: "In the app", email: "Email", push: "Push", text: "Text" },
  times: "Times",
  digest: "One email a day",
  digestHint: "At 8 a.m., instead of an email for each notification.",
  quietFrom: "Quiet from",
  quietUntil: "Quiet until",
  quietHint: "Email, push and text messages wait until then. Billing and security never wait.",
  timeZone: "Time zone",
};
