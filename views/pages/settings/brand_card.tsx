import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import type { SettingsPageProps } from "./settings_page.tsx";

/** The branding of emails that are sent in the workspace's name. */
export function BrandCard({ workspace, rebrand }: Pick<SettingsPageProps, "workspace" | "rebrand">) {
  const { color, logoUrl } = workspace.brand;
  return (
    <Card title="Brand">
      <form method="post" action="/settings/brand" novalidate class="grid gap-5">
        <p class="text-muted">
          The brand of invitations and reports from this workspace.
        </p>
        <TextField
          id="brand-color"
          name="brand_color"
          label="Color"
          hint="Six hex digits, such as #1d59b3. We adjust colors that are hard to read."
          optional
          value={rebrand?.values.brand_color ?? color ?? ""}
          error={rebrand?.errors.brand_color}
          autofocus={rebrand ? true : undefined}
        />
        <TextField
          id="logo-url"
          name="logo_url"
          type="url"
          label="Logo"
          hint="The https URL of an image. It is shown 32 pixels high."
          optional
          value={rebrand?.values.logo_url ?? logoUrl ?? ""}
          error={rebrand?.errors.logo_url}
        />
        <div>
          <Button variant="primary">Save brand</Button>
        </div>
      </form>
    </Card>
  );
}
