export const en = {
  title: (workspace: string) => `Join ${workspace}`,
  heading: "Join {workspace}",
  roles: {
    owner: "an owner",
    admin: "an admin",
    member: "a member",
    viewer: "a viewer",
  },
  lead: (role: string) => `You're invited as ${role}.`,
  leadFrom: (inviter: string, role: string) => `${inviter} invited you as ${role}.`,
  setUp: "For {email}. Enter your name and choose a password to join.",
  name: "Your name",
  password: "Password",
  join: "Join workspace",
  signIn: "{email} has an account. Sign in to accept.",
  signInButton: "Sign in to accept",
  accept: "You're signed in as {email}.",
  acceptButton: "Accept invitation",
  notNow: "Not now",
  switch: "You're signed in as {current}. This invitation is for {email}.",
  switchHow: "Sign out to accept it. The invitation stays open.",
  signOut: "Sign out and continue",
  keepAccount: "Stay signed in",
  until: "This invitation is open until {day}.",
  full: (inviter: string | null) =>
    `This workspace has no free seat right now. Ask ${
      inviter ?? "an owner"
    } to make room. Your invitation stays open.`,
  closedTitle: "This invitation is closed",
  closedLead: "It has been used or revoked, or has expired.",
  closedHow: "Ask the person who invited you for a new one. If you've joined already, sign in.",
  closedSignIn: "Sign in",
};
