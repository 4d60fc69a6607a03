import { TextField } from "../../components/field.tsx";
import { sandboxText } from "./text.ts";

export type CardFieldsProps = { errors: Record<string, string>; expiry?: string };

/** The fields of a card. Its number and code are never written back. */
export function CardFields({ errors, expiry }: CardFieldsProps) {
  const text = sandboxText.use();
  return (
    <>
      <TextField
        id="card_number"
        name="card_number"
        label={text.cardNumber}
        error={errors.card_number}
        inputmode="numeric"
        autocomplete="cc-number"
        dir="ltr"
      />
      <div class="grid grid-cols-2 gap-4">
        <TextField
          id="expiry"
          name="expiry"
          label={text.expiry}
          hint={text.expiryHint}
          value={expiry}
          error={errors.expiry}
          autocomplete="cc-exp"
          dir="ltr"
        />
        <TextField
          id="cvc"
          name="cvc"
          label={text.cvc}
          error={errors.cvc}
          inputmode="numeric"
          autocomplete="cc-csc"
          dir="ltr"
        />
      </div>
    </>
  );
}

/** The cards that the sandbox knows, and what each does. */
export function TestCards() {
  const text = sandboxText.use();
  return (
    <section class="grid gap-2 text-sm" aria-labelledby="test-cards">
      <h2 id="test-cards" class="font-medium">{text.testCards}</h2>
      <dl class="grid gap-2">
        {text.cards.map(([number, effect]) => (
          <div key={number} class="flex flex-wrap justify-between gap-x-4">
            <dt class="font-mono" dir="ltr">{number}</dt>
            <dd class="text-muted">{effect}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
