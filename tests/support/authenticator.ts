import { TOTP } from "otpauth";
import { SECOND } from "../../src/platform/clock.ts";
import type { World } from "./world.ts";

/** A phone's authenticator app with one account. Each code is used at most once, so it moves the world's clock to the next one. */
export class Authenticator {
  readonly #world: World;
  readonly #totp: TOTP;

  constructor(world: World, secret: string) {
    this.#world = world;
    this.#totp = new TOTP({ secret });
  }

  /** The code that the app shows now. */
  code(): string {
    return this.#totp.generate({ timestamp: this.#world.clock.now().getTime() });
  }

  /** The code that the app shows 30 seconds later. */
  nextCode(): string {
    this.#world.clock.advance(30 * SECOND);
    return this.code();
  }
}
