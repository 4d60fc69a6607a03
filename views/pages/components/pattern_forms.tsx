import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { SelectField } from "../../components/select.tsx";
import { BESIDE_SUB_NAVIGATION, SubNavigation } from "../../layouts/navigation.tsx";

const STATUSES = [{ value: "active", label: "Active" }, { value: "archived", label: "Archived" }] as const;

/** A form that was refused. */
export function FormPattern() {
  return (
    <div class="max-w-xl">
      <Card>
        <div class="grid gap-5">
          <Alert kind="error">Your plan includes 3 projects. Archive one, or choose a larger plan.</Alert>
          <TextField id="form-name" name="name" label="Name" error="Enter the project's name." />
          <TextAreaField id="form-description" name="description" label="Description" optional />
          <SelectField
            id="form-status"
            name="status"
            label="Status"
            hint="Archive a project to keep it for reference."
            options={STATUSES}
            value="active"
          />
          <div class="flex flex-wrap gap-2">
            <Button type="button" variant="primary">Create project</Button>
            <Button type="button">Cancel</Button>
          </div>
        </div>
      </Card>
    </div>
  );
}

/** The pages of the settings beside one of them. */
export function SettingsPattern() {
  return (
    <div class={BESIDE_SUB_NAVIGATION}>
      <SubNavigation
        label="Settings"
        links={[
          { label: "General", href: "/dev/components/patterns", group: "settings" },
          { label: "Brand", href: "#settings", group: "settings" },
          { label: "Billing", href: "#settings", group: "settings" },
        ]}
      />
      <div class="min-w-0">
        <PageLead>Everyone in the workspace sees its name and address.</PageLead>
        <div class="grid gap-6">
          <Card title="Name">
            <SettingForm
              id="settings-name"
              label="Workspace name"
              value="Northwind"
              action="Save name"
              isFirst
            />
          </Card>
          <Card title="Address">
            <SettingForm
              id="settings-address"
              label="Workspace address"
              value="northwind"
              suffix=".example.com"
              action="Change address"
            />
          </Card>
          <Card title="Danger zone" tone="danger">
            <p class="mb-3 text-muted">
              The workspace is deleted after 30 days. Until then, an owner can cancel the deletion.
            </p>
            <Button type="button" icon="trash">Delete workspace</Button>
          </Card>
        </div>
      </div>
    </div>
  );
}

/** A field with its own button. Only the page's first one is primary. */
function SettingForm(
  { id, label, value, suffix, action, isFirst = false }: {
    id: string;
    label: string;
    value: string;
    suffix?: string;
    action: string;
    isFirst?: boolean;
  },
) {
  return (
    <div class="grid gap-5">
      <TextField id={id} name={id} label={label} value={value} suffix={suffix} />
      <div>
        <Button type="button" variant={isFirst ? "primary" : "secondary"}>{action}</Button>
      </div>
    </div>
  );
}
