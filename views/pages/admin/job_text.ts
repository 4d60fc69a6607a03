import { catalog } from "../../text.ts";
import { en } from "./job_text.en.ts";

export const jobText = catalog({ en });
