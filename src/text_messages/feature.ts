import { feature } from "../feature.ts";
import { TEXT_TRANSPORT, TEXTS_ADDRESS, TEXTS_PERSON, TEXTS_TO_NUMBER } from "./deliver.ts";
import { NOTIFY_BY_TEXT, TEXT_NOTICES_PERSON } from "./send_text.ts";

export default feature("text messages", {
  jobs: [NOTIFY_BY_TEXT],
  rateLimits: [TEXTS_TO_NUMBER, TEXTS_PERSON, TEXTS_ADDRESS, TEXT_NOTICES_PERSON],
  parts: [TEXT_TRANSPORT],
});
