export const en = {
  title: "Website events",
  settings: "Settings",
  lead: "Count page views and events on your websites.",
  websites: "Websites",
  websitesNote:
    "Pages on these websites can send events. Browsers with Do Not Track or Global Privacy Control send nothing.",
  websitesLabel: "Your websites",
  websitesHint: "One per line, such as https://www.example.com.",
  save: "Save websites",
  saved: "Websites saved.",

  install: "Add the script",
  installNote:
    "Paste this line into the head of every page. It sets no cookies, and we don't store IP addresses.",
  script: "Script",
  key: "Publishable key",
  keyHint: "Visitors can see it in your pages. It can only send events.",

  replace: "Replace key",
  replaceNote:
    "If you replace the key, pages send nothing until you paste the new script. The current key can't be restored.",
  cancel: "Cancel",
  replaced: "Key replaced. Paste the new script into your pages.",
};
