export const en = {
  connectTitle: (provider: string) => `Connect ${provider}`,
  connectLead: (provider: string) => `You can then sign in with ${provider}.`,
  account: (provider: string) => `${provider} account`,
  unverifiedAccount: "Without a verified email",
  owner: "Your account",
  connect: (provider: string) => `Connect ${provider}`,
  notNow: "Not now",
  connected: (provider: string) => `${provider} connected. You can sign in with it from now on.`,
  signInTitle: (provider: string) => `Sign in to connect ${provider}`,
  signInLead: "{owner} already has an account. Sign in once, then connect {provider}.",
  signIn: "Sign in to continue",
  signInNote: "No password? Choose “Email me a link” on the next page.",
  switchLead: "You're signed in as {current}. Only {owner} can connect this {provider} account.",
  signOut: "Sign out and continue",
  stay: "Stay signed in",
  canceled: (provider: string) => `You canceled signing in with ${provider}.`,
  tryAgain: "Try again",
  otherAccount: "Choose another account",
  back: "Go back",
  problems: {
    expired: {
      title: (_provider: string) => "This sign-in can't continue",
      lead: (_provider: string) => "It took too long, was used before, or started in another browser.",
    },
    refused: {
      title: (provider: string) => `We couldn't sign you in with ${provider}`,
      lead: (provider: string) => `${provider}'s answer didn't pass our checks. Nothing was changed.`,
    },
    down: {
      title: (provider: string) => `${provider} isn't answering`,
      lead: (_provider: string) => "Try again in a minute, or sign in another way. Nothing was changed.",
    },
    unverified: {
      title: (provider: string) => `${provider} hasn't verified your email`,
      lead: (provider: string) =>
        `Verify your email at ${provider}, or go back and use another way. You can connect ${provider} to your account later.`,
    },
    taken: {
      title: (provider: string) => `This ${provider} account is in use`,
      lead: (_provider: string) => "It is connected to another account. Disconnect it there first.",
    },
    other_address: {
      title: (_provider: string) => "This invitation is for another address",
      lead: (_provider: string) => "The invitation stays open. Choose the account with the invited address.",
    },
  },
  invited: "Invited",
  chosen: (provider: string) => `At ${provider}`,
};
