//! Every error code, with its cause and its cure: what `GET /problems/{code}` tells, and what OpenAPI lists.

use http::StatusCode;

/// A kind of problem.
#[derive(Debug)]
pub struct Kind {
    /// The stable name.
    pub code: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What happened, in a sentence.
    pub detail: &'static str,
    /// Why it happens.
    pub cause: &'static str,
    /// What to do about it.
    pub cure: &'static str,
}

macro_rules! kinds {
    ($($name:ident: $status:ident, $code:literal, $title:literal, $detail:literal, $cause:literal, $cure:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $title, ".")]
            pub static $name: Kind = Kind {
                code: $code,
                status: StatusCode::$status,
                title: $title,
                detail: $detail,
                cause: $cause,
                cure: $cure,
            };
        )*
        /// Every kind.
        pub static ALL: &[&Kind] = &[$(&$name,)*];
    };
}

kinds! {
    MALFORMED_JSON: BAD_REQUEST, "malformed_json", "Malformed JSON",
        "The body is not one JSON document with unique keys.",
        "The body does not parse, repeats a key, is nested too deep, or has something after its end.",
        "Send one JSON object; let a library write it.";
    BAD_REQUEST: BAD_REQUEST, "bad_request", "Bad request",
        "The request is malformed.",
        "A header or the body cannot be read.",
        "Compare the request with the API description at /docs.";
    DUPLICATE_COOKIE: BAD_REQUEST, "duplicate_cookie", "Two refresh cookies",
        "The request carries two refresh cookies; neither was used.",
        "Another site on a sibling host, or an old cookie on another path, has set a cookie of the same name.",
        "Clear the cookies of this site, and log in again.";
    DUPLICATE_TOKEN: BAD_REQUEST, "duplicate_token", "Two refresh tokens",
        "The request carries a refresh token in the cookie and another in the body; neither was used.",
        "A client sends both.",
        "Send the token in one place only.";
    AMBIGUOUS_CREDENTIAL: BAD_REQUEST, "ambiguous_credential", "Ambiguous credential",
        "One Authorization header with one Bearer token is expected.",
        "The request carries several Authorization headers, a Bearer header without a token or with several, or a token \
         in the URL.",
        "Send `Authorization: Bearer <token>` once, and no token in the URL: URLs are logged everywhere.";
    MISSING_TOKEN: UNAUTHORIZED, "missing_token", "No access token",
        "An access token is needed: Authorization: Bearer <token>.",
        "The route asks who you are, and the request has no Authorization header, or one of another scheme than Bearer.",
        "Log in, and send the access token in the Authorization header.";
    INVALID_TOKEN: UNAUTHORIZED, "invalid_token", "Invalid access token",
        "The access token is invalid, expired or revoked.",
        "It has expired, was revoked by a logout, a password change or an admin, or was not made by this server. \
         The answer does not say which; the server's log does.",
        "Refresh, and try once more with the new access token; if the refresh is refused too, log in again.";
    INVALID_CREDENTIALS: UNAUTHORIZED, "invalid_credentials", "Invalid credentials",
        "The email address or the password is wrong.",
        "No active account has this address and this password. No answer says which of the two is wrong.",
        "Check both. After several failures in a row the account is locked for a while.";
    MISSING_REFRESH_TOKEN: UNAUTHORIZED, "missing_refresh_token", "No refresh token",
        "A refresh token is needed, in the cookie or in the body.",
        "The cookie was not sent: it may have expired, or the request went to another host or over plain http.",
        "Log in. A client without a cookie jar asks for the token in the body with \"delivery\": \"body\".";
    INVALID_REFRESH_TOKEN: UNAUTHORIZED, "invalid_refresh_token", "Invalid refresh token",
        "The refresh token is invalid, expired or revoked. Please log in again.",
        "The session ended: by logout, by a password change, by an admin, by its age, or the token is not ours.",
        "Log in again.";
    TOKEN_REUSE: UNAUTHORIZED, "token_reuse", "Refresh token reuse",
        "Token reuse detected. Please log in again.",
        "A refresh token that had been exchanged already came again. Either a client kept an old one, or a thief \
         stole it: so the whole session was revoked, for both.",
        "Log in again. If it happens again, look for a client that refreshes twice with one token; if there is none, \
         change the password.";
    INVALID_CLIENT: UNAUTHORIZED, "invalid_client", "Unknown service client",
        "A registered service client is needed, with its own proof.",
        "The client_id is unknown or revoked, the secret is wrong, or the assertion does not verify, is stale, is for \
         another server, or was used before. The answer does not say which.",
        "Send HTTP Basic with client_id and client_secret, or a client assertion (RFC 7523). Operators register \
         clients with `hallpass clients create`.";
    FORBIDDEN: FORBIDDEN, "forbidden", "Forbidden",
        "Your role does not allow this.",
        "The server knows who you are, and the answer is no.",
        "Ask an admin for the role. A new role takes effect with the next refresh.";
    WRONG_PASSWORD: FORBIDDEN, "wrong_password", "Wrong password",
        "The current password is wrong.",
        "The password was not changed, because the current one did not match. Failures count as failed logins.",
        "Type the current password again.";
    PASSWORD_CHANGE_REQUIRED: FORBIDDEN, "password_change_required", "One-time password",
        "This is a one-time password. Choose your own to log in.",
        "An administrator has replaced the password. A one-time password opens no session: its owner replaces it by \
         logging in.",
        "Send the same login again with `new_password` beside `password`, before the one-time password expires.";
    EMAIL_UNVERIFIED: FORBIDDEN, "email_unverified", "Address not confirmed",
        "Confirm your email address first, with the link or the code that was mailed to you.",
        "The password is right. Who registers here proves the address before coming in; `mail.require_verified` says so.",
        "Send the same login again with `proof`: the `token` of the link, or the `code`. POST /auth/email/verify/request has \
         the mail sent again.";
    CROSS_SITE: FORBIDDEN, "cross_site", "Cross-site request",
        "This request came from another site.",
        "The browser says (Sec-Fetch-Site, Origin) that a page of another site has sent it. Such a page could act in \
         the name of its visitor.",
        "Call from the same origin, or list the origin in `cors_origins`.";
    REGISTRATION_CLOSED: FORBIDDEN, "registration_closed", "Registration is closed",
        "Accounts are made by an admin here.",
        "`registration` is set to `closed`.",
        "Ask an admin for an account.";
    NOT_FOUND: NOT_FOUND, "not_found", "Not found",
        "There is no such thing here.",
        "The path or the id is unknown, or belongs to another user.",
        "Check the path against the API description at /docs.";
    METHOD_NOT_ALLOWED: METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed",
        "This path does not take that method.",
        "The Allow header lists the methods that it takes.",
        "Use one of those.";
    EMAIL_TAKEN: CONFLICT, "email_taken", "Address taken",
        "An account with this email address exists already.",
        "Addresses are compared without regard to case.",
        "Log in instead.";
    UNFIT_CODE: BAD_REQUEST, "unfit_code", "Link or code not good",
        "This link or code is not good, or no longer. Ask for a new one.",
        "It was mistyped, was used already, was replaced by a newer one, or has expired. After five wrong codes the right one \
         is void, too.",
        "Ask for a new mail, and use the newest.";
    NO_MAIL: NOT_FOUND, "no_mail", "No mail here",
        "This server sends no mail.",
        "`mail.transport` is set to `off`.",
        "Ask an administrator for a one-time password.";
    NO_WEBHOOKS: NOT_FOUND, "no_webhooks", "No webhooks here",
        "This server sends no webhooks.",
        "It is a sandbox of the lab: strangers could make it call others.",
        "Try them with an installation of your own: `hallpass serve` needs no configuration.";
    LAST_ADMIN: CONFLICT, "last_admin", "Last admin",
        "This would leave no active admin.",
        "Without an admin the server could not be administered over HTTP any more.",
        "Make another user an admin first.";
    OWN_PASSWORD: CONFLICT, "own_password", "Your own password",
        "Your own password is changed with the current one, at POST /auth/password.",
        "A one-time password for the own account would let a stolen access token do without the current password.",
        "Change it at POST /auth/password, or on the server's machine with `hallpass users set-password`.";
    KEY_NOT_RIPE: CONFLICT, "key_not_ripe", "The next key is not ripe",
        "The next key was published too recently to sign.",
        "Verifiers may cache the key set; a key that signs before they can know it has its tokens refused.",
        "Rotate again when it is ripe, or force it if the present key must go at once.";
    NAME_TAKEN: CONFLICT, "name_taken", "Name taken",
        "Something of this name exists already.",
        "Names of service clients are unique.",
        "Choose another name.";
    PAYLOAD_TOO_LARGE: PAYLOAD_TOO_LARGE, "payload_too_large", "Body too large",
        "A request body may have at most 16 KiB.",
        "No request to this server needs more.",
        "Send less.";
    REQUEST_TIMEOUT: REQUEST_TIMEOUT, "request_timeout", "Request timed out",
        "The body of the request did not come in time.",
        "The client, or the network before it, was too slow, or the body is shorter than its Content-Length says.",
        "Send the whole body, and try again.";
    HEADER_TOO_LARGE: REQUEST_HEADER_FIELDS_TOO_LARGE, "header_too_large", "Header too large",
        "A request header may have at most 100 fields and 16 KiB.",
        "No request to this server needs more; cookies of other sites on the same domain may have piled up.",
        "Send fewer or shorter header fields; clear the cookies of this domain.";
    UNSUPPORTED_MEDIA_TYPE: UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unsupported media type",
        "The body must be application/json in UTF-8, not compressed.",
        "The Content-Type is missing or another, or the body is compressed.",
        "Send `Content-Type: application/json`.";
    VALIDATION_FAILED: UNPROCESSABLE_ENTITY, "validation_failed", "Validation failed",
        "A field is missing, unknown or not valid.",
        "`errors` names each field and what is wrong with it.",
        "Correct the fields.";
    ACCOUNT_LOCKED: TOO_MANY_REQUESTS, "account_locked", "Account locked",
        "Account locked for 30 minutes",
        "Too many wrong passwords in a row, no matter from whom. Until the lock ends even the right one is refused.",
        "Wait for the time in Retry-After, or ask an admin to unlock the account.";
    LOGIN_IN_PROGRESS: TOO_MANY_REQUESTS, "login_in_progress", "Logins in progress",
        "Other logins to this account are being checked. Please try again in a moment.",
        "Attempts under way count against the limit on wrong passwords until they are settled, so that parallel guesses \
         cannot pass it. Nothing is locked, and this attempt was not counted.",
        "Try again after the time in Retry-After.";
    TOO_MANY_ATTEMPTS: TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts",
        "Too many login attempts — try again in 15 minutes",
        "This client address has used up its attempts; the RateLimit headers count them.",
        "Wait for the time in Retry-After.";
    TOO_MANY_ASSERTIONS: TOO_MANY_REQUESTS, "too_many_assertions", "Too many client assertions",
        "This service client has 10,000 unexpired assertions in use; the next is taken when one has expired.",
        "Each assertion is remembered until it expires, so that it cannot be used again. The number is bounded for each \
         client and replica.",
        "Let assertions expire sooner (`exp` a few seconds ahead), ask less often, or authenticate with a client secret.";
    TOO_MANY_CLIENT_FAILURES: TOO_MANY_REQUESTS, "too_many_client_failures", "Too many wrong client credentials",
        "This service client has sent too many wrong credentials from this address.",
        "Wrong secrets and assertions are counted for each service client and client address, 20 in a login window. A \
         right one is never refused for them.",
        "Correct the secret or the key of the service; a right credential is taken at once.";
    TOO_MANY_STREAMS: TOO_MANY_REQUESTS, "too_many_streams", "Too many streams",
        "This service client reads the revocation feed over too many streams at once.",
        "Streams are bounded for each service client, so that one cannot keep the others from reading.",
        "Close a stream first, or register a service client for each service. Operators: see \
         `limits.streams_per_client`.";
    LAB_GONE: NOT_FOUND, "lab_gone", "The sandbox is gone",
        "This sandbox of the lab has ended.",
        "A sandbox ends after half an hour without use, after two hours in any case, when its visitor opens a fifth \
         one, and when the server restarts.",
        "Open a new one: nothing in it was real.";
    LAB_LIMIT: CONFLICT, "lab_limit", "The sandbox is full",
        "A sandbox holds 20 users at most.",
        "The lab bounds what a visitor can make it hold.",
        "Open a new sandbox.";
    LAB_BUSY: TOO_MANY_REQUESTS, "lab_busy", "Too fast for the lab",
        "The lab answers 20 requests a second and visitor, and hashes one password at a time.",
        "The lab bounds what a visitor can make it do, so that no real login waits for it.",
        "Wait for the time in Retry-After.";
    LAB_FULL: SERVICE_UNAVAILABLE, "lab_full", "The lab is full",
        "Every sandbox of the lab is in use. Please try again in a few minutes.",
        "The number of sandboxes is bounded, and one that is in use is not taken away.",
        "Try again after the time in Retry-After. Operators: see `lab.max_sandboxes`.";
    INTERNAL: INTERNAL_SERVER_ERROR, "internal", "Internal error",
        "Something went wrong here. The request id leads to it in the server's log.",
        "A bug: the request was not finished. What it had begun in the database may stand.",
        "Report it with the request id.";
    LEGACY_UNAVAILABLE: SERVICE_UNAVAILABLE, "legacy_unavailable", "Legacy system unavailable",
        "Signing in for the first time is not possible just now. Please try again in a moment.",
        "This address has no account here yet, and the system that users move in from gives no answer. Nothing was found \
         out about the password, and no attempt was counted.",
        "Try again after the time in Retry-After. Operators: see `legacy.url`, and the log.";
    OVERLOADED: SERVICE_UNAVAILABLE, "overloaded", "Overloaded",
        "Too many logins at once. Please try again in a moment.",
        "The queue of passwords to be checked is full, every place for a reader of the revocation feed is taken, or the \
         server has as many connections and requests as it can hold. Nothing was checked, and no attempt was counted.",
        "Try again after the time in Retry-After. Operators: see `password.hash_threads`, for the feed \
         `limits.streams_per_client`, and for connections `limits.max_connections`.";
    UNAVAILABLE: SERVICE_UNAVAILABLE, "unavailable", "Unavailable",
        "The server cannot reach its data. Please try again in a moment.",
        "The database does not answer. The server gives no verdict that it cannot be sure of.",
        "Try again after the time in Retry-After. Operators: the log says why; see `hallpass doctor`.";
    TIMEOUT: SERVICE_UNAVAILABLE, "timeout", "Timed out",
        "The request took too long.",
        "The server was too slow. What the request has begun in the database may have been finished all the same.",
        "Try again.";
}

/// The kind of this name.
pub fn find(code: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.code == code)
}
