export const en = {
  title: "Confirm your new email",
  lead: "Your account's email changes from {current} to {next}.",
  confirm: "Change email",
  signInLead: "Sign in as {current} to change your email to {next}.",
  signIn: "Sign in",
  other: "You're signed in as someone else. Sign out first.",
  signOut: "Sign out",
  expiredTitle: "This link no longer works",
  expiredLead: "The link has been used or has expired. Ask for a new one in your account.",
  account: "Go to your account",
  changed: (email: string) => `Your email is now ${email}.`,
};
