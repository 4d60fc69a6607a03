import { Button } from "../components/button.tsx";
import { Toast } from "../components/toast.tsx";
import { layoutText } from "./text.ts";

/** The toasts that the scripts of an installed app show: views/static/installed_app.ts and views/static/offline_forms.ts. */
export function AppToasts() {
  const text = layoutText.use();
  const offlineTexts = {
    "data-kept": text.formKept,
    "data-unkept": text.formUnkept,
    "data-saved": text.formSaved,
    "data-refused": text.formRefused,
  };
  return (
    <>
      <template id="app-update">
        <Toast kind="info" text={text.newVersion}>
          <Button type="button" variant="quiet" size="small" data-reload>{text.reload}</Button>
        </Toast>
      </template>
      <template id="offline-forms" {...offlineTexts}>
        <Toast kind="info" text="">
          <Button type="button" variant="quiet" size="small" hidden data-review>{text.reviewForm}</Button>
          <Button type="button" variant="quiet" size="small" hidden data-discard>{text.discardForm}</Button>
        </Toast>
      </template>
    </>
  );
}
