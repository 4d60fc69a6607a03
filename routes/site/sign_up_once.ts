import { repeatSignUp } from "../../src/identity/repeated_sign_up.ts";
import { newAccount, signUp, type SignUpOutcome } from "../../src/identity/sign_up.ts";
import { parseInput } from "../../src/platform/input.ts";
import { formKeyOf } from "../form_keys.ts";
import { submit } from "../forms.ts";
import { type AppContext, systemContextOf } from "../http.ts";

/** Signs a company up. The same form sent again, also at the same moment, is answered like the first. Throws `invalid`. */
export async function signUpOnce(c: AppContext, form: Record<string, string>): Promise<SignUpOutcome> {
  const ctx = systemContextOf(c);
  const input = parseInput(newAccount, form);
  const signedUp = await submit(() => signUp(ctx, input, c.get("device")));
  if (!signedUp.refusal) return signedUp.value;
  const key = formKeyOf(c, form);
  const repeated = key && await repeatSignUp(ctx, input, key.renderedAt, c.get("device"));
  if (!repeated) throw signedUp.refusal;
  return repeated;
}
