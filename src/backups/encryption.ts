/** Encryption in the age format (age-encryption.org/v1), which the program `age` reads as well. */
import { Decrypter, Encrypter } from "age-encryption";

export async function encrypt(
  content: ReadableStream<Uint8Array>,
  recipient: string,
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return await encrypter.encrypt(content);
}

/** Throws if the file is encrypted for another identity. The stream fails if the file is damaged. */
export async function decrypt(
  content: ReadableStream<Uint8Array>,
  identity: string,
): Promise<ReadableStream<Uint8Array>> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(content);
  } catch (error) {
    throw new Error(
      "BACKUP_AGE_IDENTITY can't decrypt this backup. It was encrypted for another key, or is damaged.",
      {
        cause: error,
      },
    );
  }
}
