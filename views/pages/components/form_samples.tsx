import { Button, ButtonLink, IconButton } from "../../components/button.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { ConfirmationField } from "../../components/confirmation_field.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { Icon, ICON_NAMES } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { Menu, MenuButton, MenuLink } from "../../components/menu.tsx";
import { SearchField } from "../../components/search_field.tsx";
import { SelectField } from "../../components/select.tsx";
import { Samples } from "./samples.tsx";

const OPTIONS = [{ value: "active", label: "Active" }, { value: "archived", label: "Archived" }] as const;

const SEVERAL_LINES = "One\nTwo";

/** Buttons, links, menus and icons. */
export function ActionSamples() {
  return (
    <>
      <Samples title="Buttons">
        <Button type="button" variant="primary">Primary</Button>
        <Button type="button">Secondary</Button>
        <Button type="button" variant="quiet">Quiet</Button>
        <Button type="button" variant="danger" icon="trash">Danger</Button>
        <Button type="button" variant="primary" disabled>Disabled</Button>
        <Button type="button" size="small" icon="plus">Small</Button>
        <Button type="button" size="large">Large</Button>
        <ButtonLink href="#main" icon="arrow-right">A link</ButtonLink>
        <IconButton icon="edit" label="Edit" />
      </Samples>
      <Samples title="Links, menus and icons">
        <p>
          Text with <TextLink href="#main">a link</TextLink> in it.
        </p>
        <Menu summary={<span class="block px-3 py-1.5 font-medium">Open menu</span>} placement="below-start">
          <MenuLink icon="edit" href="#main">Edit</MenuLink>
          <MenuButton icon="archive" type="button">Archive</MenuButton>
          <MenuLink icon="trash" tone="danger" href="#main">Delete</MenuLink>
        </Menu>
        <span class="flex flex-wrap gap-3 text-muted">
          {ICON_NAMES.map((name) => <Icon key={name} name={name} class="size-5" />)}
        </span>
      </Samples>
    </>
  );
}

/** Fields in all states. */
export function FormSamples() {
  return (
    <Samples title="Fields">
      <div class="grid w-full gap-5 sm:grid-cols-2">
        <TextField id="sample-plain" name="plain" label="Plain" placeholder="Placeholder" />
        <TextField id="sample-hint" name="hint" label="With a hint" hint="What to write here." optional />
        <TextField
          id="sample-error"
          name="error"
          label="With an error"
          value="no"
          error="Use at least 12 characters."
        />
        <TextField
          id="sample-suffix"
          name="suffix"
          label="With a suffix"
          value="acme"
          suffix=".localhost:8000"
        />
        <SearchField label="Search samples" value="" indicator="sample-searching" />
        <ConfirmationField label="The sample's name" text="Spring collection" />
        <TextAreaField id="sample-area" name="area" label="Several lines" value={SEVERAL_LINES} />
        <div class="grid content-start gap-5">
          <SelectField id="sample-select" name="select" label="Choice" options={OPTIONS} value="archived" />
          <Checkbox id="sample-check" name="check" label="Checked" hint="With a hint." checked />
          <Checkbox
            id="sample-check-error"
            name="check"
            label="With an error"
            error="Accept this to continue."
          />
        </div>
      </div>
    </Samples>
  );
}
