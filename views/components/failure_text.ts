import { catalog } from "../text.ts";
import { en } from "./failure_text.en.ts";

export const failureText = catalog({ en });
