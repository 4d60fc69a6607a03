import type { AvatarColor } from "../../../src/identity/users.ts";
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

  security: "Password",
  securityLead: "A new password signs you out everywhere else.",
  currentPassword: "Current password",
  forgotten: "Forgot your password?",
  newPassword: "New password",
  changePassword: "Change password",
  passwordChanged: "Password changed. You're signed out everywhere else.",

  sessions: "Sessions",
  sessionsLead: "The browsers where you're signed in.",
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
  preferencesSaved: "Email preferences saved.",
};
