declare const brand: unique symbol;

/** A `Base` that some code has validated. For example, a plain string is not assignable to `TenantId`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
