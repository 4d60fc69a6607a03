// Made by `deno task openapi` from docs/api/openapi.json. Don't edit it.
export interface paths {
    readonly "/analytics/active-users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get daily, weekly and monthly active users
         * @description The people who were active on each day, in the 7 days that end with it, and in the 28 days, each counted once. Without `start`, the report covers 30 days. Needs a plan with `advanced_analytics`. Needs the permission `analytics:read`.
         */
        readonly get: operations["getActiveUsers"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/analytics/breakdown": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Break an event down by a property
         * @description The 20 most frequent values of the property. Needs a plan with `advanced_analytics`. Needs the permission `analytics:read`.
         */
        readonly get: operations["getBreakdown"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/analytics/funnel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Count the people who went through the steps of a funnel
         * @description `steps` are names of events, repeated or separated by commas. The first step is in the period; the others follow it in their order within `window_hours`. Needs a plan with `advanced_analytics`. Needs the permission `analytics:read`.
         */
        readonly get: operations["getFunnel"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/analytics/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the usage of a period
         * @description `start` and `end` are days in the tenant's time zone, both included, and 366 days at most. By default, they are the last 30 days. API calls are counted by days in UTC; their errors and latencies go back six months. As CSV, the report is its series. Needs the permission `analytics:read`.
         */
        readonly get: operations["getAnalyticsReport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/analytics/retention": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the weekly retention
         * @description Groups people by the week of their first active day, and counts how many came back in each later week. Weeks start on Monday. Without `start`, the report covers 12 weeks. Needs a plan with `advanced_analytics`. Needs the permission `analytics:read`.
         */
        readonly get: operations["getRetention"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
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
         * @description With `tenant` (a subdomain), the tokens work for that tenant only. Without `tenant`, they are account tokens and work in every tenant of the person. A person with a second factor gets `mfa_required` and sends a code to POST /auth/mfa. 403 on a custom domain.
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
    readonly "/campaigns": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List campaigns
         * @description List campaigns. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["listCampaigns"];
        readonly put?: never;
        /**
         * Create a campaign
         * @description Creates a draft. With `subject_b`, `test_share` percent of the recipients get one of the two subjects first, and after `test_hours` the others get the one with more clicks. Needs a plan with `campaigns`. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["createCampaign"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/campaigns/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a campaign with its figures
         * @description Get a campaign with its figures. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["getCampaign"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a campaign and its figures
         * @description Answers 409 while the campaign is scheduled, paused or being sent. Needs the permission `campaigns:manage`.
         */
        readonly delete: operations["deleteCampaign"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a draft
         * @description Answers 409 if the campaign is no draft. Needs a plan with `campaigns`. Needs the permission `campaigns:manage`.
         */
        readonly patch: operations["updateCampaign"];
        readonly trace?: never;
    };
    readonly "/campaigns/{id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Cancel a campaign
         * @description A scheduled campaign becomes a draft again. Of one that is being sent, the rest is skipped. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["cancelCampaign"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/campaigns/{id}/pause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Pause a campaign
         * @description Emails that are on their way still arrive. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["pauseCampaign"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/campaigns/{id}/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Go on sending a paused campaign
         * @description The sender's email address must be confirmed. Needs a plan with `campaigns`. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["resumeCampaign"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/campaigns/{id}/send": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send a campaign now or at a time
         * @description Answers 409 with the reasons if the campaign isn't ready, or was sent already. The sender's email address must be confirmed. Needs a plan with `campaigns`. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["sendCampaign"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/contact-lists": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the lists of contacts
         * @description List the lists of contacts. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["listContactLists"];
        readonly put?: never;
        /**
         * Create a list of contacts
         * @description Create a list of contacts. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["createContactList"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/contact-lists/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a list of contacts
         * @description Get a list of contacts. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["getContactList"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a list of contacts
         * @description Its contacts stay, with their consent. Needs the permission `campaigns:manage`.
         */
        readonly delete: operations["deleteContactList"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a list of contacts
         * @description Change a list of contacts. Needs the permission `campaigns:manage`.
         */
        readonly patch: operations["updateContactList"];
        readonly trace?: never;
    };
    readonly "/contacts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List contacts
         * @description List contacts. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["listContacts"];
        readonly put?: never;
        /**
         * Add a contact
         * @description With `consent`, you state that this person agreed to get your campaigns. A person who unsubscribed can give consent again only themselves. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["createContact"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/contacts/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a contact
         * @description Get a contact. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["getContact"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a contact
         * @description Delete a contact. Needs the permission `campaigns:manage`.
         */
        readonly delete: operations["deleteContact"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a contact
         * @description `fields`, `tags` and `lists` replace the ones before. Needs the permission `campaigns:manage`.
         */
        readonly patch: operations["updateContact"];
        readonly trace?: never;
    };
    readonly "/custom-domains": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the custom domains
         * @description The oldest first. Needs the permission `domains:manage`.
         */
        readonly get: operations["listCustomDomains"];
        readonly put?: never;
        /**
         * Add a custom domain
         * @description Only for owners. Needs a plan with `custom_domains`. Needs a recent proof of who you are. The domain has to be verified. Public suffixes, domains of public email providers, IP addresses, wildcards, and the product's own domain are refused. 409: too many domains. Needs the permission `domains:manage`.
         */
        readonly post: operations["addCustomDomain"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/custom-domains/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a custom domain
         * @description Get a custom domain. Needs the permission `domains:manage`.
         */
        readonly get: operations["getCustomDomain"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Remove a custom domain
         * @description It stops immediately, and everyone is signed out there. Needs the permission `domains:manage`.
         */
        readonly delete: operations["removeCustomDomain"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Make a custom domain primary, or use the subdomain again
         * @description Only for owners. Needs a plan with `custom_domains`. Making it primary needs a recent proof of who you are. 409: the domain isn't verified. Needs the permission `domains:manage`.
         */
        readonly patch: operations["updateCustomDomain"];
        readonly trace?: never;
    };
    readonly "/custom-domains/{id}/verify": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Look up the TXT record now
         * @description Only for owners. Needs a plan with `custom_domains`. The domain is live once its record has this tenant's value. It is checked once a day as well. 409: the domain is live for another tenant. Needs the permission `domains:manage`.
         */
        readonly post: operations["verifyCustomDomain"];
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
    readonly "/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Record an event
         * @description Something that happened, such as a finished order. Up to 50 properties and 8 KB of JSON. Events may be up to 34 days late, and 5 minutes ahead. The same `id` counts once within 35 days. Needs the permission `analytics:write`.
         */
        readonly post: operations["recordEvent"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/events/batch": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Record up to 1,000 events
         * @description Records all of them, or none if one is wrong. The body has 1 MB at most. Up to 50 properties and 8 KB of JSON. Events may be up to 34 days late, and 5 minutes ahead. The same `id` counts once within 35 days. Needs the permission `analytics:write`.
         */
        readonly post: operations["recordEvents"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/events/stream": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Receive events as they happen
         * @description Server-sent events: the same events that webhooks send, in order. `event` is the type, `data` the body of the webhook, and `id` the event's ID. Send the last ID as `Last-Event-ID` to continue after it; events are kept for at least 24 hours. A first event `reset` says that some are gone. You get only events whose data you may read. The stream ends within 5 seconds when you lose access or your permissions change, and when the access token expires.
         */
        readonly get: operations["streamEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get all data of the tenant
         * @description Starts a job that makes an archive, unless there is one of the last day. Repeat the request until it returns 200, and download the archive from `download_url`. Only owners can do this, with an access token. The guide to exports describes the archive. Needs the permission `data:export`.
         */
        readonly get: operations["getExport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/features/{key}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get whether the plan allows a feature
         * @description For a plan feature such as `webhooks`, a limit such as `projects`, a metric such as `compute_minutes`, or `api_calls`. Every member may ask.
         */
        readonly get: operations["getFeature"];
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
    readonly "/invoices": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List invoices
         * @description List invoices. Needs the permission `billing:read`.
         */
        readonly get: operations["listInvoices"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/invoices/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get an invoice
         * @description Get an invoice. Needs the permission `billing:read`.
         */
        readonly get: operations["getInvoice"];
        readonly put?: never;
        readonly post?: never;
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
         * @description The oldest first. There are at most ten. Passkeys are added in a browser.
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
         * @description By name. There are at most 20.
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
    readonly "/notifications": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the caller's notifications
         * @description Newest first. `link` leads a signed-in person to what it is about, and marks it as read.
         */
        readonly get: operations["listNotifications"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/notifications/{id}/read": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Mark a notification as read
         * @description Mark a notification as read.
         */
        readonly post: operations["readNotification"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
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
         * Offer ownership of the tenant to another member
         * @description Owners only. Replaces an earlier offer. Once the member accepts, within 7 days, they are an owner and the caller is an admin. Needs the permission `ownership:transfer`.
         */
        readonly post: operations["offerOwnership"];
        /**
         * Decline ownership, or withdraw your own offer
         * @description Decline ownership, or withdraw your own offer. Needs the permission `members:read`.
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
         * Accept ownership
         * @description Accept ownership. Needs the permission `members:read`.
         */
        readonly post: operations["acceptOwnership"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/plans": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the plans
         * @description All plans that are sold, from the smallest to the largest. Needs no credentials.
         */
        readonly get: operations["listPlans"];
        readonly put?: never;
        readonly post?: never;
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
    readonly "/push-subscriptions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Send the caller's notifications to a browser
         * @description Send what `PushSubscription.toJSON()` returns in the browser. The browser belongs to the caller until their tokens end, or until someone else subscribes it. With a tenant, it gets the tenant's notifications only. A person has at most 20 browsers; a new one replaces the oldest.
         */
        readonly post: operations["addPushSubscription"];
        /**
         * Stop notifications in the browser with this endpoint
         * @description Stop notifications in the browser with this endpoint.
         */
        readonly delete: operations["removePushSubscriptionByEndpoint"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/push-subscriptions/{id}": {
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
         * Stop notifications in a browser
         * @description Stop notifications in a browser.
         */
        readonly delete: operations["removePushSubscription"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/push-subscriptions/public-key": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the key with which browsers subscribe
         * @description The `applicationServerKey` for `PushManager.subscribe()`. Rarely changes; a change ends all subscriptions.
         */
        readonly get: operations["getPushPublicKey"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
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
    readonly "/saved-reports": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List saved reports
         * @description List saved reports. Needs the permission `analytics:read`.
         */
        readonly get: operations["listSavedReports"];
        readonly put?: never;
        /**
         * Save a report
         * @description The report covers the last `days`. A funnel also needs `steps`, a breakdown `event` and `property`. Needs a plan with `advanced_analytics`. Needs the permission `reports:manage`.
         */
        readonly post: operations["saveReport"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/saved-reports/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a saved report with its result
         * @description The result is in the field of its kind. Needs a plan with `advanced_analytics`. Needs the permission `analytics:read`.
         */
        readonly get: operations["openSavedReport"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a saved report and its link
         * @description Delete a saved report and its link. Needs the permission `reports:manage`.
         */
        readonly delete: operations["deleteSavedReport"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/saved-reports/{id}/link": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Make a link to a saved report
         * @description Anyone with the link can read the report for `days`, 30 at most. It replaces an earlier link, and can't be shown again. Needs a plan with `advanced_analytics`. Needs the permission `reports:manage`.
         */
        readonly post: operations["shareReport"];
        /**
         * Revoke the link to a saved report
         * @description Revoke the link to a saved report. Needs the permission `reports:manage`.
         */
        readonly delete: operations["unshareReport"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/segments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List segments
         * @description List segments. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["listSegments"];
        readonly put?: never;
        /**
         * Create a segment
         * @description A filter has up to 20 conditions. One of the type `group` has a `match` and `conditions` of its own. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["createSegment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/segments/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a segment
         * @description Get a segment. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["getSegment"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a segment
         * @description Delete a segment. Needs the permission `campaigns:manage`.
         */
        readonly delete: operations["deleteSegment"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a segment
         * @description Change a segment. Needs the permission `campaigns:manage`.
         */
        readonly patch: operations["updateSegment"];
        readonly trace?: never;
    };
    readonly "/sending-domain": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the sending domain, its DNS records, and what the last check found
         * @description Get the sending domain, its DNS records, and what the last check found. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["getSendingDomain"];
        /**
         * Set the sending domain
         * @description Needs a plan with `campaigns`. Another domain gets a new DKIM key and has to be verified. Public suffixes, domains of public email providers, and the product's own domain are refused. Needs the permission `campaigns:manage`.
         */
        readonly put: operations["setSendingDomain"];
        readonly post?: never;
        /**
         * Remove the sending domain and its key
         * @description Remove the sending domain and its key. Needs the permission `campaigns:manage`.
         */
        readonly delete: operations["removeSendingDomain"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/sending-domain/verify": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Look up the DNS records now
         * @description Needs a plan with `campaigns`. The domain is verified once its DKIM record has this tenant's key. It is checked once a day as well. 409: another tenant has the domain verified. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["verifySendingDomain"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/sequences": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List sequences
         * @description List sequences. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["listSequences"];
        readonly put?: never;
        /**
         * Create a sequence
         * @description Creates a stopped sequence. Needs a plan with `campaigns`. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["createSequence"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/sequences/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a sequence with its steps and their figures
         * @description Get a sequence with its steps and their figures. Needs the permission `campaigns:manage`.
         */
        readonly get: operations["getSequence"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Delete a stopped sequence and its figures
         * @description Delete a stopped sequence and its figures. Needs the permission `campaigns:manage`.
         */
        readonly delete: operations["deleteSequence"];
        readonly options?: never;
        readonly head?: never;
        /**
         * Change a stopped sequence
         * @description `steps` replaces the steps; a step that keeps its `id` keeps its figures. Contacts who are in the sequence go on with the new steps. Needs a plan with `campaigns`. Needs the permission `campaigns:manage`.
         */
        readonly patch: operations["updateSequence"];
        readonly trace?: never;
    };
    readonly "/sequences/{id}/start": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Start a sequence, or go on with it
         * @description Every contact who meets the trigger and gave consent goes through it once, also those who met it before. Only events since the first start count. 409: it has no steps, a step is broken, or the postal address is missing. Needs a plan with `campaigns`. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["startSequence"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/sequences/{id}/stop": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Stop a sequence
         * @description Contacts stay where they are, and go on when it is started again. Needs the permission `campaigns:manage`.
         */
        readonly post: operations["stopSequence"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/shared-reports/{token}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Read a report by its link
         * @description The link itself opens a page. Needs no credentials. The result is at most five minutes old.
         */
        readonly get: operations["openSharedReport"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscription": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the subscription
         * @description Get the subscription. Needs the permission `billing:read`.
         */
        readonly get: operations["getSubscription"];
        readonly put?: never;
        /**
         * Order or change the plan
         * @description Answers 202 with the address of a page where somebody has to pay or confirm, or 200 with the subscription. An upgrade is charged immediately. A smaller plan waits for the end of the period. Needs the permission `billing:manage`.
         */
        readonly post: operations["orderPlan"];
        /**
         * Cancel the subscription at the end of its period
         * @description Cancel the subscription at the end of its period. Needs the permission `billing:manage`.
         */
        readonly delete: operations["cancelSubscription"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscription/preview": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Preview an order
         * @description What it would cost now and at the end of the period, which limits the tenant would exceed, and which features it would lose. Needs the permission `billing:manage`.
         */
        readonly post: operations["previewPlan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscription/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Undo a cancellation or a change that waits
         * @description Undo a cancellation or a change that waits. Needs the permission `billing:manage`.
         */
        readonly post: operations["resumeSubscription"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/subscription/trial": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Start the free trial of a plan
         * @description Without a card. Each tenant and each person has one trial. Needs the permission `billing:manage`.
         */
        readonly post: operations["startTrial"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
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
         * Change a tenant's name, subdomain, color, time zone, or the websites that may call its API
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
    readonly "/usage": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get the usage of a period
         * @description Of the current period of the subscription, or of the calendar month `period` (UTC), such as 2026-03. A yearly subscription that sells further units of a metric includes twelve months of it for the year. A month that is over has no `limit`, because the plan may have changed since, and neither has a month of a yearly subscription; invoices say what was billed. `api_calls` always count by calendar month, and are kept for six months. Needs the permission `billing:read`.
         */
        readonly get: operations["listUsage"];
        readonly put?: never;
        /**
         * Record usage of a metered metric
         * @description One record, or up to 1,000 in `records`. Values are whole numbers. The same `idempotency_key` of a metric counts once. Records may be up to 34 days late, and count in the period of `occurred_at`. Needs the permission `usage:write`.
         */
        readonly post: operations["recordUsage"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
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
         * @description Needs a plan with `webhooks`. For 24 hours, requests are signed with both the new and the current secret. Any earlier secret stops working immediately. Needs the permission `webhooks:manage`.
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
export interface webhooks {
    readonly "api_key.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * api_key.created
         * @description Someone created an API key.
         */
        readonly post: operations["on.api_key.created"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "api_key.revoked": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * api_key.revoked
         * @description Someone revoked an API key.
         */
        readonly post: operations["on.api_key.revoked"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.canceled": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.canceled
         * @description A campaign was canceled. Emails that were sent before stay sent.
         */
        readonly post: operations["on.campaign.canceled"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.created
         * @description A campaign was created.
         */
        readonly post: operations["on.campaign.created"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.deleted": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.deleted
         * @description A campaign was deleted.
         */
        readonly post: operations["on.campaign.deleted"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.missed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.missed
         * @description A campaign wasn't sent, because the server was down at its time. Someone has to decide.
         */
        readonly post: operations["on.campaign.missed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.paused": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.paused
         * @description A campaign was paused.
         */
        readonly post: operations["on.campaign.paused"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.resumed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.resumed
         * @description A campaign was resumed.
         */
        readonly post: operations["on.campaign.resumed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.scheduled": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.scheduled
         * @description A campaign was scheduled.
         */
        readonly post: operations["on.campaign.scheduled"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.sent": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.sent
         * @description A campaign has been sent to everybody.
         */
        readonly post: operations["on.campaign.sent"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.started": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.started
         * @description A campaign's first emails are about to be sent.
         */
        readonly post: operations["on.campaign.started"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "campaign.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * campaign.updated
         * @description A draft changed.
         */
        readonly post: operations["on.campaign.updated"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "contact.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * contact.created
         * @description A contact was added, other than by an import.
         */
        readonly post: operations["on.contact.created"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "contact.deleted": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * contact.deleted
         * @description A contact was deleted.
         */
        readonly post: operations["on.contact.deleted"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "contact.subscribed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * contact.subscribed
         * @description A contact gave consent to get email.
         */
        readonly post: operations["on.contact.subscribed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "contact.unsubscribed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * contact.unsubscribed
         * @description A contact withdrew the consent to get email.
         */
        readonly post: operations["on.contact.unsubscribed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "contact.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * contact.updated
         * @description A contact changed, other than by an import.
         */
        readonly post: operations["on.contact.updated"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "custom_domain.added": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * custom_domain.added
         * @description A custom domain was added. It isn't verified yet.
         */
        readonly post: operations["on.custom_domain.added"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "custom_domain.failing": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * custom_domain.failing
         * @description The TXT record of a custom domain is gone. The domain stops in 3 days.
         */
        readonly post: operations["on.custom_domain.failing"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "custom_domain.lost": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * custom_domain.lost
         * @description A custom domain stopped, because its TXT record stayed away.
         */
        readonly post: operations["on.custom_domain.lost"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "custom_domain.made_primary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * custom_domain.made_primary
         * @description The workspace's links use this custom domain.
         */
        readonly post: operations["on.custom_domain.made_primary"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "custom_domain.removed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * custom_domain.removed
         * @description A custom domain was removed.
         */
        readonly post: operations["on.custom_domain.removed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "custom_domain.unmade_primary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * custom_domain.unmade_primary
         * @description The workspace's links no longer use this custom domain.
         */
        readonly post: operations["on.custom_domain.unmade_primary"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "custom_domain.verified": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * custom_domain.verified
         * @description A custom domain was verified, and the workspace answers there.
         */
        readonly post: operations["on.custom_domain.verified"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "invoice.paid": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * invoice.paid
         * @description An invoice was paid.
         */
        readonly post: operations["on.invoice.paid"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "invoice.payment_failed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * invoice.payment_failed
         * @description A payment of an invoice failed. It may be tried again.
         */
        readonly post: operations["on.invoice.payment_failed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "member.invited": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * member.invited
         * @description Someone was invited to the workspace.
         */
        readonly post: operations["on.member.invited"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "member.joined": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * member.joined
         * @description Someone joined the workspace.
         */
        readonly post: operations["on.member.joined"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "member.left": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * member.left
         * @description A member deleted their account.
         */
        readonly post: operations["on.member.left"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "member.removed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * member.removed
         * @description A member left or was removed.
         */
        readonly post: operations["on.member.removed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "project.archived": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * project.archived
         * @description A project was archived.
         */
        readonly post: operations["on.project.archived"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "project.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * project.created
         * @description A project was created.
         */
        readonly post: operations["on.project.created"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "project.deleted": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * project.deleted
         * @description A project was deleted.
         */
        readonly post: operations["on.project.deleted"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "project.restored": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * project.restored
         * @description An archived project was restored.
         */
        readonly post: operations["on.project.restored"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "project.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * project.updated
         * @description A project's name or description changed.
         */
        readonly post: operations["on.project.updated"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "subscription.canceled": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * subscription.canceled
         * @description A subscription ended.
         */
        readonly post: operations["on.subscription.canceled"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "subscription.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * subscription.created
         * @description A subscription is in force: it was paid, or its trial at the gateway started.
         */
        readonly post: operations["on.subscription.created"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "subscription.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * subscription.updated
         * @description The plan, its status, its seats or its end changed.
         */
        readonly post: operations["on.subscription.updated"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "tenant.resumed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * tenant.resumed
         * @description The workspace was resumed.
         */
        readonly post: operations["on.tenant.resumed"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "tenant.suspended": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * tenant.suspended
         * @description The workspace was suspended. Sent once it is resumed.
         */
        readonly post: operations["on.tenant.suspended"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "usage.limit_reached": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * usage.limit_reached
         * @description All that the plan includes of a metric in this period is used.
         */
        readonly post: operations["on.usage.limit_reached"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "webhook.test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * webhook.test
         * @description A test, sent to one endpoint when someone asks for it.
         */
        readonly post: operations["on.webhook.test"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @example {
         *       "series": [
         *         {
         *           "date": "2026-03-02",
         *           "daily": 41,
         *           "weekly": 126,
         *           "monthly": 312
         *         }
         *       ]
         *     }
         */
        readonly ActiveUsers: {
            readonly series: readonly {
                readonly daily: number;
                /** Format: date */
                readonly date: string;
                readonly monthly: number;
                readonly weekly: number;
            }[];
        };
        /**
         * @example {
         *       "totals": {
         *         "events": 5210,
         *         "active_users": 312,
         *         "api_calls": 18240,
         *         "api_errors": 96
         *       },
         *       "series": [
         *         {
         *           "date": "2026-03-02",
         *           "events": 174,
         *           "active_users": 41,
         *           "api_calls": 640
         *         }
         *       ],
         *       "top_events": [
         *         {
         *           "event": "report_opened",
         *           "count": 1904
         *         }
         *       ],
         *       "latency_ms": {
         *         "p50": 4.2,
         *         "p95": 18.5,
         *         "p99": 61.3
         *       }
         *     }
         */
        readonly AnalyticsReport: {
            /** @description How long API calls took, at most 5 % off. Null without calls. */
            readonly latency_ms: {
                readonly p50: number | null;
                readonly p95: number | null;
                readonly p99: number | null;
            };
            readonly series: readonly {
                readonly active_users: number;
                readonly api_calls: number;
                /** Format: date */
                readonly date: string;
                readonly events: number;
            }[];
            readonly top_events: readonly {
                readonly count: number;
                readonly event: string;
            }[];
            readonly totals: {
                /** @description People, each counted once. Not the sum of the days. */
                readonly active_users: number;
                readonly api_calls: number;
                /** @description API calls with a status of 400 or higher */
                readonly api_errors: number;
                readonly events: number;
            };
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
         *       "values": [
         *         {
         *           "value": "mobile",
         *           "events": 812,
         *           "people": 97
         *         }
         *       ]
         *     }
         */
        readonly Breakdown: {
            readonly values: readonly {
                readonly events: number;
                readonly people: number;
                /** @description Null for events without the property */
                readonly value: string | null;
            }[];
        };
        /**
         * @example {
         *       "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ec1",
         *       "name": "Spring news",
         *       "subject": "What is new this spring",
         *       "body": "# What is new\n\nHi {{ name | there }},",
         *       "segment_id": null,
         *       "status": "sent",
         *       "pause_reason": null,
         *       "subject_b": null,
         *       "test_share": null,
         *       "test_hours": null,
         *       "winner": null,
         *       "window_from": 9,
         *       "window_until": 17,
         *       "rate_per_hour": null,
         *       "tracks_opens": false,
         *       "scheduled_at": null,
         *       "started_at": "2026-03-02T09:00:00.000Z",
         *       "ended_at": "2026-03-02T09:02:00.000Z",
         *       "stats": {
         *         "recipients": 1204,
         *         "waiting": 0,
         *         "sent": 1200,
         *         "skipped": 3,
         *         "failed": 1,
         *         "unknown": 0,
         *         "bounced": 1,
         *         "complained": 0,
         *         "unsubscribed": 4,
         *         "clicked": 310,
         *         "opened": 0
         *       },
         *       "created_at": "2026-03-01T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:02:00.000Z"
         *     }
         */
        readonly Campaign: {
            /** @description Markdown with merge fields, such as `{{ name | there }}`. */
            readonly body: string;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly ended_at: string | null;
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /**
             * @description Why the product paused it. Null: a person did.
             * @enum {string|null}
             */
            readonly pause_reason: "limit" | "plan" | "content" | null;
            readonly rate_per_hour: number | null;
            /** Format: date-time */
            readonly scheduled_at: string | null;
            /**
             * Format: uuid
             * @description Null: every contact who gave consent.
             */
            readonly segment_id: string | null;
            /** Format: date-time */
            readonly started_at: string | null;
            /** @description `sent`, `skipped`, `failed`, `unknown` and `waiting` add up to `recipients`. */
            readonly stats: {
                readonly bounced: number;
                readonly clicked: number;
                readonly complained: number;
                readonly failed: number;
                readonly opened: number;
                readonly recipients: number;
                readonly sent: number;
                readonly skipped: number;
                readonly unknown: number;
                readonly unsubscribed: number;
                readonly waiting: number;
            };
            /** @enum {string} */
            readonly status: "draft" | "scheduled" | "missed" | "sending" | "paused" | "sent" | "canceled";
            readonly subject: string;
            readonly subject_b: string | null;
            readonly test_hours: number | null;
            readonly test_share: number | null;
            readonly tracks_opens: boolean;
            /** Format: date-time */
            readonly updated_at: string;
            readonly window_from: number | null;
            readonly window_until: number | null;
            /** @enum {string|null} */
            readonly winner: "a" | "b" | null;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ec1",
         *           "name": "Spring news",
         *           "subject": "What is new this spring",
         *           "body": "# What is new\n\nHi {{ name | there }},",
         *           "segment_id": null,
         *           "status": "sent",
         *           "pause_reason": null,
         *           "subject_b": null,
         *           "test_share": null,
         *           "test_hours": null,
         *           "winner": null,
         *           "window_from": 9,
         *           "window_until": 17,
         *           "rate_per_hour": null,
         *           "tracks_opens": false,
         *           "scheduled_at": null,
         *           "started_at": "2026-03-02T09:00:00.000Z",
         *           "ended_at": "2026-03-02T09:02:00.000Z",
         *           "stats": {
         *             "recipients": 1204,
         *             "waiting": 0,
         *             "sent": 1200,
         *             "skipped": 3,
         *             "failed": 1,
         *             "unknown": 0,
         *             "bounced": 1,
         *             "complained": 0,
         *             "unsubscribed": 4,
         *             "clicked": 310,
         *             "opened": 0
         *           },
         *           "created_at": "2026-03-01T09:00:00.000Z",
         *           "updated_at": "2026-03-02T09:02:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly CampaignList: {
            readonly data: readonly components["schemas"]["Campaign"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "checkout_url": "https://app.example.com/sandbox/checkout/cs_demo_1"
         *     }
         */
        readonly Checkout: {
            /** Format: uri */
            readonly checkout_url: string;
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
         *       "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
         *       "email": "mira@example.com",
         *       "name": "Mira Sol",
         *       "external_id": "customer-1042",
         *       "fields": {
         *         "city": "Lisbon"
         *       },
         *       "tags": [
         *         "customer"
         *       ],
         *       "lists": [
         *         "0198c0de-4b1c-7d33-9e4f-60718293a4b7"
         *       ],
         *       "consent": true,
         *       "consent_status": "given",
         *       "consent_at": "2026-03-02T09:00:00.000Z",
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly Contact: {
            /** @description Whether you may send campaigns to this person */
            readonly consent: boolean;
            /** Format: date-time */
            readonly consent_at: string | null;
            /** @enum {string} */
            readonly consent_status: "given" | "none" | "withdrawn";
            /** Format: date-time */
            readonly created_at: string;
            readonly email: string;
            /** @description The person's ID in your product, as events carry it */
            readonly external_id: string | null;
            readonly fields: {
                readonly [key: string]: string;
            };
            /** Format: uuid */
            readonly id: string;
            readonly lists: readonly string[];
            /** @description Empty if it is unknown */
            readonly name: string;
            readonly tags: readonly string[];
            /** Format: date-time */
            readonly updated_at: string;
        };
        /**
         * @example {
         *       "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b7",
         *       "name": "Newsletter",
         *       "description": "Once a month: what we built, and why.",
         *       "created_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly ContactList: {
            /** Format: date-time */
            readonly created_at: string;
            readonly description: string;
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b7",
         *           "name": "Newsletter",
         *           "description": "Once a month: what we built, and why.",
         *           "created_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly ContactListPage: {
            readonly data: readonly components["schemas"]["ContactList"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
         *           "email": "mira@example.com",
         *           "name": "Mira Sol",
         *           "external_id": "customer-1042",
         *           "fields": {
         *             "city": "Lisbon"
         *           },
         *           "tags": [
         *             "customer"
         *           ],
         *           "lists": [
         *             "0198c0de-4b1c-7d33-9e4f-60718293a4b7"
         *           ],
         *           "consent": true,
         *           "consent_status": "given",
         *           "consent_at": "2026-03-02T09:00:00.000Z",
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "updated_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly ContactPage: {
            readonly data: readonly components["schemas"]["Contact"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
         *       "domain": "app.acme.example",
         *       "status": "pending",
         *       "primary": false,
         *       "live": false,
         *       "record": {
         *         "type": "TXT",
         *         "name": "_domain-verification.app.acme.example",
         *         "value": "domain-verification=Yk3mX0c1mS0f0a9c0c0b4V7pQk2l8n5r1t3w6y9zAbC"
         *       },
         *       "found": [],
         *       "failing_since": null,
         *       "checked_at": null,
         *       "verified_at": null,
         *       "created_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly CustomDomain: {
            /** Format: date-time */
            readonly checked_at: string | null;
            /** Format: date-time */
            readonly created_at: string;
            /** @description In lower case and ASCII */
            readonly domain: string;
            /** Format: date-time */
            readonly failing_since: string | null;
            /** @description What the record's name had at the last check */
            readonly found: readonly string[];
            /** Format: uuid */
            readonly id: string;
            /** @description It answers: it is verified, and the plan includes custom domains */
            readonly live: boolean;
            /** @description Links use it, and the tenant's other domains redirect to it */
            readonly primary: boolean;
            /** @description The DNS record to create */
            readonly record: {
                readonly name: string;
                /** @enum {string} */
                readonly type: "TXT";
                readonly value: string;
            };
            /**
             * @description `failing`: the TXT record was gone at the last check. `lost`: the record stayed away for 3 days
             * @enum {string}
             */
            readonly status: "pending" | "verified" | "failing" | "lost";
            /** Format: date-time */
            readonly verified_at: string | null;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
         *           "domain": "app.acme.example",
         *           "status": "pending",
         *           "primary": false,
         *           "live": false,
         *           "record": {
         *             "type": "TXT",
         *             "name": "_domain-verification.app.acme.example",
         *             "value": "domain-verification=Yk3mX0c1mS0f0a9c0c0b4V7pQk2l8n5r1t3w6y9zAbC"
         *           },
         *           "found": [],
         *           "failing_since": null,
         *           "checked_at": null,
         *           "verified_at": null,
         *           "created_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly CustomDomainList: {
            readonly data: readonly components["schemas"]["CustomDomain"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
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
            /** @description What the tenant paid in this calendar month, without refunds, in minor units of `currency` */
            readonly revenue: number;
            /** @description Bytes */
            readonly storage_used: number;
            readonly users: number;
        };
        /**
         * @example {
         *       "purpose": "dkim",
         *       "type": "TXT",
         *       "name": "dm5xw2z3ujbxgk4tu._domainkey.acme.example",
         *       "value": "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
         *       "state": "missing",
         *       "found": []
         *     }
         */
        readonly DnsRecord: {
            /** @description What the name had at the last check */
            readonly found: readonly string[];
            readonly name: string;
            /** @enum {string} */
            readonly purpose: "dkim" | "mx" | "spf" | "dmarc";
            /** @enum {string} */
            readonly state: "found" | "missing" | "different";
            /** @description `TXT` or `MX` */
            readonly type: string;
            readonly value: string;
        };
        /**
         * @example {
         *       "reports": true,
         *       "notifications": true
         *     }
         */
        readonly EmailPreferences: {
            /** @description What you choose to get by email, immediately or once a day. */
            readonly notifications: boolean;
            /** @description A summary of the previous month, at the start of each month. */
            readonly reports: boolean;
        };
        /**
         * @example {
         *       "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
         *       "status": "ready",
         *       "size": 5242880,
         *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *       "rows": 18240,
         *       "download_url": "https://acme.denizen.example/exports/0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01?expires=1772445600&signature=yN0",
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "expires_at": "2026-03-03T09:00:00.000Z"
         *     }
         */
        readonly Export: {
            /** Format: date-time */
            readonly created_at: string;
            /**
             * Format: uri
             * @description Downloads the archive within an hour, without credentials. Null until it is ready.
             */
            readonly download_url: string | null;
            /**
             * Format: date-time
             * @description When the archive is deleted.
             */
            readonly expires_at: string;
            /** Format: uuid */
            readonly id: string;
            /** @description The records in it. Null until it is ready. */
            readonly rows: number | null;
            /** @description The archive's checksum. Null until it is ready. */
            readonly sha256: string | null;
            /** @description Bytes. Null until it is ready. */
            readonly size: number | null;
            /** @enum {string} */
            readonly status: "pending" | "ready";
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
         *       "feature": "projects",
         *       "allowed": true,
         *       "limit": 50,
         *       "used": 12
         *     }
         */
        readonly FeatureStatus: {
            readonly allowed: boolean;
            readonly feature: string;
            /** @description How many the tenant may have, or use in a period. Null: any number, or nothing to count. */
            readonly limit: number | null;
            readonly used: number | null;
        };
        /**
         * @example {
         *       "steps": [
         *         {
         *           "event": "signed_up",
         *           "people": 400,
         *           "share": 1
         *         },
         *         {
         *           "event": "project_created",
         *           "people": 260,
         *           "share": 0.65
         *         }
         *       ]
         *     }
         */
        readonly Funnel: {
            readonly steps: readonly {
                readonly event: string;
                readonly people: number;
                /** @description The part of the people of the first step, from 0 to 1 */
                readonly share: number;
            }[];
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
         *       "id": "0198c0de-7b2c-7d33-8e4f-60718293a4b5",
         *       "number": "INV-0042",
         *       "status": "paid",
         *       "total": 2900,
         *       "amount_due": 0,
         *       "amount_paid": 2900,
         *       "amount_refunded": 0,
         *       "currency": "usd",
         *       "period_start": "2026-11-24T10:00:00.000Z",
         *       "period_end": "2026-12-24T10:00:00.000Z",
         *       "created_at": "2026-11-24T10:00:00.000Z",
         *       "paid_at": "2026-11-24T10:00:02.000Z",
         *       "url": "https://acme.example.com/billing/invoices/0198c0de-7b2c-7d33-8e4f-60718293a4b5"
         *     }
         */
        readonly Invoice: {
            readonly amount_due: number;
            readonly amount_paid: number;
            readonly amount_refunded: number;
            /** Format: date-time */
            readonly created_at: string;
            readonly currency: string;
            /** Format: uuid */
            readonly id: string;
            readonly number: string | null;
            /** Format: date-time */
            readonly paid_at: string | null;
            /** Format: date-time */
            readonly period_end: string;
            /** Format: date-time */
            readonly period_start: string;
            /** @enum {string} */
            readonly status: "draft" | "open" | "paid" | "void" | "uncollectible";
            /** @description In the currency's smallest unit, such as cents. */
            readonly total: number;
            /**
             * Format: uri
             * @description A page of the invoice to print.
             */
            readonly url: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-7b2c-7d33-8e4f-60718293a4b5",
         *           "number": "INV-0042",
         *           "status": "paid",
         *           "total": 2900,
         *           "amount_due": 0,
         *           "amount_paid": 2900,
         *           "amount_refunded": 0,
         *           "currency": "usd",
         *           "period_start": "2026-11-24T10:00:00.000Z",
         *           "period_end": "2026-12-24T10:00:00.000Z",
         *           "created_at": "2026-11-24T10:00:00.000Z",
         *           "paid_at": "2026-11-24T10:00:02.000Z",
         *           "url": "https://acme.example.com/billing/invoices/0198c0de-7b2c-7d33-8e4f-60718293a4b5"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly InvoiceList: {
            readonly data: readonly components["schemas"]["Invoice"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
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
         *       "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ed2",
         *       "name": "Welcome",
         *       "active": true,
         *       "trigger": {
         *         "type": "tag",
         *         "value": "trial"
         *       },
         *       "goal": {
         *         "type": "event",
         *         "value": "subscribed"
         *       },
         *       "cap_emails": 2,
         *       "cap_days": 7,
         *       "stats": {
         *         "started": 120,
         *         "active": 40,
         *         "finished": 60,
         *         "goal": 18,
         *         "unsubscribed": 2,
         *         "deleted": 0
         *       },
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly ListedSequence: {
            readonly active: boolean;
            readonly cap_days: number | null;
            /** @description The most emails of sequences that a contact gets in `cap_days` days. Null: any number. */
            readonly cap_emails: number | null;
            /** Format: date-time */
            readonly created_at: string;
            /** @description What ends it for a contact */
            readonly goal: {
                /** @enum {string} */
                readonly type: "tag" | "event";
                readonly value: string;
            } | null;
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /** @description `active` and the endings add up to `started`. */
            readonly stats: {
                readonly active: number;
                readonly deleted: number;
                readonly finished: number;
                readonly goal: number;
                readonly started: number;
                readonly unsubscribed: number;
            };
            /** @description What starts it for a contact: a tag, a list's ID, or an event that names the contact's `external_id`. */
            readonly trigger: {
                /** @enum {string} */
                readonly type: "tag" | "list" | "event";
                readonly value: string;
            };
            /** Format: date-time */
            readonly updated_at: string;
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
         *       "id": "0198c0de-6b8f-7a4c-9e21-4f3b9d7c5f12",
         *       "kind": "joined",
         *       "text": "Ben Alvarez joined the workspace as member.",
         *       "data": {
         *         "user_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
         *         "name": "Ben Alvarez",
         *         "role": "member"
         *       },
         *       "link": "https://acme.example.com/notifications/0198c0de-6b8f-7a4c-9e21-4f3b9d7c5f12",
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "read_at": null
         *     }
         */
        readonly Notification: {
            /** Format: date-time */
            readonly created_at: string;
            readonly data: {
                readonly [key: string]: unknown;
            };
            /** Format: uuid */
            readonly id: string;
            readonly kind: string;
            /** Format: uri */
            readonly link: string;
            /** Format: date-time */
            readonly read_at: string | null;
            readonly text: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-6b8f-7a4c-9e21-4f3b9d7c5f12",
         *           "kind": "joined",
         *           "text": "Ben Alvarez joined the workspace as member.",
         *           "data": {
         *             "user_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
         *             "name": "Ben Alvarez",
         *             "role": "member"
         *           },
         *           "link": "https://acme.example.com/notifications/0198c0de-6b8f-7a4c-9e21-4f3b9d7c5f12",
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "read_at": null
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly NotificationList: {
            readonly data: readonly components["schemas"]["Notification"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-7d4e-7a51-8c62-1f2e3d4c5b6a",
         *       "name": "Sign-up to first project",
         *       "kind": "funnel",
         *       "days": 30,
         *       "steps": [
         *         "signed_up",
         *         "project_created"
         *       ],
         *       "window_hours": 168,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "link_expires_at": null,
         *       "funnel": {
         *         "steps": [
         *           {
         *             "event": "signed_up",
         *             "people": 400,
         *             "share": 1
         *           },
         *           {
         *             "event": "project_created",
         *             "people": 260,
         *             "share": 0.65
         *           }
         *         ]
         *       }
         *     }
         */
        readonly OpenedReport: {
            readonly active_users?: components["schemas"]["ActiveUsers"];
            readonly breakdown?: components["schemas"]["Breakdown"];
            /** Format: date-time */
            readonly created_at: string;
            readonly days?: number;
            readonly event?: string;
            readonly funnel?: components["schemas"]["Funnel"];
            /** Format: uuid */
            readonly id: string;
            /** @enum {string} */
            readonly kind: "usage" | "active_users" | "funnel" | "retention" | "breakdown";
            /**
             * Format: date-time
             * @description Null: there is no link.
             */
            readonly link_expires_at: string | null;
            readonly name: string;
            readonly property?: string;
            readonly retention?: components["schemas"]["Retention"];
            readonly steps?: readonly string[];
            readonly usage?: components["schemas"]["AnalyticsReport"];
            readonly window_hours?: number;
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
         *       "key": "team",
         *       "version": 1,
         *       "name": "Team",
         *       "price_monthly": 2900,
         *       "price_yearly": 29000,
         *       "currency": "usd",
         *       "trial_days": 14,
         *       "limits": {
         *         "seats": 15,
         *         "projects": 50
         *       },
         *       "features": [
         *         "api_access",
         *         "webhooks",
         *         "audit_log"
         *       ]
         *     }
         */
        readonly Plan: {
            readonly currency: string;
            readonly features: readonly string[];
            /** @enum {string} */
            readonly key: "starter" | "team" | "premium" | "enterprise";
            /** @description How many of each the plan includes. Null: any number. */
            readonly limits: {
                readonly [key: string]: number | null;
            };
            readonly name: string;
            /** @description In the currency's smallest unit. Null for a custom price. */
            readonly price_monthly: number | null;
            readonly price_yearly: number | null;
            readonly trial_days: number;
            readonly version: number;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "key": "team",
         *           "version": 1,
         *           "name": "Team",
         *           "price_monthly": 2900,
         *           "price_yearly": 29000,
         *           "currency": "usd",
         *           "trial_days": 14,
         *           "limits": {
         *             "seats": 15,
         *             "projects": 50
         *           },
         *           "features": [
         *             "api_access",
         *             "webhooks",
         *             "audit_log"
         *           ]
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly PlanList: {
            readonly data: readonly components["schemas"]["Plan"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
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
            /** @description With 429: the limit that is reached, as `RateLimit-Policy` names them */
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
         *       "public_key": "BCLfbxd4Z3fajI-jG4nI3Sf5DgJHUOEPLYrVdTkMji1x3WWV3Jp-cvWTlkasMNO4whkzcs_4N9rNeznn8iuJ2GA"
         *     }
         */
        readonly PushPublicKey: {
            /** @description A P-256 public key (VAPID, RFC 8292) in base64url */
            readonly public_key: string;
        };
        /**
         * @example {
         *       "id": "0198c0de-5e6f-7d70-8182-9c0d1e2f3041",
         *       "endpoint": "https://push.example.net/wpush/v2/gAAAAABl3c0de",
         *       "created_at": "2026-03-02T08:55:00.000Z"
         *     }
         */
        readonly PushSubscription: {
            /** Format: date-time */
            readonly created_at: string;
            readonly endpoint: string;
            /** Format: uuid */
            readonly id: string;
        };
        /**
         * @example {
         *       "recorded": 1
         *     }
         */
        readonly RecordedEvents: {
            /** @description How many events are new. Repeated ones count once. */
            readonly recorded: number;
        };
        /**
         * @example {
         *       "recorded": 1
         *     }
         */
        readonly RecordedUsage: {
            /** @description How many records are new. Repeated ones count once. */
            readonly recorded: number;
        };
        /**
         * @example {
         *       "url": "https://acme.denizen.example/shared-reports/sample-token",
         *       "expires_at": "2026-03-09T09:00:00.000Z"
         *     }
         */
        readonly ReportLink: {
            /** Format: date-time */
            readonly expires_at: string;
            /** Format: uri */
            readonly url: string;
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
         *       "cohorts": [
         *         {
         *           "week": "2026-03-02",
         *           "people": 120,
         *           "active": [
         *             120,
         *             64,
         *             51
         *           ]
         *         }
         *       ]
         *     }
         */
        readonly Retention: {
            readonly cohorts: readonly {
                /** @description How many of them were active in this week, the next one, and so on */
                readonly active: readonly number[];
                /** @description People whose first active day is in this week */
                readonly people: number;
                /**
                 * Format: date
                 * @description The Monday on which the week starts
                 */
                readonly week: string;
            }[];
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
         *       "id": "0198c0de-7d4e-7a51-8c62-1f2e3d4c5b6a",
         *       "name": "Sign-up to first project",
         *       "kind": "funnel",
         *       "days": 30,
         *       "steps": [
         *         "signed_up",
         *         "project_created"
         *       ],
         *       "window_hours": 168,
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "link_expires_at": null
         *     }
         */
        readonly SavedReport: {
            /** Format: date-time */
            readonly created_at: string;
            readonly days?: number;
            readonly event?: string;
            /** Format: uuid */
            readonly id: string;
            /** @enum {string} */
            readonly kind: "usage" | "active_users" | "funnel" | "retention" | "breakdown";
            /**
             * Format: date-time
             * @description Null: there is no link.
             */
            readonly link_expires_at: string | null;
            readonly name: string;
            readonly property?: string;
            readonly steps?: readonly string[];
            readonly window_hours?: number;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-7d4e-7a51-8c62-1f2e3d4c5b6a",
         *           "name": "Sign-up to first project",
         *           "kind": "funnel",
         *           "days": 30,
         *           "steps": [
         *             "signed_up",
         *             "project_created"
         *           ],
         *           "window_hours": 168,
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "link_expires_at": null
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly SavedReportList: {
            readonly data: readonly components["schemas"]["SavedReport"][];
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
         *       "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b8",
         *       "name": "Customers in Lisbon",
         *       "filter": {
         *         "match": "all",
         *         "conditions": [
         *           {
         *             "type": "tag",
         *             "op": "has",
         *             "value": "customer"
         *           },
         *           {
         *             "type": "field",
         *             "key": "city",
         *             "op": "is",
         *             "value": "Lisbon"
         *           }
         *         ]
         *       },
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:00:00.000Z"
         *     }
         */
        readonly Segment: {
            /** Format: date-time */
            readonly created_at: string;
            readonly filter: {
                readonly conditions: readonly ({
                    readonly key: string;
                    /** @enum {string} */
                    readonly op: "is" | "is_not" | "contains" | "is_empty" | "is_set";
                    /** @enum {string} */
                    readonly type: "field";
                    /** @default  */
                    readonly value: string;
                } | {
                    /** @enum {string} */
                    readonly op: "has" | "has_not";
                    /** @enum {string} */
                    readonly type: "tag";
                    readonly value: string;
                } | {
                    /** @enum {string} */
                    readonly op: "has" | "has_not";
                    /** @enum {string} */
                    readonly type: "list";
                    /** Format: uuid */
                    readonly value: string;
                } | {
                    /** @enum {string} */
                    readonly op: "is" | "is_not";
                    /** @enum {string} */
                    readonly type: "consent";
                    /** @enum {string} */
                    readonly value: "given" | "none" | "withdrawn";
                } | {
                    /** @enum {string} */
                    readonly op: "before" | "since";
                    /** @enum {string} */
                    readonly type: "created";
                    /** Format: date */
                    readonly value: string;
                } | {
                    readonly days: number;
                    /** @enum {string} */
                    readonly op: "did" | "did_not";
                    /** @enum {string} */
                    readonly type: "event";
                    readonly value: string;
                } | {
                    readonly days: number;
                    /** @enum {string} */
                    readonly op: "did" | "did_not";
                    /** @enum {string} */
                    readonly type: "clicked";
                } | {
                    readonly days: number;
                    /** @enum {string} */
                    readonly op: "did" | "did_not";
                    /** @enum {string} */
                    readonly type: "opened";
                } | {
                    readonly conditions: readonly ({
                        readonly key: string;
                        /** @enum {string} */
                        readonly op: "is" | "is_not" | "contains" | "is_empty" | "is_set";
                        /** @enum {string} */
                        readonly type: "field";
                        /** @default  */
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly op: "has" | "has_not";
                        /** @enum {string} */
                        readonly type: "tag";
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly op: "has" | "has_not";
                        /** @enum {string} */
                        readonly type: "list";
                        /** Format: uuid */
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly op: "is" | "is_not";
                        /** @enum {string} */
                        readonly type: "consent";
                        /** @enum {string} */
                        readonly value: "given" | "none" | "withdrawn";
                    } | {
                        /** @enum {string} */
                        readonly op: "before" | "since";
                        /** @enum {string} */
                        readonly type: "created";
                        /** Format: date */
                        readonly value: string;
                    } | {
                        readonly days: number;
                        /** @enum {string} */
                        readonly op: "did" | "did_not";
                        /** @enum {string} */
                        readonly type: "event";
                        readonly value: string;
                    } | {
                        readonly days: number;
                        /** @enum {string} */
                        readonly op: "did" | "did_not";
                        /** @enum {string} */
                        readonly type: "clicked";
                    } | {
                        readonly days: number;
                        /** @enum {string} */
                        readonly op: "did" | "did_not";
                        /** @enum {string} */
                        readonly type: "opened";
                    })[];
                    /** @enum {string} */
                    readonly match: "all" | "any";
                    /** @enum {string} */
                    readonly type: "group";
                })[];
                /** @enum {string} */
                readonly match: "all" | "any";
            };
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /** Format: date-time */
            readonly updated_at: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b8",
         *           "name": "Customers in Lisbon",
         *           "filter": {
         *             "match": "all",
         *             "conditions": [
         *               {
         *                 "type": "tag",
         *                 "op": "has",
         *                 "value": "customer"
         *               },
         *               {
         *                 "type": "field",
         *                 "key": "city",
         *                 "op": "is",
         *                 "value": "Lisbon"
         *               }
         *             ]
         *           },
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "updated_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly SegmentPage: {
            readonly data: readonly components["schemas"]["Segment"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
        };
        /**
         * @example {
         *       "domain": "acme.example",
         *       "sender": "news",
         *       "status": "pending",
         *       "from": {
         *         "name": "Acme via Denizen",
         *         "address": "no-reply@denizen.example"
         *       },
         *       "records": [
         *         {
         *           "purpose": "dkim",
         *           "type": "TXT",
         *           "name": "dm5xw2z3ujbxgk4tu._domainkey.acme.example",
         *           "value": "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
         *           "state": "missing",
         *           "found": []
         *         }
         *       ],
         *       "checked_at": null,
         *       "verified_at": null
         *     }
         */
        readonly SendingDomain: {
            /** Format: date-time */
            readonly checked_at: string | null;
            /** @description In lower case and ASCII */
            readonly domain: string;
            /** @description Where campaigns come from now */
            readonly from: {
                readonly address: string;
                readonly name: string;
            };
            readonly records: readonly components["schemas"]["DnsRecord"][];
            /** @description The part of the address before the @ */
            readonly sender: string;
            /**
             * @description `lost`: it was verified, but its DKIM record has changed or is gone
             * @enum {string}
             */
            readonly status: "pending" | "verified" | "lost";
            /** Format: date-time */
            readonly verified_at: string | null;
        };
        /**
         * @example {
         *       "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ed2",
         *       "name": "Welcome",
         *       "active": true,
         *       "trigger": {
         *         "type": "tag",
         *         "value": "trial"
         *       },
         *       "goal": {
         *         "type": "event",
         *         "value": "subscribed"
         *       },
         *       "cap_emails": 2,
         *       "cap_days": 7,
         *       "stats": {
         *         "started": 120,
         *         "active": 40,
         *         "finished": 60,
         *         "goal": 18,
         *         "unsubscribed": 2,
         *         "deleted": 0
         *       },
         *       "created_at": "2026-03-02T09:00:00.000Z",
         *       "updated_at": "2026-03-02T09:00:00.000Z",
         *       "steps": [
         *         {
         *           "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ed3",
         *           "delay_hours": 24,
         *           "condition": null,
         *           "subject": "Welcome, {{ name | friend }}",
         *           "body": "Hi {{ name | there }},",
         *           "stats": {
         *             "sent": 118,
         *             "clicked": 40,
         *             "bounced": 1,
         *             "skipped": 0,
         *             "failed": 0
         *           }
         *         }
         *       ]
         *     }
         */
        readonly Sequence: {
            readonly active: boolean;
            readonly cap_days: number | null;
            /** @description The most emails of sequences that a contact gets in `cap_days` days. Null: any number. */
            readonly cap_emails: number | null;
            /** Format: date-time */
            readonly created_at: string;
            /** @description What ends it for a contact */
            readonly goal: {
                /** @enum {string} */
                readonly type: "tag" | "event";
                readonly value: string;
            } | null;
            /** Format: uuid */
            readonly id: string;
            readonly name: string;
            /** @description `active` and the endings add up to `started`. */
            readonly stats: {
                readonly active: number;
                readonly deleted: number;
                readonly finished: number;
                readonly goal: number;
                readonly started: number;
                readonly unsubscribed: number;
            };
            readonly steps: readonly {
                /** @description Markdown with merge fields */
                readonly body: string;
                /** @description Without it, everyone gets the step. `clicked`: those who clicked a link in the previous email. */
                readonly condition: {
                    /** @enum {string} */
                    readonly type: "tag" | "clicked";
                    readonly value?: string;
                } | null;
                /** @description From the previous step, or from the start */
                readonly delay_hours: number;
                /** Format: uuid */
                readonly id: string;
                readonly stats: {
                    readonly bounced: number;
                    readonly clicked: number;
                    readonly failed: number;
                    readonly sent: number;
                    readonly skipped: number;
                };
                readonly subject: string;
            }[];
            /** @description What starts it for a contact: a tag, a list's ID, or an event that names the contact's `external_id`. */
            readonly trigger: {
                /** @enum {string} */
                readonly type: "tag" | "list" | "event";
                readonly value: string;
            };
            /** Format: date-time */
            readonly updated_at: string;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4ed2",
         *           "name": "Welcome",
         *           "active": true,
         *           "trigger": {
         *             "type": "tag",
         *             "value": "trial"
         *           },
         *           "goal": {
         *             "type": "event",
         *             "value": "subscribed"
         *           },
         *           "cap_emails": 2,
         *           "cap_days": 7,
         *           "stats": {
         *             "started": 120,
         *             "active": 40,
         *             "finished": 60,
         *             "goal": 18,
         *             "unsubscribed": 2,
         *             "deleted": 0
         *           },
         *           "created_at": "2026-03-02T09:00:00.000Z",
         *           "updated_at": "2026-03-02T09:00:00.000Z"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        readonly SequenceList: {
            readonly data: readonly components["schemas"]["ListedSequence"][];
            /** @description Send it as `cursor` to get the next page. Null on the last page. */
            readonly next_cursor: string | null;
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
         *       "workspace": "Acme Robotics",
         *       "name": "Sign-up to first project",
         *       "kind": "funnel",
         *       "expires_at": "2026-03-09T09:00:00.000Z",
         *       "funnel": {
         *         "steps": [
         *           {
         *             "event": "signed_up",
         *             "people": 400,
         *             "share": 1
         *           },
         *           {
         *             "event": "project_created",
         *             "people": 260,
         *             "share": 0.65
         *           }
         *         ]
         *       }
         *     }
         */
        readonly SharedReport: {
            readonly active_users?: components["schemas"]["ActiveUsers"];
            readonly breakdown?: components["schemas"]["Breakdown"];
            /** Format: date-time */
            readonly expires_at: string;
            readonly funnel?: components["schemas"]["Funnel"];
            /** @enum {string} */
            readonly kind: "usage" | "active_users" | "funnel" | "retention" | "breakdown";
            readonly name: string;
            readonly retention?: components["schemas"]["Retention"];
            readonly usage?: components["schemas"]["AnalyticsReport"];
            readonly workspace: string;
        };
        /**
         * @example {
         *       "plan": "team",
         *       "plan_version": 1,
         *       "status": "active",
         *       "access": "full",
         *       "billing_cycle": "monthly",
         *       "seats": 15,
         *       "trial_ends_at": null,
         *       "current_period_end": "2026-12-24T10:00:00.000Z",
         *       "cancel_at": null,
         *       "pending_plan": null
         *     }
         */
        readonly Subscription: {
            /** @enum {string} */
            readonly access: "full" | "restricted" | "starter";
            /** @enum {string|null} */
            readonly billing_cycle: "monthly" | "yearly" | null;
            /** Format: date-time */
            readonly cancel_at: string | null;
            /** Format: date-time */
            readonly current_period_end: string | null;
            /**
             * @description The plan from the end of the period on.
             * @enum {string|null}
             */
            readonly pending_plan: "starter" | "team" | "premium" | "enterprise" | null;
            /** @enum {string} */
            readonly plan: "starter" | "team" | "premium" | "enterprise";
            readonly plan_version: number;
            /** @description The members that the plan includes. Null: any number. */
            readonly seats: number | null;
            /** @enum {string} */
            readonly status: "incomplete" | "incomplete_expired" | "trialing" | "active" | "past_due" | "canceled" | "unpaid" | "paused" | "none";
            /** Format: date-time */
            readonly trial_ends_at: string | null;
        };
        /**
         * @example {
         *       "starts_at": "2026-11-24T10:00:00.000Z",
         *       "due_now": 3500,
         *       "lines": [
         *         {
         *           "description": "Remaining time on Premium",
         *           "quantity": 1,
         *           "amount": 4950,
         *           "period_start": "2026-11-24T10:00:00.000Z",
         *           "period_end": "2026-12-08T10:00:00.000Z"
         *         }
         *       ],
         *       "next_invoice": {
         *         "at": "2026-12-08T10:00:00.000Z",
         *         "total": 9900,
         *         "lines": []
         *       },
         *       "currency": "usd",
         *       "exceeded": [],
         *       "lost_features": []
         *     }
         */
        readonly SubscriptionPreview: {
            readonly currency: string;
            /** @description In the currency's smallest unit, such as cents. */
            readonly due_now: number;
            /** @description The limits of the wanted plan that the tenant exceeds now. */
            readonly exceeded: readonly {
                readonly included: number;
                readonly limit: string;
                readonly used: number;
            }[];
            readonly lines: readonly {
                /** @description In the currency's smallest unit, such as cents. */
                readonly amount: number;
                readonly description: string;
                /** Format: date-time */
                readonly period_end: string;
                /** Format: date-time */
                readonly period_start: string;
                readonly quantity: number;
            }[];
            /** @description The features that the tenant has now and that the wanted plan doesn't include. */
            readonly lost_features: readonly string[];
            readonly next_invoice: {
                /** Format: date-time */
                readonly at: string;
                readonly lines: readonly {
                    /** @description In the currency's smallest unit, such as cents. */
                    readonly amount: number;
                    readonly description: string;
                    /** Format: date-time */
                    readonly period_end: string;
                    /** Format: date-time */
                    readonly period_start: string;
                    readonly quantity: number;
                }[];
                /** @description In the currency's smallest unit, such as cents. */
                readonly total: number;
            } | null;
            /**
             * Format: date-time
             * @description When the change applies.
             */
            readonly starts_at: string;
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
         *       "time_zone": "Europe/Berlin",
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
            /** @description The time zone of the tenant's days, by its name in the IANA database. A change holds from the next midnight. */
            readonly time_zone: string;
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
         *           "time_zone": "Europe/Berlin",
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
         *       "data": [
         *         {
         *           "metric": "compute_minutes",
         *           "total": 1240,
         *           "limit": 1000,
         *           "overage": 240
         *         },
         *         {
         *           "metric": "api_calls",
         *           "total": 61204,
         *           "limit": 500000,
         *           "overage": 0
         *         }
         *       ]
         *     }
         */
        readonly UsageReport: {
            readonly data: readonly {
                /** @description What the plan includes in the period. Null: any number, or a month that no allowance is for. */
                readonly limit: number | null;
                readonly metric: string;
                /** @description What was used beyond it. */
                readonly overage: number;
                readonly total: number;
            }[];
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
             * @description `gone`: the receiver answered 410. `failing`: every attempt failed for five days.
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
             * @description `gone`: the receiver answered 410. `failing`: every attempt failed for five days.
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
        /** @description The tenant has moved from this subdomain: send the same request to `Location`. Many clients leave the credentials out when they follow a redirect to another host */
        readonly FormerSubdomain: {
            headers: {
                readonly Location: components["headers"]["Location"];
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The request can't be understood: the account is a member of several tenants and the request names none, or a header is malformed */
        readonly Problem400: {
            headers: {
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource doesn't exist in this tenant, or no tenant has the request's host */
        readonly Problem404: {
            headers: {
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                readonly RateLimit: components["headers"]["RateLimit"];
                readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
        /** @description The URL of the new resource, or with 307 the new URL of the request */
        readonly Location: string;
        /** @description What is left of each limit, such as `"plan";r=599;t=60` (draft-ietf-httpapi-ratelimit-headers). Absent if the request concerns no tenant and is over no limit. */
        readonly RateLimit: string;
        /** @description The limits of the tenant and of the key, and one that is reached, such as `"plan";q=600;w=60` */
        readonly "RateLimit-Policy": string;
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
    readonly getActiveUsers: {
        readonly parameters: {
            readonly query?: {
                /** @description Keeps the items with this `end` */
                readonly end?: string;
                /** @description Keeps the items with this `start` */
                readonly start?: string;
            };
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Active users by day */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ActiveUsers"];
                    readonly "text/csv": string;
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getBreakdown: {
        readonly parameters: {
            readonly query: {
                /** @description Keeps the items with this `end` */
                readonly end?: string;
                /** @description The name of an event */
                readonly event: string;
                /** @description The name of one of its properties */
                readonly property: string;
                /** @description Keeps the items with this `start` */
                readonly start?: string;
            };
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The values, the most frequent first */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Breakdown"];
                    readonly "text/csv": string;
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getFunnel: {
        readonly parameters: {
            readonly query: {
                /** @description Keeps the items with this `end` */
                readonly end?: string;
                /** @description Keeps the items with this `start` */
                readonly start?: string;
                /** @description Two to five names of events, in their order */
                readonly steps: readonly string[];
                /** @description How long people have from the first step to the last one */
                readonly window_hours?: number;
            };
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The people who reached each step */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Funnel"];
                    readonly "text/csv": string;
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getAnalyticsReport: {
        readonly parameters: {
            readonly query?: {
                /** @description Keeps the items with this `end` */
                readonly end?: string;
                /** @description Keeps the items with this `start` */
                readonly start?: string;
            };
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The report */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AnalyticsReport"];
                    readonly "text/csv": string;
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getRetention: {
        readonly parameters: {
            readonly query?: {
                /** @description Keeps the items with this `end` */
                readonly end?: string;
                /** @description Keeps the items with this `start` */
                readonly start?: string;
            };
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The cohorts, the oldest first */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Retention"];
                    readonly "text/csv": string;
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyWithSecret"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly overlap_hours?: number;
                };
            };
        };
        readonly responses: {
            /** @description The key with its new secret */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ApiKeyWithSecret"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
            readonly 307: components["responses"]["FormerSubdomain"];
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
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 404: components["responses"]["Problem404"];
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
            readonly 307: components["responses"]["FormerSubdomain"];
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
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tokens"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listCampaigns: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items that contain this text */
                readonly search?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "name" | "-name" | "created_at" | "-created_at";
                /** @description Keeps the items with this `status` */
                readonly status?: "draft" | "scheduled" | "missed" | "sending" | "paused" | "sent" | "canceled";
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
            /** @description A page of campaigns */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CampaignList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createCampaign: {
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
                 *       "name": "Spring news",
                 *       "subject": "What is new this spring",
                 *       "body": "# What is new\n\nHi {{ name | there }},"
                 *     }
                 */
                readonly "application/json": {
                    /** @default  */
                    readonly body?: string;
                    readonly name: string;
                    /** @default null */
                    readonly rate_per_hour?: number | null;
                    /**
                     * Format: uuid
                     * @default null
                     */
                    readonly segment_id?: string | null;
                    readonly subject: string;
                    /** @default null */
                    readonly subject_b?: string | null;
                    /** @default null */
                    readonly test_hours?: number | null;
                    /** @default null */
                    readonly test_share?: number | null;
                    /** @default false */
                    readonly tracks_opens?: boolean;
                    /** @default null */
                    readonly window_from?: number | null;
                    /** @default null */
                    readonly window_until?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description The new draft */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Campaign"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getCampaign: {
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
            /** @description The campaign */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Campaign"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteCampaign: {
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
            /** @description The campaign was deleted */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly updateCampaign: {
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
                 *       "subject": "What is new in April"
                 *     }
                 */
                readonly "application/json": {
                    readonly body?: string;
                    readonly name?: string;
                    readonly rate_per_hour?: number | null;
                    /** Format: uuid */
                    readonly segment_id?: string | null;
                    readonly subject?: string;
                    readonly subject_b?: string | null;
                    readonly test_hours?: number | null;
                    readonly test_share?: number | null;
                    readonly tracks_opens?: boolean;
                    readonly window_from?: number | null;
                    readonly window_until?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description The changed draft */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Campaign"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly cancelCampaign: {
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
            /** @description The campaign */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Campaign"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly pauseCampaign: {
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
            /** @description The paused campaign */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Campaign"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly resumeCampaign: {
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
            /** @description The campaign */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Campaign"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly sendCampaign: {
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
                 *       "scheduled_at": null
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date-time
                     * @default null
                     */
                    readonly scheduled_at?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description The campaign */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Campaign"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listContactLists: {
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
            /** @description A page of lists */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ContactListPage"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createContactList: {
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
                 *       "name": "Newsletter",
                 *       "description": "Once a month: what we built, and why."
                 *     }
                 */
                readonly "application/json": {
                    /** @default  */
                    readonly description?: string;
                    readonly name: string;
                };
            };
        };
        readonly responses: {
            /** @description The new list */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ContactList"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getContactList: {
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
            /** @description The list */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ContactList"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteContactList: {
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
            /** @description The list was deleted */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly updateContactList: {
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
                 *       "name": "Monthly newsletter"
                 *     }
                 */
                readonly "application/json": {
                    readonly description?: string;
                    readonly name?: string;
                };
            };
        };
        readonly responses: {
            /** @description The changed list */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ContactList"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listContacts: {
        readonly parameters: {
            readonly query?: {
                /** @description Keeps the items with this `consent_status` */
                readonly consent_status?: "given" | "none" | "withdrawn";
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items with this `list` */
                readonly list?: string;
                /** @description Keeps the items that contain this text */
                readonly search?: string;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "created_at" | "-created_at" | "name" | "-name";
                /** @description Keeps the items with this `tag` */
                readonly tag?: string;
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
            /** @description A page of contacts */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ContactPage"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createContact: {
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
                 *       "email": "mira@example.com",
                 *       "name": "Mira Sol",
                 *       "tags": [
                 *         "customer"
                 *       ],
                 *       "consent": true
                 *     }
                 */
                readonly "application/json": {
                    readonly consent: boolean;
                    /** Format: email */
                    readonly email: string;
                    /** @default null */
                    readonly external_id?: string | null;
                    /** @default {} */
                    readonly fields?: {
                        readonly [key: string]: string;
                    };
                    /** @default [] */
                    readonly lists?: readonly string[];
                    /** @default  */
                    readonly name?: string;
                    /** @default [] */
                    readonly tags?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The new contact */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Contact"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getContact: {
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
            /** @description The contact */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteContact: {
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
            /** @description The contact was deleted */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly updateContact: {
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
                 *       "tags": [
                 *         "customer",
                 *         "berlin"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    readonly consent?: boolean;
                    /** Format: email */
                    readonly email?: string;
                    readonly external_id?: string | null;
                    readonly fields?: {
                        readonly [key: string]: string;
                    };
                    readonly lists?: readonly string[];
                    readonly name?: string;
                    readonly tags?: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description The changed contact */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Contact"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listCustomDomains: {
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
            /** @description A page of domains */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CustomDomainList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly addCustomDomain: {
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
                 *       "domain": "app.acme.example"
                 *     }
                 */
                readonly "application/json": {
                    readonly domain: string;
                };
            };
        };
        readonly responses: {
            /** @description The domain and the record to create */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CustomDomain"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getCustomDomain: {
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
            /** @description The domain */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CustomDomain"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly removeCustomDomain: {
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
            /** @description The domain was removed */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly updateCustomDomain: {
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
                 *       "primary": true
                 *     }
                 */
                readonly "application/json": {
                    readonly primary: boolean;
                };
            };
        };
        readonly responses: {
            /** @description The changed domain */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CustomDomain"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly verifyCustomDomain: {
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
            /** @description The domain with what was found */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CustomDomain"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly recordEvent: {
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
                 *       "event": "order.completed",
                 *       "user_id": "user-4711",
                 *       "properties": {
                 *         "total": 4900,
                 *         "currency": "usd"
                 *       },
                 *       "id": "order-1042"
                 *     }
                 */
                readonly "application/json": {
                    readonly event: string;
                    readonly id?: string;
                    /** Format: date-time */
                    readonly occurred_at?: string;
                    readonly properties?: {
                        readonly [key: string]: unknown;
                    };
                    readonly user_id?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description The events are recorded */
            readonly 202: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RecordedEvents"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly recordEvents: {
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
                 *       "events": [
                 *         {
                 *           "event": "order.started",
                 *           "user_id": "user-4711",
                 *           "occurred_at": "2026-03-02T08:58:12Z"
                 *         },
                 *         {
                 *           "event": "order.completed",
                 *           "user_id": "user-4711",
                 *           "id": "order-1042"
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    readonly events: readonly {
                        readonly event: string;
                        readonly id?: string;
                        /** Format: date-time */
                        readonly occurred_at?: string;
                        readonly properties?: {
                            readonly [key: string]: unknown;
                        };
                        readonly user_id?: string | null;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description The events are recorded */
            readonly 202: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RecordedEvents"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly streamEvents: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The `id` of the last event that the client has. The stream continues after it. */
                readonly "Last-Event-ID"?: string;
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The stream, which stays open. A comment arrives every 15 seconds if nothing else does. */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 3000
                     *     id: 0198c0de-9e4c-7053-8d6f-718293041526
                     *
                     *     id: 0198c0de-9f5d-7164-9e70-829304152637
                     *     event: project.deleted
                     *     data: {"type":"project.deleted","timestamp":"2026-03-02T09:00:00.000Z","data":{"id":"0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01","name":"Warehouse move"}}
                     */
                    readonly "text/event-stream": string;
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getExport: {
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
            /** @description The archive is ready */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Export"];
                };
            };
            /** @description The archive is being made */
            readonly 202: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Export"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getFeature: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path: {
                /** @description The key of a feature, a limit or a metric */
                readonly key: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description What the plan allows */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FeatureStatus"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    /** Format: email */
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Invitation"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Invitation"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InvitationReport"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listInvoices: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "created_at" | "-created_at";
                /** @description Keeps the items with this `status` */
                readonly status?: "open" | "paid" | "void" | "uncollectible";
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
            /** @description A page of invoices */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["InvoiceList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getInvoice: {
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
            /** @description The invoice */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Invoice"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly listJoinDomains: {
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
            /** @description A page of domains */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JoinDomainList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JoinDomain"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Me"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Me"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EmailPreferences"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                 *       "reports": true,
                 *       "notifications": true
                 *     }
                 */
                readonly "application/json": {
                    /** @description What you choose to get by email, immediately or once a day. */
                    readonly notifications?: boolean;
                    /** @description A summary of the previous month, at the start of each month. */
                    readonly reports?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description The changed email preferences */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["EmailPreferences"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listFactors: {
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
            /** @description A page of second factors */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["FactorList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PendingFactor"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ConfirmedFactor"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
            /** @description The code is on its way */
            readonly 204: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listJoinableTenants: {
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
            /** @description A page of tenants */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JoinableTenantList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Member"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listNotifications: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description The order. A leading `-` means descending. */
                readonly sort?: "created_at" | "-created_at";
                /** @description Keeps the items with this `status` */
                readonly status?: "unread" | "read";
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
            /** @description A page of notifications */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["NotificationList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly readNotification: {
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
            /** @description The notification is read */
            readonly 204: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OwnershipOffer"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OwnershipOffer"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listPlans: {
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
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of plans */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PlanList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Project"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Project"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly addPushSubscription: {
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
                 *       "endpoint": "https://push.example.net/wpush/v2/gAAAAABl3c0de",
                 *       "keys": {
                 *         "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                 *         "auth": "BTBZMqHH6r4Tts7J_aSIgg"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly endpoint: string;
                    readonly keys: {
                        readonly auth: string;
                        readonly p256dh: string;
                    };
                };
            };
        };
        readonly responses: {
            /** @description The browser was subscribed already */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PushSubscription"];
                };
            };
            /** @description Notifications come to the browser */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PushSubscription"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly removePushSubscriptionByEndpoint: {
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
                 *       "endpoint": "https://push.example.net/wpush/v2/gAAAAABl3c0de"
                 *     }
                 */
                readonly "application/json": {
                    readonly endpoint: string;
                };
            };
        };
        readonly responses: {
            /** @description Removed */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly removePushSubscription: {
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getPushPublicKey: {
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
            /** @description The key */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PushPublicKey"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Role"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Role"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listSavedReports: {
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
            /** @description A page of reports, the oldest first */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SavedReportList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly saveReport: {
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
                 *       "steps": [
                 *         "signed_up",
                 *         "project_created"
                 *       ],
                 *       "window_hours": 168,
                 *       "name": "Sign-up to first project",
                 *       "kind": "funnel"
                 *     }
                 */
                readonly "application/json": {
                    /** @default 30 */
                    readonly days?: number;
                    /** @description The name of an event */
                    readonly event?: string;
                    /** @enum {string} */
                    readonly kind: "usage" | "active_users" | "funnel" | "retention" | "breakdown";
                    readonly name: string;
                    /** @description The name of one of its properties */
                    readonly property?: string;
                    /** @description Two to five names of events, in their order */
                    readonly steps?: readonly string[];
                    readonly window_hours?: number;
                };
            };
        };
        readonly responses: {
            /** @description The saved report */
            readonly 201: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SavedReport"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly openSavedReport: {
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
            /** @description The report as of now */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["OpenedReport"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteSavedReport: {
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
            /** @description The report was deleted */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly shareReport: {
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
                 *       "days": 7
                 *     }
                 */
                readonly "application/json": {
                    /** @default 7 */
                    readonly days?: number;
                };
            };
        };
        readonly responses: {
            /** @description The link */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ReportLink"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly unshareReport: {
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listSegments: {
        readonly parameters: {
            readonly query?: {
                /** @description Where the page starts: the `next_cursor` of the page before, with the same filters and order */
                readonly cursor?: string;
                /** @description How many items a page has at most */
                readonly limit?: number;
                /** @description Keeps the items that contain this text */
                readonly search?: string;
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
            /** @description A page of segments */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SegmentPage"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createSegment: {
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
                 *       "name": "Customers in Lisbon",
                 *       "filter": {
                 *         "match": "all",
                 *         "conditions": [
                 *           {
                 *             "type": "tag",
                 *             "op": "has",
                 *             "value": "customer"
                 *           },
                 *           {
                 *             "type": "field",
                 *             "key": "city",
                 *             "op": "is",
                 *             "value": "Lisbon"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly filter: {
                        readonly conditions: readonly ({
                            readonly key: string;
                            /** @enum {string} */
                            readonly op: "is" | "is_not" | "contains" | "is_empty" | "is_set";
                            /** @enum {string} */
                            readonly type: "field";
                            /** @default  */
                            readonly value?: string;
                        } | {
                            /** @enum {string} */
                            readonly op: "has" | "has_not";
                            /** @enum {string} */
                            readonly type: "tag";
                            readonly value: string;
                        } | {
                            /** @enum {string} */
                            readonly op: "has" | "has_not";
                            /** @enum {string} */
                            readonly type: "list";
                            /** Format: uuid */
                            readonly value: string;
                        } | {
                            /** @enum {string} */
                            readonly op: "is" | "is_not";
                            /** @enum {string} */
                            readonly type: "consent";
                            /** @enum {string} */
                            readonly value: "given" | "none" | "withdrawn";
                        } | {
                            /** @enum {string} */
                            readonly op: "before" | "since";
                            /** @enum {string} */
                            readonly type: "created";
                            /** Format: date */
                            readonly value: string;
                        } | {
                            readonly days: number;
                            /** @enum {string} */
                            readonly op: "did" | "did_not";
                            /** @enum {string} */
                            readonly type: "event";
                            readonly value: string;
                        } | {
                            readonly days: number;
                            /** @enum {string} */
                            readonly op: "did" | "did_not";
                            /** @enum {string} */
                            readonly type: "clicked";
                        } | {
                            readonly days: number;
                            /** @enum {string} */
                            readonly op: "did" | "did_not";
                            /** @enum {string} */
                            readonly type: "opened";
                        } | {
                            readonly conditions: readonly ({
                                readonly key: string;
                                /** @enum {string} */
                                readonly op: "is" | "is_not" | "contains" | "is_empty" | "is_set";
                                /** @enum {string} */
                                readonly type: "field";
                                /** @default  */
                                readonly value?: string;
                            } | {
                                /** @enum {string} */
                                readonly op: "has" | "has_not";
                                /** @enum {string} */
                                readonly type: "tag";
                                readonly value: string;
                            } | {
                                /** @enum {string} */
                                readonly op: "has" | "has_not";
                                /** @enum {string} */
                                readonly type: "list";
                                /** Format: uuid */
                                readonly value: string;
                            } | {
                                /** @enum {string} */
                                readonly op: "is" | "is_not";
                                /** @enum {string} */
                                readonly type: "consent";
                                /** @enum {string} */
                                readonly value: "given" | "none" | "withdrawn";
                            } | {
                                /** @enum {string} */
                                readonly op: "before" | "since";
                                /** @enum {string} */
                                readonly type: "created";
                                /** Format: date */
                                readonly value: string;
                            } | {
                                readonly days: number;
                                /** @enum {string} */
                                readonly op: "did" | "did_not";
                                /** @enum {string} */
                                readonly type: "event";
                                readonly value: string;
                            } | {
                                readonly days: number;
                                /** @enum {string} */
                                readonly op: "did" | "did_not";
                                /** @enum {string} */
                                readonly type: "clicked";
                            } | {
                                readonly days: number;
                                /** @enum {string} */
                                readonly op: "did" | "did_not";
                                /** @enum {string} */
                                readonly type: "opened";
                            })[];
                            /** @enum {string} */
                            readonly match: "all" | "any";
                            /** @enum {string} */
                            readonly type: "group";
                        })[];
                        /** @enum {string} */
                        readonly match: "all" | "any";
                    };
                    readonly name: string;
                };
            };
        };
        readonly responses: {
            /** @description The new segment */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Segment"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getSegment: {
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
            /** @description The segment */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Segment"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteSegment: {
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
            /** @description The segment was deleted */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly updateSegment: {
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
                 *       "name": "Portuguese customers"
                 *     }
                 */
                readonly "application/json": {
                    readonly filter?: {
                        readonly conditions: readonly ({
                            readonly key: string;
                            /** @enum {string} */
                            readonly op: "is" | "is_not" | "contains" | "is_empty" | "is_set";
                            /** @enum {string} */
                            readonly type: "field";
                            /** @default  */
                            readonly value?: string;
                        } | {
                            /** @enum {string} */
                            readonly op: "has" | "has_not";
                            /** @enum {string} */
                            readonly type: "tag";
                            readonly value: string;
                        } | {
                            /** @enum {string} */
                            readonly op: "has" | "has_not";
                            /** @enum {string} */
                            readonly type: "list";
                            /** Format: uuid */
                            readonly value: string;
                        } | {
                            /** @enum {string} */
                            readonly op: "is" | "is_not";
                            /** @enum {string} */
                            readonly type: "consent";
                            /** @enum {string} */
                            readonly value: "given" | "none" | "withdrawn";
                        } | {
                            /** @enum {string} */
                            readonly op: "before" | "since";
                            /** @enum {string} */
                            readonly type: "created";
                            /** Format: date */
                            readonly value: string;
                        } | {
                            readonly days: number;
                            /** @enum {string} */
                            readonly op: "did" | "did_not";
                            /** @enum {string} */
                            readonly type: "event";
                            readonly value: string;
                        } | {
                            readonly days: number;
                            /** @enum {string} */
                            readonly op: "did" | "did_not";
                            /** @enum {string} */
                            readonly type: "clicked";
                        } | {
                            readonly days: number;
                            /** @enum {string} */
                            readonly op: "did" | "did_not";
                            /** @enum {string} */
                            readonly type: "opened";
                        } | {
                            readonly conditions: readonly ({
                                readonly key: string;
                                /** @enum {string} */
                                readonly op: "is" | "is_not" | "contains" | "is_empty" | "is_set";
                                /** @enum {string} */
                                readonly type: "field";
                                /** @default  */
                                readonly value?: string;
                            } | {
                                /** @enum {string} */
                                readonly op: "has" | "has_not";
                                /** @enum {string} */
                                readonly type: "tag";
                                readonly value: string;
                            } | {
                                /** @enum {string} */
                                readonly op: "has" | "has_not";
                                /** @enum {string} */
                                readonly type: "list";
                                /** Format: uuid */
                                readonly value: string;
                            } | {
                                /** @enum {string} */
                                readonly op: "is" | "is_not";
                                /** @enum {string} */
                                readonly type: "consent";
                                /** @enum {string} */
                                readonly value: "given" | "none" | "withdrawn";
                            } | {
                                /** @enum {string} */
                                readonly op: "before" | "since";
                                /** @enum {string} */
                                readonly type: "created";
                                /** Format: date */
                                readonly value: string;
                            } | {
                                readonly days: number;
                                /** @enum {string} */
                                readonly op: "did" | "did_not";
                                /** @enum {string} */
                                readonly type: "event";
                                readonly value: string;
                            } | {
                                readonly days: number;
                                /** @enum {string} */
                                readonly op: "did" | "did_not";
                                /** @enum {string} */
                                readonly type: "clicked";
                            } | {
                                readonly days: number;
                                /** @enum {string} */
                                readonly op: "did" | "did_not";
                                /** @enum {string} */
                                readonly type: "opened";
                            })[];
                            /** @enum {string} */
                            readonly match: "all" | "any";
                            /** @enum {string} */
                            readonly type: "group";
                        })[];
                        /** @enum {string} */
                        readonly match: "all" | "any";
                    };
                    readonly name?: string;
                };
            };
        };
        readonly responses: {
            /** @description The changed segment */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Segment"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getSendingDomain: {
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
            /** @description The sending domain */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SendingDomain"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly setSendingDomain: {
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
                 *       "domain": "acme.example",
                 *       "sender": "news"
                 *     }
                 */
                readonly "application/json": {
                    readonly domain: string;
                    /** @default news */
                    readonly sender?: string;
                };
            };
        };
        readonly responses: {
            /** @description The sending domain and the records to create */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SendingDomain"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly removeSendingDomain: {
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
            /** @description Campaigns come from the product's address again */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly verifySendingDomain: {
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
            /** @description The sending domain with what was found */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SendingDomain"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listSequences: {
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
            /** @description A page of sequences */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SequenceList"];
                    readonly "text/csv": string;
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly createSequence: {
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
                 *       "name": "Welcome",
                 *       "trigger": {
                 *         "type": "tag",
                 *         "value": "trial"
                 *       },
                 *       "steps": [
                 *         {
                 *           "delay_hours": 24,
                 *           "subject": "Welcome",
                 *           "body": "Hi {{ name | there }},"
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /** @default null */
                    readonly cap_days?: number | null;
                    /** @default null */
                    readonly cap_emails?: number | null;
                    /** @default null */
                    readonly goal?: {
                        /** @enum {string} */
                        readonly type: "tag";
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly type: "event";
                        readonly value: string;
                    } | null;
                    readonly name: string;
                    /** @default [] */
                    readonly steps?: readonly {
                        readonly body: string;
                        /** @default null */
                        readonly condition?: {
                            /** @enum {string} */
                            readonly type: "tag";
                            readonly value: string;
                        } | {
                            /** @enum {string} */
                            readonly type: "clicked";
                        } | null;
                        readonly delay_hours: number;
                        /** Format: uuid */
                        readonly id?: string;
                        readonly subject: string;
                    }[];
                    readonly trigger: {
                        /** @enum {string} */
                        readonly type: "tag";
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly type: "list";
                        /** Format: uuid */
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly type: "event";
                        readonly value: string;
                    };
                };
            };
        };
        readonly responses: {
            /** @description The sequence */
            readonly 201: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly Location: components["headers"]["Location"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Sequence"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly getSequence: {
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
            /** @description The sequence */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Sequence"];
                };
            };
            /** @description The client has the current version: its ETag is in `If-None-Match` */
            readonly 304: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly deleteSequence: {
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
            /** @description The sequence was deleted */
            readonly 204: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly updateSequence: {
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
                 *       "cap_emails": 2,
                 *       "cap_days": 7
                 *     }
                 */
                readonly "application/json": {
                    readonly cap_days?: number | null;
                    readonly cap_emails?: number | null;
                    readonly goal?: {
                        /** @enum {string} */
                        readonly type: "tag";
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly type: "event";
                        readonly value: string;
                    } | null;
                    readonly name?: string;
                    readonly steps?: readonly {
                        readonly body: string;
                        /** @default null */
                        readonly condition?: {
                            /** @enum {string} */
                            readonly type: "tag";
                            readonly value: string;
                        } | {
                            /** @enum {string} */
                            readonly type: "clicked";
                        } | null;
                        readonly delay_hours: number;
                        /** Format: uuid */
                        readonly id?: string;
                        readonly subject: string;
                    }[];
                    readonly trigger?: {
                        /** @enum {string} */
                        readonly type: "tag";
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly type: "list";
                        /** Format: uuid */
                        readonly value: string;
                    } | {
                        /** @enum {string} */
                        readonly type: "event";
                        readonly value: string;
                    };
                };
            };
        };
        readonly responses: {
            /** @description The changed sequence */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Sequence"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly startSequence: {
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
            /** @description The active sequence */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Sequence"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly stopSequence: {
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
            /** @description The stopped sequence */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Sequence"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly openSharedReport: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The token at the end of the link */
                readonly token: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The report */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SharedReport"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly getSubscription: {
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
            /** @description The subscription, or what the tenant has instead */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Subscription"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly orderPlan: {
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
                 *       "plan": "team",
                 *       "billing_cycle": "yearly"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @default monthly
                     * @enum {string}
                     */
                    readonly billing_cycle?: "monthly" | "yearly";
                    /** @enum {string} */
                    readonly plan: "starter" | "team" | "premium";
                };
            };
        };
        readonly responses: {
            /** @description The changed subscription */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Subscription"];
                };
            };
            /** @description Somebody has to pay or confirm there */
            readonly 202: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Checkout"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly cancelSubscription: {
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
            /** @description The subscription with its end */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Subscription"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly previewPlan: {
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
                 *       "plan": "premium",
                 *       "billing_cycle": "monthly"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @default monthly
                     * @enum {string}
                     */
                    readonly billing_cycle?: "monthly" | "yearly";
                    /** @enum {string} */
                    readonly plan: "starter" | "team" | "premium";
                };
            };
        };
        readonly responses: {
            /** @description The preview */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SubscriptionPreview"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly resumeSubscription: {
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
            /** @description The subscription */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Subscription"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly startTrial: {
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
                 *       "plan": "team"
                 *     }
                 */
                readonly "application/json": {
                    /** @enum {string} */
                    readonly plan: "team" | "premium";
                };
            };
        };
        readonly responses: {
            /** @description The subscription */
            readonly 200: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Subscription"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly time_zone?: string;
                };
            };
        };
        readonly responses: {
            /** @description The changed tenant */
            readonly 200: {
                headers: {
                    readonly ETag: components["headers"]["ETag"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Tenant"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
    readonly listUsage: {
        readonly parameters: {
            readonly query?: {
                /** @description Keeps the items with this `period` */
                readonly period?: string;
            };
            readonly header?: {
                /** @description The subdomain of the tenant, for account tokens on the apex host */
                readonly "X-Tenant"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The usage of each metric */
            readonly 200: {
                headers: {
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UsageReport"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 422: components["responses"]["Problem422"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly recordUsage: {
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
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "metric": "compute_minutes",
                 *       "value": 12,
                 *       "idempotency_key": "run-4711"
                 *     }
                 */
                readonly "application/json": {
                    readonly idempotency_key?: string;
                    /** @enum {string} */
                    readonly metric?: "compute_minutes";
                    /** Format: date-time */
                    readonly occurred_at?: string;
                    readonly records?: readonly {
                        readonly idempotency_key?: string;
                        /** @enum {string} */
                        readonly metric: "compute_minutes";
                        /** Format: date-time */
                        readonly occurred_at?: string;
                        readonly value: number;
                    }[];
                    readonly value?: number;
                };
            };
        };
        readonly responses: {
            /** @description The usage is recorded */
            readonly 202: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["RecordedUsage"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookReplay"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpointWithSecret"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    /**
                     * @default webhook.test
                     * @enum {string}
                     */
                    readonly event?: "api_key.created" | "api_key.revoked" | "campaign.canceled" | "campaign.created" | "campaign.deleted" | "campaign.missed" | "campaign.paused" | "campaign.resumed" | "campaign.scheduled" | "campaign.sent" | "campaign.started" | "campaign.updated" | "contact.created" | "contact.deleted" | "contact.subscribed" | "contact.unsubscribed" | "contact.updated" | "custom_domain.added" | "custom_domain.failing" | "custom_domain.lost" | "custom_domain.made_primary" | "custom_domain.removed" | "custom_domain.unmade_primary" | "custom_domain.verified" | "invoice.paid" | "invoice.payment_failed" | "member.invited" | "member.joined" | "member.left" | "member.removed" | "project.archived" | "project.created" | "project.deleted" | "project.restored" | "project.updated" | "subscription.canceled" | "subscription.created" | "subscription.updated" | "tenant.resumed" | "tenant.suspended" | "usage.limit_reached" | "webhook.test";
                };
            };
        };
        readonly responses: {
            /** @description The delivery of the test event */
            readonly 202: {
                headers: {
                    readonly "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            readonly 307: components["responses"]["FormerSubdomain"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
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
                    readonly RateLimit: components["headers"]["RateLimit"];
                    readonly "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 307: components["responses"]["FormerSubdomain"];
            readonly 400: components["responses"]["Problem400"];
            readonly 401: components["responses"]["Problem401"];
            readonly 403: components["responses"]["Problem403"];
            readonly 404: components["responses"]["Problem404"];
            readonly 429: components["responses"]["Problem429"];
            readonly 500: components["responses"]["Problem500"];
            readonly 503: components["responses"]["Problem503"];
        };
    };
    readonly "on.api_key.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "api_key.created",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6c3d-7d44-8f5a-708192a3b4c5",
                 *         "name": "Warehouse system",
                 *         "permissions": [
                 *           "projects:read"
                 *         ],
                 *         "expires_at": "2026-12-31T23:59:59.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly expires_at: string | null;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        readonly permissions: readonly string[];
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "api_key.created";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.api_key.revoked": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "api_key.revoked",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6c3d-7d44-8f5a-708192a3b4c5",
                 *         "name": "Warehouse system"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "api_key.revoked";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.canceled": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.canceled",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.canceled";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.created",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.created";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.deleted": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.deleted",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.deleted";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.missed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.missed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.missed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.paused": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.paused",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.paused";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.resumed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.resumed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.resumed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.scheduled": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.scheduled",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.scheduled";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.sent": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.sent",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.sent";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.started": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.started",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.started";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.campaign.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "campaign.updated",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293c1",
                 *         "name": "Spring news",
                 *         "subject": "What is new this spring",
                 *         "status": "draft",
                 *         "segment_id": null,
                 *         "scheduled_at": null,
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** Format: date-time */
                        readonly scheduled_at: string | null;
                        /** Format: uuid */
                        readonly segment_id: string | null;
                        readonly status: string;
                        readonly subject: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "campaign.updated";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.contact.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "contact.created",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
                 *         "email": "mira@example.com",
                 *         "name": "Mira Sol",
                 *         "external_id": "customer-1042",
                 *         "fields": {
                 *           "city": "Lisbon"
                 *         },
                 *         "tags": [
                 *           "customer"
                 *         ],
                 *         "lists": [],
                 *         "consent": true,
                 *         "consent_status": "given",
                 *         "consent_at": "2026-03-02T09:00:00.000Z",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly consent: boolean;
                        /** Format: date-time */
                        readonly consent_at: string | null;
                        /** @enum {string} */
                        readonly consent_status: "none" | "given" | "withdrawn";
                        /** Format: date-time */
                        readonly created_at: string;
                        readonly email: string;
                        readonly external_id: string | null;
                        readonly fields: {
                            readonly [key: string]: string;
                        };
                        /** Format: uuid */
                        readonly id: string;
                        readonly lists: readonly string[];
                        readonly name: string;
                        readonly tags: readonly string[];
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "contact.created";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.contact.deleted": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "contact.deleted",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
                 *         "email": "mira@example.com",
                 *         "name": "Mira Sol",
                 *         "external_id": "customer-1042",
                 *         "fields": {
                 *           "city": "Lisbon"
                 *         },
                 *         "tags": [
                 *           "customer"
                 *         ],
                 *         "lists": [],
                 *         "consent": true,
                 *         "consent_status": "given",
                 *         "consent_at": "2026-03-02T09:00:00.000Z",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly consent: boolean;
                        /** Format: date-time */
                        readonly consent_at: string | null;
                        /** @enum {string} */
                        readonly consent_status: "none" | "given" | "withdrawn";
                        /** Format: date-time */
                        readonly created_at: string;
                        readonly email: string;
                        readonly external_id: string | null;
                        readonly fields: {
                            readonly [key: string]: string;
                        };
                        /** Format: uuid */
                        readonly id: string;
                        readonly lists: readonly string[];
                        readonly name: string;
                        readonly tags: readonly string[];
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "contact.deleted";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.contact.subscribed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "contact.subscribed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
                 *         "email": "mira@example.com",
                 *         "name": "Mira Sol",
                 *         "external_id": "customer-1042",
                 *         "fields": {
                 *           "city": "Lisbon"
                 *         },
                 *         "tags": [
                 *           "customer"
                 *         ],
                 *         "lists": [],
                 *         "consent": true,
                 *         "consent_status": "given",
                 *         "consent_at": "2026-03-02T09:00:00.000Z",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly consent: boolean;
                        /** Format: date-time */
                        readonly consent_at: string | null;
                        /** @enum {string} */
                        readonly consent_status: "none" | "given" | "withdrawn";
                        /** Format: date-time */
                        readonly created_at: string;
                        readonly email: string;
                        readonly external_id: string | null;
                        readonly fields: {
                            readonly [key: string]: string;
                        };
                        /** Format: uuid */
                        readonly id: string;
                        readonly lists: readonly string[];
                        readonly name: string;
                        readonly tags: readonly string[];
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "contact.subscribed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.contact.unsubscribed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "contact.unsubscribed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
                 *         "email": "mira@example.com",
                 *         "name": "Mira Sol",
                 *         "external_id": "customer-1042",
                 *         "fields": {
                 *           "city": "Lisbon"
                 *         },
                 *         "tags": [
                 *           "customer"
                 *         ],
                 *         "lists": [],
                 *         "consent": true,
                 *         "consent_status": "given",
                 *         "consent_at": "2026-03-02T09:00:00.000Z",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly consent: boolean;
                        /** Format: date-time */
                        readonly consent_at: string | null;
                        /** @enum {string} */
                        readonly consent_status: "none" | "given" | "withdrawn";
                        /** Format: date-time */
                        readonly created_at: string;
                        readonly email: string;
                        readonly external_id: string | null;
                        readonly fields: {
                            readonly [key: string]: string;
                        };
                        /** Format: uuid */
                        readonly id: string;
                        readonly lists: readonly string[];
                        readonly name: string;
                        readonly tags: readonly string[];
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "contact.unsubscribed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.contact.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "contact.updated",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-4b1c-7d33-9e4f-60718293a4b6",
                 *         "email": "mira@example.com",
                 *         "name": "Mira Sol",
                 *         "external_id": "customer-1042",
                 *         "fields": {
                 *           "city": "Lisbon"
                 *         },
                 *         "tags": [
                 *           "customer"
                 *         ],
                 *         "lists": [],
                 *         "consent": true,
                 *         "consent_status": "given",
                 *         "consent_at": "2026-03-02T09:00:00.000Z",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly consent: boolean;
                        /** Format: date-time */
                        readonly consent_at: string | null;
                        /** @enum {string} */
                        readonly consent_status: "none" | "given" | "withdrawn";
                        /** Format: date-time */
                        readonly created_at: string;
                        readonly email: string;
                        readonly external_id: string | null;
                        readonly fields: {
                            readonly [key: string]: string;
                        };
                        /** Format: uuid */
                        readonly id: string;
                        readonly lists: readonly string[];
                        readonly name: string;
                        readonly tags: readonly string[];
                        /** Format: date-time */
                        readonly updated_at: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "contact.updated";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.custom_domain.added": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "custom_domain.added",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
                 *         "domain": "app.acme.example"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly domain: string;
                        /** Format: uuid */
                        readonly id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "custom_domain.added";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.custom_domain.failing": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "custom_domain.failing",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
                 *         "domain": "app.acme.example"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly domain: string;
                        /** Format: uuid */
                        readonly id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "custom_domain.failing";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.custom_domain.lost": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "custom_domain.lost",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
                 *         "domain": "app.acme.example"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly domain: string;
                        /** Format: uuid */
                        readonly id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "custom_domain.lost";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.custom_domain.made_primary": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "custom_domain.made_primary",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
                 *         "domain": "app.acme.example"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly domain: string;
                        /** Format: uuid */
                        readonly id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "custom_domain.made_primary";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.custom_domain.removed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "custom_domain.removed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
                 *         "domain": "app.acme.example"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly domain: string;
                        /** Format: uuid */
                        readonly id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "custom_domain.removed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.custom_domain.unmade_primary": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "custom_domain.unmade_primary",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
                 *         "domain": "app.acme.example"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly domain: string;
                        /** Format: uuid */
                        readonly id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "custom_domain.unmade_primary";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.custom_domain.verified": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "custom_domain.verified",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-6a1b-7c3d-8e4f-5a6b7c8d9e01",
                 *         "domain": "app.acme.example"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly domain: string;
                        /** Format: uuid */
                        readonly id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "custom_domain.verified";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.invoice.paid": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "invoice.paid",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-7b2c-7d33-8e4f-60718293a4b5",
                 *         "number": "INV-0042",
                 *         "status": "paid",
                 *         "total": 2900,
                 *         "currency": "usd"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly currency: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly number: string;
                        /** @enum {string} */
                        readonly status: "draft" | "open" | "paid" | "void" | "uncollectible";
                        readonly total: number;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "invoice.paid";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.invoice.payment_failed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "invoice.payment_failed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-7b2c-7d33-8e4f-60718293a4b5",
                 *         "number": "INV-0042",
                 *         "status": "paid",
                 *         "total": 2900,
                 *         "currency": "usd"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly currency: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly number: string;
                        /** @enum {string} */
                        readonly status: "draft" | "open" | "paid" | "void" | "uncollectible";
                        readonly total: number;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "invoice.payment_failed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.member.invited": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "member.invited",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-7b2c-7d33-8e4f-60718293a4b5",
                 *         "email": "ben@example.com",
                 *         "role": "member"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly email: string;
                        /** Format: uuid */
                        readonly id: string;
                        readonly role: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "member.invited";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.member.joined": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "member.joined",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "user_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "name": "Ben Alvarez",
                 *         "role": "member"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly name: string;
                        readonly role: string;
                        /** Format: uuid */
                        readonly user_id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "member.joined";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.member.left": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "member.left",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "user_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "name": "Ben Alvarez"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly name: string;
                        /** Format: uuid */
                        readonly user_id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "member.left";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.member.removed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "member.removed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "user_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "name": "Ben Alvarez",
                 *         "role": "member"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly name: string;
                        readonly role: string;
                        /** Format: uuid */
                        readonly user_id: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "member.removed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.project.archived": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "project.archived",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293a4",
                 *         "name": "Website relaunch",
                 *         "description": "Content freeze two weeks before the launch.",
                 *         "status": "active",
                 *         "owner_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
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
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "project.archived";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.project.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "project.created",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293a4",
                 *         "name": "Website relaunch",
                 *         "description": "Content freeze two weeks before the launch.",
                 *         "status": "active",
                 *         "owner_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
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
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "project.created";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.project.deleted": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "project.deleted",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293a4",
                 *         "name": "Website relaunch",
                 *         "description": "Content freeze two weeks before the launch.",
                 *         "status": "active",
                 *         "owner_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
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
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "project.deleted";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.project.restored": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "project.restored",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293a4",
                 *         "name": "Website relaunch",
                 *         "description": "Content freeze two weeks before the launch.",
                 *         "status": "active",
                 *         "owner_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
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
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "project.restored";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.project.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "project.updated",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-3a1b-7c22-9d4e-5f60718293a4",
                 *         "name": "Website relaunch",
                 *         "description": "Content freeze two weeks before the launch.",
                 *         "status": "active",
                 *         "owner_id": "0198c0de-11f0-7a3c-8b5d-6e7f80910213",
                 *         "created_at": "2026-03-02T09:00:00.000Z",
                 *         "updated_at": "2026-03-02T09:00:00.000Z"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
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
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "project.updated";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.subscription.canceled": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "subscription.canceled",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "plan": "team",
                 *         "plan_version": 1,
                 *         "status": "active",
                 *         "billing_cycle": "monthly",
                 *         "seats": 1,
                 *         "current_period_end": "2026-12-24T10:00:00.000Z",
                 *         "cancel_at": null
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** @enum {string|null} */
                        readonly billing_cycle: "monthly" | "yearly" | null;
                        /** Format: date-time */
                        readonly cancel_at: string | null;
                        /** Format: date-time */
                        readonly current_period_end: string | null;
                        /** @enum {string} */
                        readonly plan: "starter" | "team" | "premium" | "enterprise";
                        readonly plan_version: number;
                        readonly seats: number;
                        /** @enum {string} */
                        readonly status: "incomplete" | "incomplete_expired" | "trialing" | "active" | "past_due" | "canceled" | "unpaid" | "paused";
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "subscription.canceled";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.subscription.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "subscription.created",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "plan": "team",
                 *         "plan_version": 1,
                 *         "status": "active",
                 *         "billing_cycle": "monthly",
                 *         "seats": 1,
                 *         "current_period_end": "2026-12-24T10:00:00.000Z",
                 *         "cancel_at": null
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** @enum {string|null} */
                        readonly billing_cycle: "monthly" | "yearly" | null;
                        /** Format: date-time */
                        readonly cancel_at: string | null;
                        /** Format: date-time */
                        readonly current_period_end: string | null;
                        /** @enum {string} */
                        readonly plan: "starter" | "team" | "premium" | "enterprise";
                        readonly plan_version: number;
                        readonly seats: number;
                        /** @enum {string} */
                        readonly status: "incomplete" | "incomplete_expired" | "trialing" | "active" | "past_due" | "canceled" | "unpaid" | "paused";
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "subscription.created";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.subscription.updated": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "subscription.updated",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "plan": "team",
                 *         "plan_version": 1,
                 *         "status": "active",
                 *         "billing_cycle": "monthly",
                 *         "seats": 1,
                 *         "current_period_end": "2026-12-24T10:00:00.000Z",
                 *         "cancel_at": null
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** @enum {string|null} */
                        readonly billing_cycle: "monthly" | "yearly" | null;
                        /** Format: date-time */
                        readonly cancel_at: string | null;
                        /** Format: date-time */
                        readonly current_period_end: string | null;
                        /** @enum {string} */
                        readonly plan: "starter" | "team" | "premium" | "enterprise";
                        readonly plan_version: number;
                        readonly seats: number;
                        /** @enum {string} */
                        readonly status: "incomplete" | "incomplete_expired" | "trialing" | "active" | "past_due" | "canceled" | "unpaid" | "paused";
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "subscription.updated";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.tenant.resumed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "tenant.resumed",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-5c6d-7e7f-8091-a2b3c4d5e6f7",
                 *         "name": "Northwind",
                 *         "status": "active"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** @enum {string} */
                        readonly status: "active" | "suspended";
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "tenant.resumed";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.tenant.suspended": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "tenant.suspended",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "id": "0198c0de-5c6d-7e7f-8091-a2b3c4d5e6f7",
                 *         "name": "Northwind",
                 *         "status": "suspended"
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        /** Format: uuid */
                        readonly id: string;
                        readonly name: string;
                        /** @enum {string} */
                        readonly status: "active" | "suspended";
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "tenant.suspended";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.usage.limit_reached": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "usage.limit_reached",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "metric": "compute_minutes",
                 *         "limit": 1000,
                 *         "used": 1004
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly limit: number;
                        readonly metric: string;
                        readonly used: number;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "usage.limit_reached";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "on.webhook.test": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's ID, the same at every attempt */
                readonly "webhook-id": string;
                /** @description One signature per secret, separated by spaces: `v1,` and the Base64 of the HMAC-SHA256 of ID, timestamp and body */
                readonly "webhook-signature": string;
                /** @description The time of the attempt, in seconds since 1970 */
                readonly "webhook-timestamp": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "type": "webhook.test",
                 *       "timestamp": "2026-03-02T09:00:00.000Z",
                 *       "data": {
                 *         "message": "This is a test event."
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    readonly data: {
                        readonly message: string;
                    };
                    /**
                     * Format: date-time
                     * @description When it happened
                     */
                    readonly timestamp: string;
                    /** @enum {string} */
                    readonly type: "webhook.test";
                };
            };
        };
        readonly responses: {
            /** @description Received. Any other status means that we try again. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The receiver wants no more events. We turn the endpoint off. */
            readonly 410: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
