import { catalog } from "../../text.ts";
import { en } from "./text.en.ts";

export const landingText = catalog({ en });
