import type { FieldErrors } from "../../../src/errors.ts";
import type { AvatarColor } from "../../../src/identity/users.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { SelectField } from "../../components/select.tsx";
import type { Theme } from "../../page.tsx";
import { AvatarPicker } from "./avatar_picker.tsx";
import { accountText } from "./text.ts";
import { ThemePicker } from "./theme_picker.tsx";

export type ProfilePageProps = {
  person: { name: string; email: string; isVerified: boolean };
  values: { name: string; theme: Theme; locale: string | null; avatarColor: AvatarColor | null };
  /** The languages, each by its own name. */
  languages: { locale: string; name: string }[];
  errors?: FieldErrors;
};

/** `/account`: a person's name, avatar, colors and language. */
export function ProfilePage({ person, values, languages, errors = {} }: ProfilePageProps) {
  const text = accountText.use();
  return (
    <form method="post" action="/account" novalidate class="grid grid-cols-1 gap-6">
      <Card title={text.you}>
        <div class="grid gap-5">
          <TextField
            id="name"
            name="name"
            label={text.name}
            hint={text.nameHint}
            value={values.name}
            error={errors.name}
            autofocus={errors.name ? true : undefined}
            autocomplete="name"
            dir="auto"
          />
          <Email {...person} />
          <AvatarPicker name={person.name} color={values.avatarColor} />
        </div>
      </Card>
      <Card title={text.appearance}>
        <div class="grid gap-5">
          <ThemePicker theme={values.theme} />
          <SelectField
            id="locale"
            name="locale"
            label={text.language}
            options={[
              { value: "", label: text.browserLanguage },
              ...languages.map(({ locale, name }) => ({ value: locale, label: name })),
            ]}
            value={values.locale ?? ""}
            error={errors.locale}
          />
        </div>
      </Card>
      <div>
        <Button variant="primary">{text.saveChanges}</Button>
      </div>
    </form>
  );
}

function Email({ email, isVerified }: ProfilePageProps["person"]) {
  const text = accountText.use();
  return (
    <dl class="grid gap-1">
      <dt class="font-medium">{text.email}</dt>
      <dd class="wrap-anywhere">
        <bdi>{email}</bdi>
        <span class="ms-2 text-sm text-muted">{isVerified ? text.confirmed : text.unconfirmed}</span>
      </dd>
    </dl>
  );
}
