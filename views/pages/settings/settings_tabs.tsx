import { Tabs } from "../../components/tabs.tsx";

const TABS = [
  { key: "workspace", label: "Workspace", href: "/settings" },
  { key: "notifications", label: "Notifications", href: "/settings/notifications" },
] as const;

/** Links to all settings pages. */
export function SettingsTabs({ active }: { active: typeof TABS[number]["key"] }) {
  return (
    <div class="mb-6">
      <Tabs
        label="Settings"
        tabs={TABS.map(({ key, label, href }) => ({ label, href, current: key === active }))}
      />
    </div>
  );
}
