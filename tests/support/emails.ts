import type { Email } from "../../src/email/email.ts";
import { FEATURES } from "../../src/feature_list.ts";

/** Every email that the product sends. */
export const EMAILS: readonly Email[] = FEATURES.flatMap(({ emails }) => emails);
