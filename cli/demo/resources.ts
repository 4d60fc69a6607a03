/** What the demo has of generated resources, one line each. */
export {};
