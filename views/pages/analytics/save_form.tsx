import type { ReportKind } from "../../../src/analytics/saved_reports/report_kinds.ts";
import type { FieldErrors } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { SAVED_PATH } from "./address.ts";
import { analyticsText } from "./text.ts";

/** What a saved report is about, as its form's fields. */
export type SavedFields = { kind: ReportKind; days: string } & Record<string, string>;

/** Saves the report above it under a name. */
export function SaveForm({ fields, name = "", errors = {}, problem }: {
  fields: SavedFields;
  name?: string;
  errors?: FieldErrors;
  problem?: string;
}) {
  const text = analyticsText.use();
  return (
    <Card title={text.save} note={text.saveNote}>
      <form
        method="post"
        action={SAVED_PATH}
        novalidate
        class="grid grid-cols-1 gap-4 sm:max-w-md"
        data-offline=""
      >
        <FormProblem problem={problem} />
        <FormKeyField />
        {Object.entries(fields).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <TextField
          id="report-name"
          name="name"
          label={text.name}
          value={name}
          error={errors.name}
          maxlength={120}
          dir="auto"
          autocomplete="off"
        />
        <div>
          <Button>{text.save}</Button>
        </div>
      </form>
    </Card>
  );
}
