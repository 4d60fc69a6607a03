export const en = {
  title: "Email preferences",
  question: (category: string) => `Unsubscribe from ${category}?`,
  unsubscribed: "You're unsubscribed",
  saved: "Preferences saved. You can change them anytime.",
  everywhere: "{address} gets these emails from every workspace.",
  unsubscribe: "Unsubscribe",
  stopped: "{address} no longer gets {category}.",
  save: "Save preferences",
};
