import { Button, ButtonLink, type ButtonVariant, IconButton } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { Menu, MenuButton, MenuLink } from "../../components/menu.tsx";
import { ProviderButtons, type ProviderLink } from "../../components/provider_buttons.tsx";
import { PushToggle } from "../../components/push_toggle.tsx";
import { type NamedPhone, TextCodeButton } from "../../components/text_code_button.tsx";
import { SidebarLinks } from "../../layouts/navigation.tsx";
import { FOCUSED, HOVERED, LONG_NAME, Sample, Samples } from "./samples.tsx";

type ButtonSample = { variant: ButtonVariant; name: string; label: string };

const PHONES: NamedPhone[] = [{ id: "1", name: "Phone •••• 56" }, { id: "2", name: "Phone •••• 78" }];

const VARIANTS: ButtonSample[] = [
  { variant: "primary", name: "Primary", label: "Create project" },
  { variant: "secondary", name: "Secondary", label: "Cancel" },
  { variant: "quiet", name: "Quiet", label: "Sign out" },
  { variant: "danger", name: "Danger", label: "Delete project" },
];

const PUBLIC_KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

const PROVIDERS: ProviderLink[] = [
  { provider: "google", name: "Google", href: "#main" },
  { provider: "github", name: "GitHub", href: "#main" },
  { provider: "microsoft", name: "Microsoft", href: "#main" },
];

/** Buttons, links, menus and navigation. */
export function ActionSamples() {
  return (
    <>
      <Samples title="Buttons">
        {VARIANTS.map((each) => <ButtonStates key={each.variant} {...each} />)}
        <Sample state="Small, medium, large">
          <Button type="button" size="small" icon="plus">New project</Button>
          <Button type="button" icon="plus">New project</Button>
          <Button type="button" size="large" icon="plus">New project</Button>
        </Sample>
        <Sample state="A link that looks like a button">
          <ButtonLink href="#main" icon="arrow-right">Open settings</ButtonLink>
        </Sample>
        <Sample state="Text a code: to the only phone, again, to one of two">
          <TextCodeButton phone={PHONES[0]!} phones={PHONES.slice(0, 1)} isTexted={false} />
          <TextCodeButton phone={PHONES[0]!} phones={PHONES.slice(0, 1)} isTexted />
          <TextCodeButton phone={PHONES[1]!} phones={PHONES} isTexted />
        </Sample>
        <Sample state="Notifications on this device: shown where the browser has them">
          <PushToggle publicKey={PUBLIC_KEY} />
        </Sample>
        <Sample state="Sign-in providers, and another way below">
          <div class="grid w-72 gap-6">
            <ProviderButtons providers={PROVIDERS} />
          </div>
        </Sample>
        <Sample state="Only an icon: default, hover, focus, disabled">
          <IconButton icon="edit" label="Edit" />
          <IconButton icon="edit" label="Edit, with the pointer" {...HOVERED} />
          <IconButton icon="edit" label="Edit, with the focus" {...FOCUSED} />
          <IconButton icon="edit" label="Edit, disabled" disabled />
        </Sample>
      </Samples>
      <Samples title="Links">
        <Sample state="Default, hover, focus">
          <TextLink href="#main">Forgot your password?</TextLink>
          <TextLink href="#main" {...HOVERED}>Forgot your password?</TextLink>
          <TextLink href="#main" {...FOCUSED}>Forgot your password?</TextLink>
        </Sample>
        <Sample state="In a sentence">
          <p>
            Don't know your password? <TextLink href="#main">Choose a new one</TextLink>.
          </p>
        </Sample>
      </Samples>
      <Samples title="Menus">
        <Sample state="Closed: open it">
          <Menu summary={<Summary>Row actions</Summary>} placement="below-start">
            <MenuItems />
          </Menu>
        </Sample>
        <Sample state="Open: hover, focus, danger, long text">
          <OpenMenu />
        </Sample>
      </Samples>
      <Samples title="Navigation">
        <Sample state="Sidebar">
          <nav aria-label="Sample sidebar" class="w-52">
            <SidebarLinks
              heading="Developers"
              links={[
                { label: "Components", href: "/dev/components", icon: "layers", group: "main" },
                { label: "Emails", href: "/dev/emails", icon: "inbox", group: "main" },
                { label: "Mailbox", href: "/dev/mailbox", icon: "folder", group: "main" },
              ]}
            />
          </nav>
        </Sample>
      </Samples>
      <DialogSamples />
    </>
  );
}

function ButtonStates({ variant, name, label }: ButtonSample) {
  return (
    <Sample state={`${name}: default, hover, focus, disabled`}>
      <Button type="button" variant={variant}>{label}</Button>
      <Button type="button" variant={variant} {...HOVERED}>{label}</Button>
      <Button type="button" variant={variant} {...FOCUSED}>{label}</Button>
      <Button type="button" variant={variant} disabled>{label}</Button>
    </Sample>
  );
}

function Summary({ children }: { children: string }) {
  return (
    <span class="flex h-9 items-center gap-2 px-3 font-medium">
      {children} <Icon name="chevron-down" class="text-faint" />
    </span>
  );
}

function MenuItems() {
  return (
    <>
      <MenuLink icon="edit" href="#menus">Edit</MenuLink>
      <MenuButton icon="archive" type="button" {...HOVERED}>Archive</MenuButton>
      <MenuButton icon="restore" type="button" {...FOCUSED}>Restore</MenuButton>
      <MenuLink icon="folder" href="#menus">
        <span class="truncate">{LONG_NAME}</span>
      </MenuLink>
      <MenuLink icon="trash" tone="danger" href="#menus">Delete</MenuLink>
    </>
  );
}

/** What an open menu looks like, with the space for its panel below it. */
function OpenMenu() {
  return (
    <div class="h-52 w-60">
      <Menu summary={<Summary>Row actions</Summary>} placement="below-start" panelClass="w-60" open>
        <MenuItems />
      </Menu>
    </div>
  );
}

function DialogSamples() {
  const href = "/dev/components/dialog";
  return (
    <Samples title="Dialog">
      <ButtonLink href={href} {...hx({ get: href, target: "#dialog-sample" })}>Open a dialog</ButtonLink>
      <div id="dialog-sample"></div>
    </Samples>
  );
}
