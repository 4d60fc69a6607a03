// htmx requests parts of this page: KeyList for `#key-list`, a dialog for `#key-editor`. After a revocation, the response is
// KeysChanged: it updates the list, closes the dialog and shows a toast.
import type { Flash } from "../../components/alert.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { OobToast } from "../../components/toast.tsx";
import { KeyList, type KeyListProps, KEYS } from "./key_list.tsx";
import { keyText } from "./text.ts";

/** `/developers/api-keys`: the workspace's keys. */
export function KeysPage(list: KeyListProps) {
  return (
    <>
      <KeyList {...list} />
      <div id="key-editor"></div>
    </>
  );
}

/** The page's main action. */
export function NewKeyLink() {
  return <ButtonLink href={`${KEYS.path}/new`} variant="primary" icon="plus">{keyText.use().new}</ButtonLink>;
}

/** Updates the page after a revocation. */
export function KeysChanged({ list, message }: { list: KeyListProps; message: Flash }) {
  return (
    <>
      <hx-partial hx-target="#key-list" hx-swap="outerMorph">
        <KeyList {...list} />
      </hx-partial>
      <hx-partial hx-target="#key-editor" hx-swap="innerHTML"></hx-partial>
      <OobToast {...message} />
    </>
  );
}
