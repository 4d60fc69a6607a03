import { Checkbox } from "../../components/checkbox.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { CopyField } from "../../components/copy_field.tsx";
import { ConfirmationField } from "../../components/confirmation_field.tsx";
import { FieldFrame, TextAreaField, TextField } from "../../components/field.tsx";
import { DateField, FilterForm } from "../../components/list/filter_form.tsx";
import { Button } from "../../components/button.tsx";
import { FileInput } from "../../components/file_input.tsx";
import { Divider } from "../../components/divider.tsx";
import { PasskeyForm } from "../../components/passkey_form.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { type ChoiceGroup, PermissionChoices } from "../../components/permission_choices.tsx";
import { QrCode } from "../../components/qr_code.tsx";
import { SearchField } from "../../components/search_field.tsx";
import { SelectField } from "../../components/select.tsx";
import { AvatarPicker } from "../account/avatar_picker.tsx";
import { ThemePicker } from "../account/theme_picker.tsx";
import { FOCUSED, HOVERED, LONG_NAME, Sample, Samples } from "./samples.tsx";

const STATUSES = [{ value: "active", label: "Active" }, { value: "archived", label: "Archived" }] as const;
const READ = { key: "projects:read", label: { code: "sample.read", english: "See projects" }, implies: [] };
const PERMISSIONS: ChoiceGroup[] = [{
  label: { code: "sample.projects", english: "Projects" },
  choices: [
    { ...READ, isAllowed: true },
    {
      key: "projects:write",
      label: { code: "sample.write", english: "Create and change projects" },
      implies: [READ],
      isAllowed: true,
    },
    {
      key: "projects:purge",
      label: { code: "sample.purge", english: "Delete all projects" },
      implies: [],
      isAllowed: false,
    },
  ],
}];
const SEVERAL_LINES = "Content freeze on December 4\nLaunch on December 11";
const GRID = "grid w-full grid-cols-1 gap-x-6 gap-y-5 sm:grid-cols-2";

/** Fields in all states. */
export function FieldSamples() {
  return (
    <>
      <Samples title="Text fields">
        <div class={GRID}>
          <TextField id="field-empty" name="empty" label="Empty" placeholder="Acme Robotics" />
          <TextField id="field-hint" name="hint" label="With a hint" hint="All members see it." optional />
          <TextField id="field-hover" name="hover" label="Hover" value="Acme Robotics" {...HOVERED} />
          <TextField id="field-focus" name="focus" label="Focus" value="Acme Robotics" {...FOCUSED} />
          <TextField
            id="field-error"
            name="error"
            label="Error, which replaces the hint"
            value="no"
            hint="All members see it."
            error="Enter your company name."
          />
          <TextField id="field-disabled" name="disabled" label="Disabled" value="Acme Robotics" disabled />
          <TextField
            id="field-suffix"
            name="suffix"
            label="With a suffix"
            value="acme"
            suffix=".example.com"
          />
          <TextField id="field-long" name="long" label={LONG_NAME} value={LONG_NAME} />
          <TextAreaField
            id="field-area"
            name="area"
            label="Several lines"
            value={SEVERAL_LINES}
          />
          <TextAreaField
            id="field-area-error"
            name="area_error"
            label="Several lines, with an error"
            value="Launch"
            error="Enter at least ten characters."
          />
          <CopyField
            id="field-copy"
            label="Text to copy"
            hint="Keep it like a password."
            value="dnz_live_0000000000000000000000000000000000000"
          />
          <ConfirmationField label="The workspace's name" text="Northwind" />
          <FieldFrame id="field-file" label="A file">
            <FileInput id="field-file" name="file" />
          </FieldFrame>
          <div class="flex items-start pt-6.5">
            <SearchField label="Filter projects" value="" indicator="field-searching" />
          </div>
        </div>
      </Samples>
      <Samples title="Password fields">
        <div class={GRID}>
          <PasswordField id="password-current" name="current" label="Current password" />
          <PasswordField id="password-new" name="new" label="New password: type to see its strength" isNew />
          <PasswordField
            id="password-error"
            name="refused"
            label="Error"
            isNew
            error="This password is too common. Choose a different one."
          />
        </div>
      </Samples>
      <Samples title="Codes">
        <div class={GRID}>
          <CodeField id="code" name="code" label="Code" />
          <CodeField
            id="code-error"
            name="refused_code"
            label="Error"
            error="This code is wrong. Try another one."
          />
          <QrCode text="otpauth://totp/Denizen:ada?secret=JBSWY3DPEHPK3PXP" label="QR code" />
        </div>
      </Samples>
      <Samples title="Passkeys">
        <div class={GRID}>
          <PasskeyForm
            id="passkey-sample"
            action="/login/passkey"
            options="/login/passkey/options"
            label="Sign in with a passkey"
          />
          <Divider>or</Divider>
        </div>
      </Samples>
      <ChoiceSamples />
    </>
  );
}

function ChoiceSamples() {
  return (
    <Samples title="Choices">
      <Sample state="Filter of a list" wide>
        <FilterForm list="sample-log" path="/dev/components" label="Filter the log" columns="lg:grid-cols-4">
          <SelectField id="filter-status" name="status" label="Status" options={STATUSES} value="active" />
          <DateField id="filter-since" name="since" label="From" value="2026-03-02" />
          <DateField id="filter-until" name="until" label="To" value="" />
          <Button>Apply</Button>
        </FilterForm>
      </Sample>
      <div class={GRID}>
        <SelectField
          id="choice-select"
          name="select"
          label="Select"
          hint="Archive a project to keep it for reference."
          options={STATUSES}
          value="archived"
        />
        <SelectField
          id="choice-select-error"
          name="select_error"
          label="Select with an error"
          options={STATUSES}
          error="Choose a status."
        />
        <div class="grid gap-4">
          <Checkbox
            id="choice-checked"
            name="checked"
            label="Monthly reports"
            hint="A summary of the previous month."
            checked
          />
          <Checkbox id="choice-disabled" name="checked" label="Product news, disabled" disabled />
        </div>
        <Checkbox
          id="choice-error"
          name="terms"
          label="I accept the terms"
          error="Accept the terms to continue."
        />
      </div>
      <Sample state="Permissions, one of them out of reach" wide>
        <PermissionChoices legend="What can the key do?" groups={PERMISSIONS} chosen={["projects:write"]} />
      </Sample>
      <Sample state="Avatar picker" wide>
        <AvatarPicker name="Imogen Ferreira" color="violet" />
      </Sample>
      <Sample state="Theme picker" wide>
        <ThemePicker theme="system" />
      </Sample>
    </Samples>
  );
}
