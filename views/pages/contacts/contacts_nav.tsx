import { Tabs } from "../../components/tabs.tsx";
import { contactText } from "./text.ts";

export type ContactSection = "contacts" | "lists" | "segments" | "imports";

/** Leads from each of the sections about contacts to the others. */
export function ContactsNav({ current }: { current: ContactSection }) {
  const text = contactText.use();
  const sections: [ContactSection, string, string][] = [
    ["contacts", text.title, "/contacts"],
    ["lists", text.lists, "/contacts/lists"],
    ["segments", text.segments, "/segments"],
    ["imports", text.imports, "/contacts/imports"],
  ];
  return (
    <div class="-mt-2 mb-6">
      <Tabs
        label={text.sections}
        tabs={sections.map(([section, label, href]) => ({ label, href, current: section === current }))}
      />
    </div>
  );
}
