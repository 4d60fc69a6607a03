import type { JSX } from "hono/jsx";
import { Button } from "./button.tsx";
import { componentText } from "./component_text.ts";

/** A phone that can get a code. Its name has the number's last two digits. */
export type NamedPhone = { id: string; name: string };

/** A button that texts a code to one of `phones`. It names the phone if there are several. */
export function TextCodeButton(
  { phone, phones, isTexted, ...attributes }:
    & { phone: NamedPhone; phones: readonly NamedPhone[]; isTexted: boolean }
    & Pick<JSX.IntrinsicElements["button"], "name" | "value" | "form">,
) {
  const text = componentText.use();
  return (
    <Button {...attributes}>
      {phones.length > 1 ? text.textTo(phone.name) : isTexted ? text.resendText : text.textCode}
    </Button>
  );
}
