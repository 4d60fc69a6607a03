export const en = {
  title: "Emails",
  lead: "Every email that the product sends, with sample data. Nothing is sent from here.",
  columns: { email: "Email", inbox: "In the inbox", html: "HTML" },
  openHtml: (email: string) => `HTML of ${email} in full window`,
  fullWindow: "Open in full window",
  preview: "Preview",
  previews: { desktop: "Desktop", dark: "Dark", phone: "Phone", text: "Text" },
};
