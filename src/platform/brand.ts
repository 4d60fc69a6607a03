declare const brand: unique symbol;

/** A `Base` that only the code that checked it may hand out: a plain string is no `TenantId`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
