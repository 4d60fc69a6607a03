export const en = {
  title: "You're offline",
  lead: "Check your connection, then try again.",
  tryAgain: "Try again",
};
