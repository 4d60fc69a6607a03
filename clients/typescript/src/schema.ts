// Made by `deno task openapi` from docs/api/openapi.json. Don't edit it.
export interface paths {
    readonly "/api-keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List API keys
         * @description List API keys. Needs the permission `api_keys:manage`.
         */
        readonly get: operations["listApiKeys"];
        readonly put?: never;
        /**
         * Create an API key
         * @description The key acts in the caller's name, with some of their permissions, and ends when they leave the tenant. `api_key` is shown once. Needs an access token with a recent proof of who you are. Needs the permission `api_keys:manage`.
         */
        readonly post: operations["createApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api-keys/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get an API key
         * @description Get an API key. Needs the permission `api_keys:manage`.
         */
        readonly get: operations["getApiKey"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Revoke an API key
         * @description The key stops working within five seconds. Needs the permission `api_keys:manage`.
         */
        readonly delete: operations["revokeApiKey"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api-keys/{id}/rotate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give an API key a new secret
         * @description The earlier secret works for `overlap_hours` more, by default 24. With 0, it stops working within five seconds. Only the member who created the key can rotate it, with an access token and a recent proof of who they are. Needs the permission `api_keys:manage`.
         */
        readonly post: operations["rotateApiKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/audit-log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the entries of the audit log
         * @description Newest first. `actor` is a user's ID, or `staff`, `job` or `system`. `since` and `until` are days or times. Needs the permission `audit:read` and a plan with `audit_log`.
         */
        readonly get: operations["listAuditLog"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Sign in
         * @description With `tenant` (a subdomain), the tokens work for that tenant only. Without `tenant`, they are account tokens and work in every tenant of the person. A person with a second factor gets `mfa_required` and sends a code to POST /auth/mfa.
         */
        readonly post: operations["signIn"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Sign out
         * @description Sign out.
         */
        readonly post: operations["signOut"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/mfa": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Finish a sign-in with a second factor
         * @description `code` is a code from an authenticator app, a text message or an email, or a recovery code. `factor` restricts which of them counts. After five wrong codes, sign in again.
         */
        readonly post: operations["finishSignIn"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/mfa/email": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Email a code for a sign-in
         * @description Works for people who added the factor `email`. Sends at most one code in five minutes.
         */
        readonly post: operations["emailSecondFactor"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/mfa/sms": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Text a code for a sign-in
         * @description Works for people who added the factor `sms`. A phone gets at most five codes in an hour.
         */
        readonly post: operations["textSecondFactor"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/reauthenticate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Confirm who you are
         * @description Allows sensitive changes for ten minutes. Send a `code` if the person has a second factor, and the `password` otherwise. People with neither get a code from POST /auth/reauthenticate/email.
         */
        readonly post: operations["reauthenticate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/reauthenticate/email": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Email a code to confirm who you are
         * @description Only for people whose strongest method is their email. Sends at most one code in five minutes.
         */
        readonly post: operations["emailReauthentication"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/reauthenticate/sms": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Text a code to confirm who you are
         * @description For people whose strongest method is a code by text message. `factor_id` names the phone. Without it, the phone that was used last gets the code. A phone gets at most five in an hour.
         */
        readonly post: operations["textReauthentication"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Exchange a refresh token
         * @description The new tokens have the scope of the old ones. Each refresh token works once. A second use revokes all tokens from the same sign-in.
         */
        readonly post: operations["refreshTokens"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/auth/token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Get tokens for one tenant
         * @description Exchanges an account token for tokens that work for one tenant only, named by its subdomain. The new tokens expire with the account token's sign-in.
         */
        readonly post: operations["createTenantToken"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/dashboard/stats": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the tenant's figures
         * @description Get the tenant's figures. Needs the permission `analytics:read`.
         */
        readonly get: operations["getDashboardStats"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/invitations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the invitations that nobody has accepted yet, expired ones included
         * @description Needs the permission `members:manage`, as do all operations on invitations.
         */
        readonly get: operations["listInvitations"];
        readonly put?: never;
        /**
         * Invite a person by email
         * @description The emailed link works once, for 7 days. Inviting the same address again replaces its invitation. An invitation takes no seat, but the plan must have a free one. Needs the permission `members:manage`.
         */
        readonly post: operations["createInvitation"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/invitations/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Revoke an invitation
         * @description Revoke an invitation. Needs the permission `members:manage`.
         */
        readonly delete: operations["revokeInvitation"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/invitations/{id}/resend": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Email an invitation again
         * @description It is then open for another 7 days. Needs the permission `members:manage`.
         */
        readonly post: operations["resendInvitation"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/invitations/batch": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Invite the people on a list
         * @description `csv` has a line for each person: `email,role`. If a line has an error, nobody is invited. With `dry_run`, nobody is invited either. People who are members already are left out. Needs the permission `members:manage`.
         */
        readonly post: operations["createInvitations"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/join-domains": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the email domains whose people may join without an invitation
         * @description List the email domains whose people may join without an invitation. Needs the permission `members:manage`.
         */
        readonly get: operations["listJoinDomains"];
        readonly put?: never;
        /**
         * Let everyone with a confirmed address at the caller's own email domain join
         * @description Domains of public email providers are refused. Needs the permission `members:manage`.
         */
        readonly post: operations["createJoinDomain"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/join-domains/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Stop letting people join by a domain
         * @description Stop letting people join by a domain. Needs the permission `members:manage`.
         */
        readonly delete: operations["deleteJoinDomain"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the caller and their permissions
         * @description Get the caller and their permissions.
         */
        readonly get: operations["getMe"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /**
         * Change the caller's name and preferences, which apply to all tenants
         * @description Change the caller's name and preferences, which apply to all tenants.
         */
        readonly patch: operations["updateMe"];
        readonly trace?: never;
    };
    readonly "/me/email-preferences": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the caller's email preferences, which apply to all tenants
         * @description Get the caller's email preferences, which apply to all tenants.
         */
        readonly get: operations["getEmailPreferences"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /**
         * Change the caller's email preferences
         * @description Change the caller's email preferences.
         */
        readonly patch: operations["updateEmailPreferences"];
        readonly trace?: never;
    };
    readonly "/me/factors": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the caller's second factors
         * @description List the caller's second factors.
         */
        readonly get: operations["listFactors"];
        readonly put?: never;
        /**
         * Add a second factor
         * @description The factor counts once its first code is sent to POST /me/factors/{id}/confirm within ten minutes. Type `totp` is an authenticator app, which takes the `secret` or the `otpauth_uri`. Type `sms` gets a code by text message to `phone`, a number with its country code. Type `email` gets a code by email.
         */
        readonly post: operations["addFactor"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/me/factors/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Remove a second factor
         * @description Remove a second factor.
         */
        readonly delete: operations["removeFactor"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/me/factors/{id}/confirm": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Confirm a new second factor with its first code
         * @description Confirm a new second factor with its first code.
         */
        readonly post: operations["confirmFactor"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/me/factors/{id}/text": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Text the first code of a new phone again
         * @description The code still ends ten minutes after the phone was added. A phone gets at most five in an hour.
         */
        readonly post: operations["textFactor"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/me/joinable-tenants": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the tenants that the caller can join by the domain of their confirmed email
         * @description List the tenants that the caller can join by the domain of their confirmed email.
         */
        readonly get: operations["listJoinableTenants"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/me/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the browsers in which the caller is signed in
         * @description List the browsers in which the caller is signed in.
         */
        readonly get: operations["listSessions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/me/sessions/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Sign the caller out of one browser
         * @description Sign the caller out of one browser.
         */
        readonly delete: operations["revokeSession"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/members": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List members
         * @description List members. Needs the permission `members:read`.
         */
        readonly get: operations["listMembers"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/members/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Remove a member, or leave the tenant
         * @description Members can remove themselves. Removing someone else needs the permission `members:manage`, and every permission of their role. The last owner can't be removed. Needs the permission `members:read`.
         */
        readonly delete: operations["removeMember"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a member's role
         * @description Needs the permission `members:manage`, and every permission of the old and the new role. The member's browser sessions in the tenant end.
         */
        readonly patch: operations["updateMember"];
        readonly trace?: never;
    };
    readonly "/ownership-offer": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the open offer of ownership, if the caller made it or it is made to them
         * @description Get the open offer of ownership, if the caller made it or it is made to them. Needs the permission `members:read`.
         */
        readonly get: operations["getOwnershipOffer"];
        readonly put?: never;
        /**
         * Offer the ownership of the tenant to another member
         * @description Owners only. Replaces an earlier offer. Once the member accepts, within 7 days, they are an owner and the caller is an admin. Needs the permission `ownership:transfer`.
         */
        readonly post: operations["offerOwnership"];
        /**
         * Decline the ownership, or withdraw one's own offer
         * @description Decline the ownership, or withdraw one's own offer. Needs the permission `members:read`.
         */
        readonly delete: operations["endOwnershipOffer"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ownership-offer/acceptance": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Accept the ownership
         * @description Accept the ownership. Needs the permission `members:read`.
         */
        readonly post: operations["acceptOwnership"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/projects": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List projects
         * @description List projects. Needs the permission `projects:read`.
         */
        readonly get: operations["listProjects"];
        readonly put?: never;
        /**
         * Create a project
         * @description Create a project. Needs the permission `projects:write`.
         */
        readonly post: operations["createProject"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/projects/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a project
         * @description Get a project. Needs the permission `projects:read`.
         */
        readonly get: operations["getProject"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a project
         * @description Delete a project. Needs the permission `projects:write`.
         */
        readonly delete: operations["deleteProject"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a project
         * @description Change a project. Needs the permission `projects:write`.
         */
        readonly patch: operations["updateProject"];
        readonly trace?: never;
    };
    readonly "/request-log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the API calls of the last 30 days
         * @description Newest first, without bodies. A call shows within a second. `id` is the call's `X-Request-Id`, and `endpoint` its route, such as `/projects/{id}`. `status` is a class, `2xx`, `3xx`, `4xx` or `5xx`, or `error` for both kinds of errors. `actor` is the ID of a member's user or of an API key. `since` and `until` are days or times. Needs the permission `request_log:read`.
         */
        readonly get: operations["listRequests"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/roles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List roles
         * @description The built-in roles first, then the tenant's own by name. Needs the permission `members:read`.
         */
        readonly get: operations["listRoles"];
        readonly put?: never;
        /**
         * Create a role
         * @description Needs `roles:manage`, a plan with `custom_roles`, and every permission that the role gets. `GET /roles` shows the owner's permissions: a role can have them all, except those that only owners have. A role also gets what its permissions imply: `members:manage` and `roles:manage` imply `members:read`, and `projects:write` implies `projects:read`.
         */
        readonly post: operations["createRole"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/roles/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a role that nobody has
         * @description Delete a role that nobody has. Needs the permission `roles:manage`.
         */
        readonly delete: operations["deleteRole"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a role for everyone who has it
         * @description Built-in roles can't be changed. Tokens of members follow within five seconds. New permissions sign members out of the workspace in their browsers. Needs the permission `roles:manage`.
         */
        readonly patch: operations["updateRole"];
        readonly trace?: never;
    };
    readonly "/tenants": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the tenants that the caller is a member of
         * @description A tenant token and an API key list their own tenant only.
         */
        readonly get: operations["listTenants"];
        readonly put?: never;
        /**
         * Create a tenant that the caller owns
         * @description A new tenant starts on `starter`; `plan` records the requested plan. Needs an account token.
         */
        readonly post: operations["createTenant"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/tenants/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a tenant that the caller is a member of
         * @description Get a tenant that the caller is a member of.
         */
        readonly get: operations["getTenant"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Schedule a tenant's deletion
         * @description The tenant is deleted after 30 days. Until then it works, and an owner can cancel the deletion. Owners only. Needs the permission `tenant:delete`.
         */
        readonly delete: operations["deleteTenant"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a tenant's name, subdomain, color, or the websites that may call its API
         * @description The old subdomain redirects to the new one for 90 days. Needs the permission `settings:manage` in the tenant.
         */
        readonly patch: operations["updateTenant"];
        readonly trace?: never;
    };
    readonly "/tenants/{id}/deletion": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Cancel a scheduled deletion
         * @description Cancel a scheduled deletion. Needs the permission `tenant:delete`.
         */
        readonly delete: operations["cancelTenantDeletion"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/tenants/{id}/membership": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Join a tenant by the domain of the caller's confirmed email
         * @description Needs an account token. 404 for a tenant that isn't open to the caller's domain.
         */
        readonly post: operations["joinTenant"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/tenants/{id}/sign-in-rules": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /**
         * Require a second factor of all members
         * @description `second_factor_grace_days` is the number of days that members have to set one up. Null ends the requirement. Needs the permission `settings:manage` in the tenant and a recent proof of who you are.
         */
        readonly patch: operations["changeSignInRules"];
        readonly trace?: never;
    };
    readonly "/webhook-deliveries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List webhook deliveries
         * @description Newest first. Deliveries are kept for 30 days. Needs the permission `webhooks:manage`.
         */
        readonly get: operations["listWebhookDeliveries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhook-deliveries/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a delivery with all its attempts
         * @description Get a delivery with all its attempts. Needs the permission `webhooks:manage`.
         */
        readonly get: operations["getWebhookDelivery"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhook-deliveries/{id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send an event again
         * @description Needs a plan with `webhooks`. With the same `webhook-id`. Needs the permission `webhooks:manage`.
         */
        readonly post: operations["retryWebhookDelivery"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhook-endpoints": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List webhook endpoints
         * @description List webhook endpoints. Needs the permission `webhooks:manage`.
         */
        readonly get: operations["listWebhookEndpoints"];
        readonly put?: never;
        /**
         * Create a webhook endpoint
         * @description Needs a plan with `webhooks`. `events` are types such as `project.created`, all of a noun such as `project.*`, or `*`. The URL must lead to the public internet. Needs the permission `webhooks:manage`.
         */
        readonly post: operations["createWebhookEndpoint"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhook-endpoints/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a webhook endpoint
         * @description Get a webhook endpoint. Needs the permission `webhooks:manage`.
         */
        readonly get: operations["getWebhookEndpoint"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a webhook endpoint and its deliveries
         * @description Delete a webhook endpoint and its deliveries. Needs the permission `webhooks:manage`.
         */
        readonly delete: operations["deleteWebhookEndpoint"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a webhook endpoint, or turn it off and on
         * @description Needs a plan with `webhooks`. `headers` replaces all additional headers. Needs the permission `webhooks:manage`.
         */
        readonly patch: operations["updateWebhookEndpoint"];
        readonly trace?: never;
    };
    readonly "/webhook-endpoints/{id}/replay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send the events since a time again
         * @description Needs a plan with `webhooks`. To this endpoint only. `only: failed` sends those that failed or were skipped. Requests keep their `webhook-id`. Needs the permission `webhooks:manage`.
         */
        readonly post: operations["replayWebhookEndpoint"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhook-endpoints/{id}/rotate-secret": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give an endpoint a new secret
         * @description Needs a plan with `webhooks`. For 24 hours, requests are signed with both secrets. Needs the permission `webhooks:manage`.
         */
        readonly post: operations["rotateWebhookSecret"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhook-endpoints/{id}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send a test event
         * @description Needs a plan with `webhooks`. Sends `webhook.test`, or the sample of another event, to this endpoint only. Needs the permission `webhooks:manage`.
         */
        readonly post: operations["testWebhookEndpoint"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/webhook-event-types": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the events that webhooks send
         * @description List the events that webhooks send. Needs the permission `webhooks:manage`.
         */
        readonly get: operations["listWebhookEventTypes"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "id": "0198c0de-6b1f-7d20-9a3c-4e5f60718293",
         *       "name": "Nightly import",
         *       "prefix": "dnz_live_Ab3d",
         *       "permissions": [
         *         "projects:read",
         *         "projects:write"
         *       ],
         *       "allowed_ips": [
         *         "192.0.2.0/24"
         *       ],
         *       "requests_per_minute": 120,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "created_by": {
         *         "id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *         "name": "Ada Marino"
         *       },
         *       "expires_at": "2027-03-02T09:00:00.000Z",
         *       "last_used_at": null
         *     }
         */
        readonly ApiKey: {
            /** @description Addresses and CIDR ranges. Empty: any address */
            readonly allowed_ips: readonly string[];
            /** Format: date-time */
            readonly created_at: string;
            readonly created_by: {
                /** Format: uuid */
                readonly id: string;
                readonly name: string;
            };
            /** Format: date-time */
            readonly expires_at: string | null;
            /** Format: uuid */
            readonly id: string;
            /**
             * Format: date-time
             * @description To within a minute
             */
            readonly last_used_at: string | null;
            readonly name: string;
            readonly permissions: readonly string[];
            /** @description The start of the key, such as dnz_live_Ab3d */
            readonly prefix: string;
            /** @description The key's own limit within the tenant's. Null: only the tenant's */
            readonly requests_per_minute: number | null;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-6b1f-7d20-9a3c-4e5f60718293",
         *           "name": "Nightly import",
         *           "prefix": "dnz_live_Ab3d",
         *           "permissions": [
         *             "projects:read",
         *             "projects:write"
         *           ],
         *           "allowed_ips": [
         *             "192.0.2.0/24"
         *           ],
         *           "requests_per_minute": 120,
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "created_by": {
         *             "id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *             "name": "Ada Marino"
         *           },
         *           "expires_at": "2027-03-02T09:00:00.000Z",
         *           "last_used_at": null
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly ApiKeyList: {
            readonly data: readonly components["schemas"]["ApiKey"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-6b1f-7d20-9a3c-4e5f60718293",
         *       "name": "Nightly import",
         *       "prefix": "dnz_live_Ab3d",
         *       "permissions": [
         *         "projects:read",
         *         "projects:write"
         *       ],
         *       "allowed_ips": [
         *         "192.0.2.0/24"
         *       ],
         *       "requests_per_minute": 120,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "created_by": {
         *         "id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *         "name": "Ada Marino"
         *       },
         *       "expires_at": "2027-03-02T09:00:00.000Z",
         *       "last_used_at": null,
         *       "api_key": "dnz_live_Ab3dEf6hJk9mNp2qRs5tUv8wXy1z"
         *     }
         */
        readonly ApiKeyWithSecret: {
            /** @description Addresses and CIDR ranges. Empty: any address */
            readonly allowed_ips: readonly string[];
            /** @description The key. It can't be shown again */
            readonly api_key: string;
            /** Format: date-time */
            readonly created_at: string;
            readonly created_by: {
                /** Format: uuid */
                readonly id: string;
                readonly name: string;
            };
            /** Format: date-time */
            readonly expires_at: string | null;
            /** Format: uuid */
            readonly id: string;
            /**
             * Format: date-time
             * @description To within a minute
             */
            readonly last_used_at: string | null;
            readonly name: string;
            readonly permissions: readonly string[];
            /** @description The start of the key, such as dnz_live_Ab3d */
            readonly prefix: string;
            /** @description The key's own limit within the tenant's. Null: only the tenant's */
            readonly requests_per_minute: number | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-9e3f-7041-8c5d-6e7f8a9b0c1d",
         *       "sequence": 42,
         *       "at": "2026-03-02T09:00:00.000Z",
         *       "action": "project.updated",
         *       "actor": {
         *         "type": "member",
         *         "id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *         "name": "Ada Marino",
         *         "staff": null,
         *         "key": null
         *       },
         *       "subject": {
         *         "type": "project",
         *         "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
         *         "name": "Warehouse move"
         *       },
         *       "changes": [
         *         {
         *           "field": "status",
         *           "before": "active",
         *           "after": "archived"
         *         }
         *       ],
         *       "details": {},
         *       "ip_address": "192.0.2.17",
         *       "request_id": "0198c0de-9e3e-7f12-8a3b-4c5d6e7f8a9b"
         *     }
         */
        readonly AuditEntry: {
            readonly action: string;
            readonly actor: {
                /** Format: uuid */
                readonly id: string | null;
                readonly key: {
                    /** Format: uuid */
                    readonly id: string;
                    readonly name: string;
                } | null;
                readonly name: string | null;
                readonly staff: string | null;
                /** @enum {string} */
                readonly type: "member" | "acting" | "key" | "job" | "staff" | "system" | "visitor";
            };
            /** Format: date-time */
            readonly at: string;
            readonly changes: readonly {
                readonly after?: unknown;
                readonly before?: unknown;
                readonly field: string | null;
            }[];
            readonly details: {
                readonly [key: string]: unknown;
            };
            /** Format: uuid */
            readonly id: string;
            readonly ip_address: string | null;
            readonly request_id: string | null;
            readonly sequence: number;
            readonly subject: {
                /** Format: uuid */
                readonly id: string | null;
                readonly name: string | null;
                readonly type: string | null;
            };
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-9e3f-7041-8c5d-6e7f8a9b0c1d",
         *           "sequence": 42,
         *           "at": "2026-03-02T09:00:00.000Z",
         *           "action": "project.updated",
         *           "actor": {
         *             "type": "member",
         *             "id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *             "name": "Ada Marino",
         *             "staff": null,
         *             "key": null
         *           },
         *           "subject": {
         *             "type": "project",
         *             "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
         *             "name": "Warehouse move"
         *           },
         *           "changes": [
         *             {
         *               "field": "status",
         *               "before": "active",
         *               "after": "archived"
         *             }
         *           ],
         *           "details": {},
         *           "ip_address": "192.0.2.17",
         *           "request_id": "0198c0de-9e3e-7f12-8a3b-4c5d6e7f8a9b"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly AuditLog: {
            readonly data: readonly components["schemas"]["AuditEntry"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "recovery_codes": [
         *         "k3v9-2mfx",
         *         "p8qd-7wzt"
         *       ]
         *     }
         */
        readonly ConfirmedFactor: {
            /** @description With the first factor: codes that each work once if the factor is lost. Shown only here. */
            readonly recovery_codes: readonly string[] | null;
        };
        /**
         * @example {
         *       "users": 12,
         *       "revenue": 2900,
         *       "currency": "usd",
         *       "api_calls": 18240,
         *       "storage_used": 5242880
         *     }
         */
        readonly DashboardStats: {
            /** @description API calls in the current calendar month, UTC */
            readonly api_calls: number;
            readonly currency: string;
            /** @description In minor units of `currency` */
            readonly revenue: number;
            /** @description Bytes */
            readonly storage_used: number;
            readonly users: number;
        };
        /**
         * @example {
         *       "reports": true
         *     }
         */
        readonly EmailPreferences: {
            /** @description A summary of the previous month, at the start of each month. */
            readonly reports: boolean;
        };
        /**
         * @example {
         *       "id": "0198c0de-3c4d-7b5e-8f60-7a8b9c0d1e2f",
         *       "type": "totp",
         *       "name": "Authenticator app",
         *       "created_at": "2026-01-12T08:30:00.000Z",
         *       "last_used_at": "2026-03-02T08:55:00.000Z"
         *     }
         */
        readonly Factor: {
            /** Format: date-time */
            readonly created_at: string;
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly last_used_at: string | null;
            readonly name: string;
            /** @enum {string} */
            readonly type: "totp" | "sms" | "email" | "passkey";
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-3c4d-7b5e-8f60-7a8b9c0d1e2f",
         *           "type": "totp",
         *           "name": "Authenticator app",
         *           "created_at": "2026-01-12T08:30:00.000Z",
         *           "last_used_at": "2026-03-02T08:55:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly FactorList: {
            readonly data: readonly components["schemas"]["Factor"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-7c1d-7e2f-8a3b-4c5d6e7f8a9b",
         *       "email": "ben@partner.example",
         *       "role": "member",
         *       "invited_by": "Ada Marino",
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "expires_at": "2026-03-09T09:00:00.000Z"
         *     }
         */
        readonly Invitation: {
            /** Format: date-time */
            readonly created_at: string;
            readonly email: string;
            /** Format: date-time */
            readonly expires_at: string;
            /** Format: uuid */
            readonly id: string;
            /** @description The inviter's name */
            readonly invited_by: string | null;
            /** @description The ID of a role: see `GET /roles` */
            readonly role: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-7c1d-7e2f-8a3b-4c5d6e7f8a9b",
         *           "email": "ben@partner.example",
         *           "role": "member",
         *           "invited_by": "Ada Marino",
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "expires_at": "2026-03-09T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly InvitationList: {
            readonly data: readonly components["schemas"]["Invitation"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "sent": 1,
         *       "lines": [
         *         {
         *           "line": 1,
         *           "email": "ben@partner.example",
         *           "role": "member",
         *           "status": "new",
         *           "code": null,
         *           "message": null
         *         }
         *       ]
         *     }
         */
        readonly InvitationReport: {
            readonly lines: readonly {
                readonly code: string | null;
                readonly email: string;
                readonly line: number;
                readonly message: string | null;
                readonly role: string;
                /** @enum {string} */
                readonly status: "new" | "again" | "member" | "error";
            }[];
            readonly sent: number;
        };
        /**
         * @example {
         *       "id": "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
         *       "name": "Acme Robotics",
         *       "subdomain": "acme"
         *     }
         */
        readonly JoinableTenant: {
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            readonly subdomain: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
         *           "name": "Acme Robotics",
         *           "subdomain": "acme"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly JoinableTenantList: {
            readonly data: readonly components["schemas"]["JoinableTenant"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-8d2e-7f30-9b4c-5d6e7f8a9b0c",
         *       "domain": "acme.example",
         *       "role": "member",
         *       "created_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly JoinDomain: {
            /** Format: date-time */
            readonly created_at: string;
            readonly domain: string;
            /** Format: uuid */
            readonly id: string;
            /** @enum {string} */
            readonly role: "member" | "viewer";
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-8d2e-7f30-9b4c-5d6e7f8a9b0c",
         *           "domain": "acme.example",
         *           "role": "member",
         *           "created_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly JoinDomainList: {
            readonly data: readonly components["schemas"]["JoinDomain"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-9e3e-7f12-8a3b-4c5d6e7f8a9b",
         *       "at": "2026-03-02T09:00:00.000Z",
         *       "method": "PATCH",
         *       "endpoint": "/projects/{id}",
         *       "status": 200,
         *       "duration_ms": 4.2,
         *       "error_code": null,
         *       "ip_address": "192.0.2.17",
         *       "actor": {
         *         "type": "key",
         *         "id": "0198c0de-6b1f-7d20-9a3c-4e5f60718293",
         *         "name": "Nightly import"
         *       }
         *     }
         */
        readonly LoggedRequest: {
            readonly actor: {
                /** Format: uuid */
                readonly id: string;
                readonly name: string;
                readonly type: string;
            };
            /** Format: date-time */
            readonly at: string;
            readonly duration_ms: number;
            readonly endpoint: string;
            readonly error_code: string | null;
            /** Format: uuid */
            readonly id: string;
            readonly ip_address: string | null;
            readonly method: string;
            readonly status: number;
        };
        /**
         * @example {
         *       "actor": {
         *         "type": "user",
         *         "id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *         "name": "Ada Marino",
         *         "email": "ada@acme.example",
         *         "theme": "system",
         *         "locale": null,
         *         "avatar_color": null
         *       },
         *       "scope": "tenant",
         *       "tenant": {
         *         "id": "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
         *         "name": "Acme Robotics",
         *         "subdomain": "acme",
         *         "plan": "team",
         *         "status": "active"
         *       },
         *       "role": "member",
         *       "permissions": [
         *         "members:read",
         *         "projects:read",
         *         "projects:write"
         *       ]
         *     }
         */
        readonly Me: {
            readonly actor: {
                /**
                 * @description Null follows the name
                 * @enum {string|null}
                 */
                readonly avatar_color: "gray" | "red" | "amber" | "green" | "blue" | "violet" | "pink" | null;
                /** @description Null for an API key */
                readonly email: string | null;
                /**
                 * Format: uuid
                 * @description The ID of the person or of the API key
                 */
                readonly id: string;
                /**
                 * @description Null follows the browser
                 * @enum {string|null}
                 */
                readonly locale: "en" | null;
                readonly name: string;
                /**
                 * @description Null for an API key
                 * @enum {string|null}
                 */
                readonly theme: "system" | "light" | "dark" | null;
                /** @enum {string} */
                readonly type: "user" | "api_key";
            };
            readonly permissions: readonly string[];
            /** @description The ID of a role: see `GET /roles`. Null for an API key, which has its own permissions */
            readonly role: string | null;
            /**
             * @description Whether the token works for one tenant or for the whole account
             * @enum {string}
             */
            readonly scope: "account" | "tenant";
            /** @description The token's tenant, the tenant that the request names, or the caller's only tenant; otherwise null */
            readonly tenant: {
                /** Format: uuid */
                readonly id: string;
                readonly name: string;
                readonly plan: string;
                readonly status: string;
                readonly subdomain: string;
            } | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-2b3c-7a4d-9e5f-6a7b8c9d0e1f",
         *       "user_id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *       "name": "Ada Marino",
         *       "email": "ada@acme.example",
         *       "role": "owner",
         *       "joined_at": "2026-01-12T08:30:00.000Z",
         *       "last_seen_at": "2026-03-02T08:55:00.000Z"
         *     }
         */
        readonly Member: {
            readonly email: string;
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly joined_at: string;
            /** Format: date-time */
            readonly last_seen_at: string | null;
            readonly name: string;
            /** @description The ID of a role: see `GET /roles` */
            readonly role: string;
            /** Format: uuid */
            readonly user_id: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-2b3c-7a4d-9e5f-6a7b8c9d0e1f",
         *           "user_id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *           "name": "Ada Marino",
         *           "email": "ada@acme.example",
         *           "role": "owner",
         *           "joined_at": "2026-01-12T08:30:00.000Z",
         *           "last_seen_at": "2026-03-02T08:55:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly MemberList: {
            readonly data: readonly components["schemas"]["Member"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "from": {
         *         "user_id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *         "name": "Ada Marino"
         *       },
         *       "to": {
         *         "user_id": "0198c0de-22bb-7d3f-9a5e-8c7b6d5e4f32",
         *         "name": "Ben Okafor"
         *       },
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "expires_at": "2026-03-09T09:00:00.000Z"
         *     }
         */
        readonly OwnershipOffer: {
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly expires_at: string;
            readonly from: {
                readonly name: string;
                /** Format: uuid */
                readonly user_id: string;
            };
            readonly to: {
                readonly name: string;
                /** Format: uuid */
                readonly user_id: string;
            };
        };
        /**
         * @example {
         *       "id": "0198c0de-3c4d-7b5e-8f60-7a8b9c0d1e2f",
         *       "type": "sms",
         *       "name": "Phone •• 17",
         *       "phone": "•• 17"
         *     }
         */
        readonly PendingFactor: {
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /** @description The secret as the text of a QR code */
            readonly otpauth_uri?: string;
            /** @description The end of the phone's number, for type `sms` */
            readonly phone?: string;
            /** @description In base32, for an authenticator app */
            readonly secret?: string;
            /** @enum {string} */
            readonly type: "totp" | "sms" | "email" | "passkey";
        };
        /**
         * @example {
         *       "type": "about:blank",
         *       "title": "Not found",
         *       "status": 404,
         *       "detail": "This project was not found.",
         *       "request_id": "01a209e1-a781-743d-83bd-d3bbd85961e1"
         *     }
         */
        readonly Problem: {
            /** @description What happened, in English */
            readonly detail: string;
            /** @description With 422: each invalid field. A `code` never changes; a `message` may. */
            readonly errors?: readonly {
                readonly code: string;
                readonly field: string;
                readonly message: string;
            }[];
            /** @description With a reached limit of the plan: the limit */
            readonly limit?: number;
            /**
             * Format: uuid
             * @description Identifies the request in the log
             */
            readonly request_id: string;
            readonly status: number;
            readonly title: string;
            /**
             * Format: uri-reference
             * @description `about:blank`, or the type of a problem that a program can react to
             */
            readonly type: string;
            /** @description With a reached limit of the plan: how much is used */
            readonly used?: number;
            /** @description With 429: the limits that are reached, as `RateLimit-Policy` names them */
            readonly "violated-policies"?: readonly string[];
        };
        /**
         * @example {
         *       "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
         *       "name": "Warehouse move",
         *       "description": "Racking plan for the new site.",
         *       "status": "active",
         *       "owner_id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly Project: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /** Format: uuid */
            readonly owner_id: string | null;
            /** @enum {string} */
            readonly status: "active" | "archived";
            /** Format: date-time */
            readonly updated_at: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
         *           "name": "Warehouse move",
         *           "description": "Racking plan for the new site.",
         *           "status": "active",
         *           "owner_id": "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "updated_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly ProjectList: {
            readonly data: readonly components["schemas"]["Project"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-9e3e-7f12-8a3b-4c5d6e7f8a9b",
         *           "at": "2026-03-02T09:00:00.000Z",
         *           "method": "PATCH",
         *           "endpoint": "/projects/{id}",
         *           "status": 200,
         *           "duration_ms": 4.2,
         *           "error_code": null,
         *           "ip_address": "192.0.2.17",
         *           "actor": {
         *             "type": "key",
         *             "id": "0198c0de-6b1f-7d20-9a3c-4e5f60718293",
         *             "name": "Nightly import"
         *           }
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly RequestLog: {
            readonly data: readonly components["schemas"]["LoggedRequest"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-6f10-7d41-8a2b-1c3d5e7f9a0b",
         *       "name": "Auditor",
         *       "is_built_in": false,
         *       "permissions": [
         *         "members:read",
         *         "projects:read"
         *       ],
         *       "members": 2
         *     }
         */
        readonly Role: {
            /** @description The name of a built-in role, or a UUID */
            readonly id: string;
            readonly is_built_in: boolean;
            /** @description How many members have the role */
            readonly members: number;
            readonly name: string;
            readonly permissions: readonly string[];
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-6f10-7d41-8a2b-1c3d5e7f9a0b",
         *           "name": "Auditor",
         *           "is_built_in": false,
         *           "permissions": [
         *             "members:read",
         *             "projects:read"
         *           ],
         *           "members": 2
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly RoleList: {
            readonly data: readonly components["schemas"]["Role"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "mfa_required": true,
         *       "mfa_token": "sample-mfa-token",
         *       "factors": [
         *         "totp",
         *         "recovery"
         *       ]
         *     }
         */
        readonly SecondStep: {
            /** @description The kinds of codes that count */
            readonly factors: readonly ("totp" | "sms" | "email" | "recovery")[];
            /** @enum {boolean} */
            readonly mfa_required: true;
            /** @description Send it to POST /auth/mfa within ten minutes */
            readonly mfa_token: string;
        };
        /**
         * @example {
         *       "id": "0198c0de-4d5e-7c6f-9071-8b9c0d1e2f30",
         *       "browser": "Firefox",
         *       "system": "macOS",
         *       "ip_address": "192.0.2.17",
         *       "created_at": "2026-02-27T07:45:00.000Z",
         *       "last_seen_at": "2026-03-02T08:55:00.000Z"
         *     }
         */
        readonly Session: {
            /** @description Such as Firefox; null if unknown */
            readonly browser: string | null;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: uuid */
            readonly id: string;
            readonly ip_address: string;
            /** Format: date-time */
            readonly last_seen_at: string;
            /** @description Such as macOS; null if unknown */
            readonly system: string | null;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-4d5e-7c6f-9071-8b9c0d1e2f30",
         *           "browser": "Firefox",
         *           "system": "macOS",
         *           "ip_address": "192.0.2.17",
         *           "created_at": "2026-02-27T07:45:00.000Z",
         *           "last_seen_at": "2026-03-02T08:55:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly SessionList: {
            readonly data: readonly components["schemas"]["Session"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
         *       "name": "Acme Robotics",
         *       "subdomain": "acme",
         *       "plan": "team",
         *       "status": "active",
         *       "deletion_scheduled_for": null,
         *       "brand_color": "#0b6b58",
         *       "api_origins": [
         *         "https://app.acme.example"
         *       ],
         *       "second_factor_from": null,
         *       "created_at": "2026-01-12T08:30:00.000Z"
         *     }
         */
        readonly Tenant: {
            /** @description The websites whose scripts may call the API on the tenant's host, as origins. */
            readonly api_origins: readonly string[];
            /** @description The color of the tenant's mark and emails: #rrggbb. Null means the product's color. */
            readonly brand_color: string | null;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly deletion_scheduled_for: string | null;
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /** @enum {string} */
            readonly plan: "starter" | "team" | "premium" | "enterprise";
            /**
             * Format: date-time
             * @description From when on members need a second factor. Null: they don't.
             */
            readonly second_factor_from: string | null;
            /** @enum {string} */
            readonly status: "active" | "suspended";
            readonly subdomain: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
         *           "name": "Acme Robotics",
         *           "subdomain": "acme",
         *           "plan": "team",
         *           "status": "active",
         *           "deletion_scheduled_for": null,
         *           "brand_color": "#0b6b58",
         *           "api_origins": [
         *             "https://app.acme.example"
         *           ],
         *           "second_factor_from": null,
         *           "created_at": "2026-01-12T08:30:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly TenantList: {
            readonly data: readonly components["schemas"]["Tenant"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMTk4YzBkZSJ9.c2lnbmF0dXJl",
         *       "refresh_token": "sample-refresh-token",
         *       "token_type": "Bearer",
         *       "expires_in": 900
         *     }
         */
        readonly Tokens: {
            readonly access_token: string;
            /** @description Seconds */
            readonly expires_in: number;
            readonly refresh_token: string;
            /** @enum {string} */
            readonly token_type: "Bearer";
        };
        /**
         * @example {
         *       "number": 1,
         *       "at": "2026-03-02T09:00:00.100Z",
         *       "duration_ms": 140,
         *       "request_headers": {
         *         "webhook-id": "0198c0de-9e4c-7053-8d6f-718293041526"
         *       },
         *       "response_status": 200,
         *       "response_headers": {
         *         "content-type": "text/plain"
         *       },
         *       "response_body": "ok",
         *       "error": null
         *     }
         */
        readonly WebhookAttempt: {
            /** Format: date-time */
            readonly at: string;
            readonly duration_ms: number;
            readonly error: string | null;
            readonly number: number;
            readonly request_headers: {
                readonly [key: string]: string;
            };
            readonly response_body: string | null;
            readonly response_headers: {
                readonly [key: string]: string;
            } | null;
            readonly response_status: number | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-8d3b-7f42-9c5e-607182930415",
         *       "endpoint_id": "0198c0de-7c2a-7e31-8b4d-5f6071829304",
         *       "event_id": "0198c0de-9e4c-7053-8d6f-718293041526",
         *       "event": "project.created",
         *       "status": "delivered",
         *       "attempts": 1,
         *       "response_status": 200,
         *       "error": null,
         *       "next_attempt_at": null,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "ended_at": "2026-03-02T09:00:00.240Z"
         *     }
         */
        readonly WebhookDelivery: {
            readonly attempts: number;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly ended_at: string | null;
            /** Format: uuid */
            readonly endpoint_id: string;
            readonly error: string | null;
            readonly event: string;
            /**
             * Format: uuid
             * @description The `webhook-id` of every attempt
             */
            readonly event_id: string;
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly next_attempt_at: string | null;
            readonly response_status: number | null;
            /** @enum {string} */
            readonly status: "pending" | "delivered" | "failed" | "skipped";
        };
        /**
         * @example {
         *       "id": "0198c0de-8d3b-7f42-9c5e-607182930415",
         *       "endpoint_id": "0198c0de-7c2a-7e31-8b4d-5f6071829304",
         *       "event_id": "0198c0de-9e4c-7053-8d6f-718293041526",
         *       "event": "project.created",
         *       "status": "delivered",
         *       "attempts": 1,
         *       "response_status": 200,
         *       "error": null,
         *       "next_attempt_at": null,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "ended_at": "2026-03-02T09:00:00.240Z",
         *       "request_body": "{\"type\":\"project.created\",\"timestamp\":\"2026-03-02T09:00:00.000Z\",\"data\":{\"name\":\"Warehouse move\"}}",
         *       "attempt_list": [
         *         {
         *           "number": 1,
         *           "at": "2026-03-02T09:00:00.100Z",
         *           "duration_ms": 140,
         *           "request_headers": {
         *             "webhook-id": "0198c0de-9e4c-7053-8d6f-718293041526"
         *           },
         *           "response_status": 200,
         *           "response_headers": {
         *             "content-type": "text/plain"
         *           },
         *           "response_body": "ok",
         *           "error": null
         *         }
         *       ]
         *     }
         */
        readonly WebhookDeliveryDetails: {
            readonly attempt_list: readonly components["schemas"]["WebhookAttempt"][];
            readonly attempts: number;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly ended_at: string | null;
            /** Format: uuid */
            readonly endpoint_id: string;
            readonly error: string | null;
            readonly event: string;
            /**
             * Format: uuid
             * @description The `webhook-id` of every attempt
             */
            readonly event_id: string;
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly next_attempt_at: string | null;
            /** @description The exact body that is signed and sent */
            readonly request_body: string;
            readonly response_status: number | null;
            /** @enum {string} */
            readonly status: "pending" | "delivered" | "failed" | "skipped";
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-8d3b-7f42-9c5e-607182930415",
         *           "endpoint_id": "0198c0de-7c2a-7e31-8b4d-5f6071829304",
         *           "event_id": "0198c0de-9e4c-7053-8d6f-718293041526",
         *           "event": "project.created",
         *           "status": "delivered",
         *           "attempts": 1,
         *           "response_status": 200,
         *           "error": null,
         *           "next_attempt_at": null,
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "ended_at": "2026-03-02T09:00:00.240Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly WebhookDeliveryList: {
            readonly data: readonly components["schemas"]["WebhookDelivery"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-7c2a-7e31-8b4d-5f6071829304",
         *       "url": "https://acme.example/webhooks",
         *       "events": [
         *         "project.*"
         *       ],
         *       "description": "Warehouse system",
         *       "header_names": [
         *         "X-Warehouse"
         *       ],
         *       "rate_limit": null,
         *       "status": "active",
         *       "disabled_reason": null,
         *       "disabled_at": null,
         *       "failing_since": null,
         *       "previous_secret_until": null,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly WebhookEndpoint: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** Format: date-time */
            readonly disabled_at: string | null;
            /**
             * @description `gone`: the receiver answered 410. `failing`: every attempt of five days failed.
             * @enum {string|null}
             */
            readonly disabled_reason: "manual" | "gone" | "failing" | null;
            readonly events: readonly string[];
            /** Format: date-time */
            readonly failing_since: string | null;
            /** @description The names of the additional request headers */
            readonly header_names: readonly string[];
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly previous_secret_until: string | null;
            /** @description The most attempts per second */
            readonly rate_limit: number | null;
            /** @enum {string} */
            readonly status: "active" | "disabled";
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-7c2a-7e31-8b4d-5f6071829304",
         *           "url": "https://acme.example/webhooks",
         *           "events": [
         *             "project.*"
         *           ],
         *           "description": "Warehouse system",
         *           "header_names": [
         *             "X-Warehouse"
         *           ],
         *           "rate_limit": null,
         *           "status": "active",
         *           "disabled_reason": null,
         *           "disabled_at": null,
         *           "failing_since": null,
         *           "previous_secret_until": null,
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "updated_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly WebhookEndpointList: {
            readonly data: readonly components["schemas"]["WebhookEndpoint"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-7c2a-7e31-8b4d-5f6071829304",
         *       "url": "https://acme.example/webhooks",
         *       "events": [
         *         "project.*"
         *       ],
         *       "description": "Warehouse system",
         *       "header_names": [
         *         "X-Warehouse"
         *       ],
         *       "rate_limit": null,
         *       "status": "active",
         *       "disabled_reason": null,
         *       "disabled_at": null,
         *       "failing_since": null,
         *       "previous_secret_until": null,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:00:00.000Z",
         *       "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
         *     }
         */
        readonly WebhookEndpointWithSecret: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** Format: date-time */
            readonly disabled_at: string | null;
            /**
             * @description `gone`: the receiver answered 410. `failing`: every attempt of five days failed.
             * @enum {string|null}
             */
            readonly disabled_reason: "manual" | "gone" | "failing" | null;
            readonly events: readonly string[];
            /** Format: date-time */
            readonly failing_since: string | null;
            /** @description The names of the additional request headers */
            readonly header_names: readonly string[];
            /** Format: uuid */
            readonly id: string;
            /** Format: date-time */
            readonly previous_secret_until: string | null;
            /** @description The most attempts per second */
            readonly rate_limit: number | null;
            /** @description Signs every request. It is shown only here. */
            readonly secret: string;
            /** @enum {string} */
            readonly status: "active" | "disabled";
            /** Format: date-time */
            readonly updated_at: string;
            readonly url: string;
        };
        /**
         * @example {
         *       "id": "project.created",
         *       "description": "Someone created a project.",
         *       "schema": {
         *         "type": "object",
         *         "properties": {
         *           "name": {
         *             "type": "string"
         *           }
         *         }
         *       },
         *       "sample": {
         *         "name": "Warehouse move"
         *       }
         *     }
         */
        readonly WebhookEventType: {
            readonly description: string;
            /** @description The `type` in the body */
            readonly id: string;
            readonly sample: {
                readonly [key: string]: unknown;
            };
            /** @description The JSON Schema of `data` */
            readonly schema: {
                readonly [key: string]: unknown;
            };
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "project.created",
         *           "description": "Someone created a project.",
         *           "schema": {
         *             "type": "object",
         *             "properties": {
         *               "name": {
         *                 "type": "string"
         *               }
         *             }
         *           },
         *           "sample": {
         *             "name": "Warehouse move"
         *           }
         *         }
         *       ]
         *     }
         */
        readonly WebhookEventTypes: {
            readonly data: readonly components["schemas"]["WebhookEventType"][];
        };
        /**
         * @example {
         *       "queued": 12
         *     }
         */
        readonly WebhookReplay: {
            readonly queued: number;
        };
    };
    responses: {
        /** @description The request can't be understood: the account is a member of several tenants and the request names none, or a header is malformed */
        readonly Problem400: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The credentials are missing or no longer valid */
        readonly Problem401: {
            headers: {
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The credentials are for another tenant, their scope or role doesn't allow this, the plan doesn't include it, the person has to confirm who they are (`type` is `/problems/reauthentication-required`), or the tenant is suspended */
        readonly Problem403: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource doesn't exist in this tenant */
        readonly Problem404: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The change conflicts with the current state, which `detail` describes; or, with `Retry-After`, a request with the same `Idempotency-Key` is still running */
        readonly Problem409: {
            headers: {
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource has changed since the version in `If-Match` */
        readonly Problem412: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than 1 MB */
        readonly Problem413: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body isn't `application/json` */
        readonly Problem415: {
            headers: {
                readonly "Accept-Patch": components["headers"]["Accept-Patch"];
                readonly "Accept-Post": components["headers"]["Accept-Post"];
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Some fields are invalid, which `errors` lists; or the `Idempotency-Key` was sent with another request */
        readonly Problem422: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests; try again after `Retry-After` seconds. `RateLimit` tells what is left */
        readonly Problem429: {
            headers: {
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An error on our side; `request_id` identifies it in the log */
        readonly Problem500: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service is busy, or the tenant is being updated; try again after `Retry-After` seconds */
        readonly Problem503: {
            headers: {
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The format of bodies that the API reads (RFC 5789) */
        readonly "Accept-Patch": string;
        /** @description The format of bodies that the API reads */
        readonly "Accept-Post": string;
        /** @description The version of the resource, for `If-None-Match` and, where it is accepted, `If-Match` */
        readonly ETag: string;
        /** @description `true` if this is the stored answer to an earlier request with the same key */
        readonly "Idempotent-Replayed": string;
        /** @description Related URLs (RFC 8288): the next page with `rel="next"`, or a guide with `rel="deprecation"` */
        readonly Link: string;
        /** @description The URL of the new resource */
        readonly Location: string;
        /** @description Seconds until a retry makes sense */
        readonly "Retry-After": number;
        /** @description The scheme of the credentials (RFC 9110, section 11.6.1) */
        readonly "WWW-Authenticate": string;
        /** @description Identifies the request in the log. Problems contain it, too. */
        readonly "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly listApiKeys: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "name" | "-name" | "created_at" | "-created_at";
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of keys, without their secrets */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Nightly import",
                 *       "permissions": [
                 *         "projects:read",
                 *         "projects:write"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /** @default [] */
                    readonly allowed_ips?: readonly string[];
                    /**
                     * Format: date-time
                     * @default null
                     */
                    readonly expires_at?: string | null;
                    readonly name: string;
                    readonly permissions: readonly string[];
                    /** @default null */
                    readonly requests_per_minute?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description The new key */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyWithSecret"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key, without its secret */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly revokeApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The key was revoked */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly rotateApiKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "overlap_hours": 24
                 *     }
                 */
                readonly "application/json": {
                    /** @default 24 */
                    readonly overlap_hours?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description The key with its new secret */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyWithSecret"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listAuditLog: {
        readonly parameters: {
            readonly query?: {
                /** @description Keeps the items with this `action` */
                readonly action?: string;
                /** @description Keeps the items with this `actor` */
                readonly actor?: string;
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items from this time or day (UTC) on */
                readonly since?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "at" | "-at";
                /** @description Keeps the items with this `subject` */
                readonly subject?: string;
                /** @description Keeps the items up to this time or day (UTC), included */
                readonly until?: string;
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of entries */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AuditLog"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly signIn: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "email": "ada@acme.example",
                 *       "password": "correct horse battery",
                 *       "tenant": "acme"
                 *     }
                 */
                readonly "application/json": {
                    readonly email: string;
                    readonly password: string;
                    readonly tenant?: string;
                };
            };
        };
        readonly responses: {
            /** @description Tokens, or a question for a second factor */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tokens"] | components["schemas"]["SecondStep"];
                };
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly signOut: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "refresh_token": "sample-refresh-token"
                 *     }
                 */
                readonly "application/json": {
                    readonly refresh_token: string;
                };
            };
        };
        readonly responses: {
            /** @description Signed out */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly finishSignIn: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "code": "492039",
                 *       "mfa_token": "sample-mfa-token"
                 *     }
                 */
                readonly "application/json": {
                    readonly code: string;
                    /** @enum {string} */
                    readonly factor?: "totp" | "sms" | "email" | "recovery";
                    readonly mfa_token: string;
                };
            };
        };
        readonly responses: {
            /** @description Tokens */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tokens"];
                };
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly emailSecondFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "mfa_token": "sample-mfa-token"
                 *     }
                 */
                readonly "application/json": {
                    readonly mfa_token: string;
                };
            };
        };
        readonly responses: {
            /** @description The code is on its way */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly textSecondFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "mfa_token": "sample-mfa-token"
                 *     }
                 */
                readonly "application/json": {
                    readonly mfa_token: string;
                };
            };
        };
        readonly responses: {
            /** @description The code is on its way */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly reauthenticate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "code": "492039"
                 *     }
                 */
                readonly "application/json": {
                    /** @default  */
                    readonly code?: string;
                    /** @default  */
                    readonly password?: string;
                };
            };
        };
        readonly responses: {
            /** @description Confirmed */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly emailReauthentication: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The code is on its way */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly textReauthentication: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "factor_id": "0198c0de-3c4d-7b5e-8f60-7a8b9c0d1e2f"
                 *     }
                 */
                readonly "application/json": {
                    readonly factor_id?: string;
                };
            };
        };
        readonly responses: {
            /** @description The code is on its way */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly refreshTokens: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "refresh_token": "sample-refresh-token"
                 *     }
                 */
                readonly "application/json": {
                    readonly refresh_token: string;
                };
            };
        };
        readonly responses: {
            /** @description New tokens */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tokens"];
                };
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createTenantToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "tenant": "acme"
                 *     }
                 */
                readonly "application/json": {
                    readonly tenant: string;
                };
            };
        };
        readonly responses: {
            /** @description Tokens for the tenant */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tokens"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getDashboardStats: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The current figures */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DashboardStats"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listInvitations: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items that contain this text */
                readonly search?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "created_at" | "-created_at";
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of invitations */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InvitationList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createInvitation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "email": "ben@partner.example",
                 *       "role": "member"
                 *     }
                 */
                readonly "application/json": {
                    readonly email: string;
                    /** @default member */
                    readonly role?: string;
                };
            };
        };
        readonly responses: {
            /** @description The invitation */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Invitation"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly revokeInvitation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The link no longer works */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly resendInvitation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The invitation */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Invitation"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createInvitations: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "csv": "email,role\nben@partner.example,member\n",
                 *       "dry_run": true
                 *     }
                 */
                readonly "application/json": {
                    readonly csv: string;
                    /** @default false */
                    readonly dry_run?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description What happens to each line, and how many invitations were sent */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InvitationReport"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listJoinDomains: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The domains */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JoinDomainList"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createJoinDomain: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "domain": "acme.example",
                 *       "role": "member"
                 *     }
                 */
                readonly "application/json": {
                    readonly domain: string;
                    /**
                     * @default member
                     * @enum {string}
                     */
                    readonly role?: "member" | "viewer";
                };
            };
        };
        readonly responses: {
            /** @description The domain */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JoinDomain"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteJoinDomain: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Nobody can join by it any longer; members stay */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getMe: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The caller */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Me"];
                };
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly updateMe: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Ada Marino",
                 *       "theme": "dark"
                 *     }
                 */
                readonly "application/json": {
                    /** @enum {string|null} */
                    readonly avatar_color?: "gray" | "red" | "amber" | "green" | "blue" | "violet" | "pink" | null;
                    /** @enum {string|null} */
                    readonly locale?: "en" | null;
                    readonly name?: string;
                    /** @enum {string} */
                    readonly theme?: "system" | "light" | "dark";
                };
            };
        };
        readonly responses: {
            /** @description The changed caller */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Me"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getEmailPreferences: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The email preferences */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EmailPreferences"];
                };
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly updateEmailPreferences: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "reports": true
                 *     }
                 */
                readonly "application/json": {
                    /** @description A summary of the previous month, at the start of each month. */
                    readonly reports?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description The changed email preferences */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EmailPreferences"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listFactors: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description All second factors, the oldest first. There are at most ten. Passkeys are added in a browser. */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FactorList"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly addFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "totp",
                 *       "name": "Authenticator app"
                 *     }
                 */
                readonly "application/json": {
                    readonly name?: string;
                    readonly phone?: "" | string;
                    /** @enum {string} */
                    readonly type: "totp" | "sms" | "email";
                };
            };
        };
        readonly responses: {
            /** @description The factor waits for its first code */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PendingFactor"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly removeFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Removed */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly confirmFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "code": "492039"
                 *     }
                 */
                readonly "application/json": {
                    readonly code: string;
                };
            };
        };
        readonly responses: {
            /** @description The factor counts from now on */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ConfirmedFactor"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly textFactor: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The code is on its way */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listJoinableTenants: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description At most 20 tenants, by name */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JoinableTenantList"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listSessions: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "last_seen_at" | "-last_seen_at";
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of browser sessions */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SessionList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly revokeSession: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Signed out */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listMembers: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items with this `role` */
                readonly role?: string;
                /** @description Keeps the items that contain this text */
                readonly search?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "name" | "-name" | "joined_at" | "-joined_at";
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of members */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MemberList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly removeMember: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The member was removed */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly updateMember: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "role": "admin"
                 *     }
                 */
                readonly "application/json": {
                    readonly role: string;
                };
            };
        };
        readonly responses: {
            /** @description The changed member */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Member"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getOwnershipOffer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The offer */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OwnershipOffer"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly offerOwnership: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "member_id": "0198c0de-2b3c-7a4d-9e5f-6a7b8c9d0e1f"
                 *     }
                 */
                readonly "application/json": {
                    /** Format: uuid */
                    readonly member_id: string;
                };
            };
        };
        readonly responses: {
            /** @description The offer */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OwnershipOffer"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly endOwnershipOffer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The offer has ended */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly acceptOwnership: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The caller is an owner, and the former owner an admin */
            readonly 204: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listProjects: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items that contain this text */
                readonly search?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "name" | "-name" | "created_at" | "-created_at" | "updated_at" | "-updated_at";
                /** @description Keeps the items with this `status` */
                readonly status?: "active" | "archived";
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of projects */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ProjectList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createProject: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Warehouse move",
                 *       "description": "Racking plan for the new site."
                 *     }
                 */
                readonly "application/json": {
                    /** @default  */
                    readonly description?: string;
                    readonly name: string;
                    /**
                     * @default active
                     * @enum {string}
                     */
                    readonly status?: "active" | "archived";
                };
            };
        };
        readonly responses: {
            /** @description The new project */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Project"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getProject: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The project */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Project"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteProject: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version to change. If the resource has changed since, nothing happens. */
                readonly "If-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The project was deleted */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly updateProject: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version to change. If the resource has changed since, nothing happens. */
                readonly "If-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "status": "archived"
                 *     }
                 */
                readonly "application/json": {
                    readonly description?: string;
                    readonly name?: string;
                    /** @enum {string} */
                    readonly status?: "active" | "archived";
                };
            };
        };
        readonly responses: {
            /** @description The changed project */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Project"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listRequests: {
        readonly parameters: {
            readonly query?: {
                /** @description Keeps the items with this `actor` */
                readonly actor?: string;
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description Keeps the items with this `endpoint` */
                readonly endpoint?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items with this `method` */
                readonly method?: string;
                /** @description Keeps the items from this time or day (UTC) on */
                readonly since?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "at" | "-at";
                /** @description Keeps the items with this `status` */
                readonly status?: "2xx" | "3xx" | "4xx" | "5xx" | "error";
                /** @description Keeps the items up to this time or day (UTC), included */
                readonly until?: string;
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of calls */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RequestLog"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listRoles: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of roles */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RoleList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createRole: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Auditor",
                 *       "permissions": [
                 *         "projects:read",
                 *         "members:read"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    readonly name: string;
                    readonly permissions: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The new role */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Role"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteRole: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The role was deleted */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly updateRole: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "permissions": [
                 *         "projects:read"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    readonly name?: string;
                    readonly permissions?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The changed role */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Role"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listTenants: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "name" | "-name";
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of tenants */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["TenantList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createTenant: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Acme Labs",
                 *       "subdomain": "acme-labs"
                 *     }
                 */
                readonly "application/json": {
                    readonly name: string;
                    /**
                     * @default starter
                     * @enum {string}
                     */
                    readonly plan?: "starter" | "team" | "premium";
                    readonly subdomain: string;
                };
            };
        };
        readonly responses: {
            /** @description The new tenant */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getTenant: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The tenant */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteTenant: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version to change. If the resource has changed since, nothing happens. */
                readonly "If-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The tenant, with its deletion date */
            readonly 202: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly updateTenant: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version to change. If the resource has changed since, nothing happens. */
                readonly "If-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Acme Robotics"
                 *     }
                 */
                readonly "application/json": {
                    readonly api_origins?: readonly string[];
                    readonly brand_color?: string | null;
                    readonly name?: string;
                    readonly subdomain?: string;
                };
            };
        };
        readonly responses: {
            /** @description The changed tenant */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly cancelTenantDeletion: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The tenant */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly joinTenant: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The caller is a member */
            readonly 204: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly changeSignInRules: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "second_factor_grace_days": 14
                 *     }
                 */
                readonly "application/json": {
                    readonly second_factor_grace_days: number | null;
                };
            };
        };
        readonly responses: {
            /** @description The changed tenant */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listWebhookDeliveries: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description Keeps the items with this `endpoint_id` */
                readonly endpoint_id?: string;
                /** @description Keeps the items with this `event` */
                readonly event?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items from this time or day (UTC) on */
                readonly since?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "created_at" | "-created_at";
                /** @description Keeps the items with this `status` */
                readonly status?: "pending" | "delivered" | "failed" | "skipped";
                /** @description Keeps the items up to this time or day (UTC), included */
                readonly until?: string;
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of deliveries */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDeliveryList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getWebhookDelivery: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The delivery */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDeliveryDetails"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly retryWebhookDelivery: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The queued delivery */
            readonly 202: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listWebhookEndpoints: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "created_at" | "-created_at";
            };
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of endpoints */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpointList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "url": "https://acme.example/webhooks",
                 *       "events": [
                 *         "project.*"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /** @default  */
                    readonly description?: string;
                    readonly events: readonly string[];
                    /** @default {} */
                    readonly headers?: {
                        readonly [key: string]: string;
                    };
                    /** @default null */
                    readonly rate_limit?: number | null;
                    readonly url: string;
                };
            };
        };
        readonly responses: {
            /** @description The new endpoint and its secret */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The endpoint */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The endpoint was deleted */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly updateWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "status": "disabled"
                 *     }
                 */
                readonly "application/json": {
                    readonly description?: string;
                    readonly events?: readonly string[];
                    readonly headers?: {
                        readonly [key: string]: string;
                    };
                    readonly rate_limit?: number | null;
                    /** @enum {string} */
                    readonly status?: "active" | "disabled";
                    readonly url?: string;
                };
            };
        };
        readonly responses: {
            /** @description The changed endpoint */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly replayWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "since": "2026-03-02T09:00:00Z",
                 *       "only": "failed"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @default all
                     * @enum {string}
                     */
                    readonly only?: "all" | "failed";
                    /** Format: date-time */
                    readonly since: string;
                };
            };
        };
        readonly responses: {
            /** @description How many deliveries were queued */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookReplay"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly rotateWebhookSecret: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The endpoint and its new secret */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly testWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description A value that no other request has, such as a random UUID. A repeat with the same key and body gets the stored answer for 24 hours. */
                readonly "Idempotency-Key"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The ID of the resource */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "event": "project.created"
                 *     }
                 */
                readonly "application/json": {
                    /** @default webhook.test */
                    readonly event?: string;
                };
            };
        };
        readonly responses: {
            /** @description The delivery of the test event */
            readonly 202: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 409: components["responses"]["Problem409"];
            readonly 412: components["responses"]["Problem412"];
            readonly 413: components["responses"]["Problem413"];
            readonly 415: components["responses"]["Problem415"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listWebhookEventTypes: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The ETag of the version that the client has */
                readonly "If-None-Match"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Every event type, with the schema and a sample of its data */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEventTypes"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
}
