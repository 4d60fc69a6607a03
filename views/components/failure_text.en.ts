/** Why htmx got no response of ours. */
export const en = {
  offline: "You're offline. Your changes are still here.",
  slow: "This is taking too long. Your changes are still here. Try again.",
  unreachable: "We can't reach the server. Your changes are still here.",
  broken: "We're having trouble right now. Your changes are still here.",
};
