/** Milliseconds that a test waits for what must happen soon. A busy machine takes many times as long as a quiet one. */
export const PATIENCE = 40_000;
