import type { EmailPreferences } from "../../../src/email/preferences.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmailChoices } from "../../components/email_choices.tsx";
import { AppShell, type ShellProps } from "../../layouts/app_shell.tsx";
import { PageHeading } from "../../layouts/shell_frame.tsx";
import { SettingsTabs } from "./settings_tabs.tsx";

/** `/settings/notifications`: what a person wants to be told. */
export function NotificationSettingsPage(
  { preferences, ...shell }: ShellProps & { preferences: EmailPreferences },
) {
  return (
    <AppShell title="Notifications" active="settings" {...shell}>
      <PageHeading
        title="Settings"
        lead="These choices are yours alone, and hold in all of your workspaces."
      />
      <SettingsTabs active="notifications" />
      <div class="max-w-xl">
        <Card title="Email">
          <form method="post" action="/settings/notifications" class="grid gap-5">
            <EmailChoices preferences={preferences} />
            <div>
              <Button variant="primary">Save choices</Button>
            </div>
          </form>
        </Card>
      </div>
    </AppShell>
  );
}
