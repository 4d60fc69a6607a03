import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import type { Wording } from "../../../src/platform/wording.ts";
import { useTranslate } from "../../wording.ts";
import { billingPageText } from "./text.ts";

/** `/billing` for members who may not see it: who can. `action` is what they may not do. */
export function NoAccessPage({ action }: { action: Wording }) {
  const text = billingPageText.use();
  return (
    <Card flush>
      <EmptyState icon="layers" title={text.noAccess} text={text.noAccessHint(useTranslate()(action))}>
        <ButtonLink href="/team?role=owner">{text.seeOwners}</ButtonLink>
      </EmptyState>
    </Card>
  );
}
