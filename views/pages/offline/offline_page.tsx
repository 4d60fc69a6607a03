import { ButtonLink } from "../../components/button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { offlineText } from "./text.ts";

/** Stands for any page while the device is offline, at that page's address. The browser stores it, so it shows nothing personal. */
export function OfflinePage() {
  const text = offlineText.use();
  return (
    <div data-offline-page>
      <FormColumn title={text.title} lead={text.lead}>
        <div>
          <ButtonLink href="" variant="primary">{text.tryAgain}</ButtonLink>
        </div>
      </FormColumn>
    </div>
  );
}
