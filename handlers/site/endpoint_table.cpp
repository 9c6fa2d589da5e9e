// One row an endpoint.
#include "handlers/site/endpoints.hpp"
#include "handlers/site/resources.hpp"

#include <array>

namespace nopassd::handlers::site {

namespace {

constexpr std::string_view none;
constexpr std::string_view page = "offset limit";
constexpr std::optional<Scope> anybody;

constexpr std::array table = {
    // What the daemon says of itself
    Endpoint{"livez", "GET", "/livez", anybody, show_livez, none, none, "Whether the event loop turns.", "200:Live"},
    Endpoint{"readyz", "GET", "/readyz", anybody, show_readyz, none, none, "Whether callbacks would be answered.",
             "200:Ready 503:Ready"},
    Endpoint{"showMetrics", "GET", "/metrics", anybody, show_metrics, none, none, "Figures for Prometheus, as text.",
             "200:Metrics"},
    Endpoint{"listEndpoints", "GET", "/v1", anybody, list_endpoints, none, none,
             "Every endpoint with its methods and scopes.", "200:Endpoints 304"},
    Endpoint{"showScopes", "GET", "/v1/scopes", anybody, show_scopes, none, none, "The scopes that you have.",
             "200:Scopes 304"},
    Endpoint{"showInfo", "GET", "/v1/info", anybody, show_info, none, none, "Name and version.", "200:Info 304"},
    Endpoint{"showOpenApi", "GET", "/openapi.json", anybody, show_openapi, none, none, "This document, OpenAPI 3.1.",
             "200:OpenApi 304"},

    // What an operator asks of it
    Endpoint{"makeBackup", "POST", "/v1/backup", Scope::admin, make_backup, none, "name",
             "Writes a copy of the database into storage.backup_directory.", "201:Backup 409 503"},
    Endpoint{"reloadConfiguration", "POST", "/v1/reload", Scope::admin, reload_configuration, none, none,
             "Reads the configuration again; a wrong one changes nothing.", "200:Reload"},
    Endpoint{"showDiagnosis", "GET", "/v1/diagnosis", Scope::admin, show_diagnosis, none, none,
             "Whether all is well, and what to do where it is not.", "200:Diagnosis"},

    // The portal
    Endpoint{"showPortal", "GET", "/v1/portal", Scope::portal_read, show_portal, none, none,
             "The portal's state, and its registration window while one is open.", "200:Portal 304"},
    Endpoint{"showPortalCredentials", "GET", "/v1/portal/credentials", Scope::portal_credentials_read,
             show_portal_credentials, none, none, "portalId and authToken, for sites that call NoPass themselves.",
             "200:PortalCredentials 304 409"},
    Endpoint{"openWindow", "POST", "/v1/portal/registration", Scope::admin, open_window, none, none,
             "Opens a registration window, in which callbacks 1 and 2 are answered.", "201:Window 409"},
    Endpoint{"closeWindow", "DELETE", "/v1/portal/registration", Scope::admin, close_window, none, none,
             "Closes the registration window, if one is open.", "204"},
    Endpoint{"importPortal", "POST", "/v1/portal/import", Scope::admin, import_portal, none, "portalId authToken",
             "Takes over a portal that was registered before.", "200:Portal 409"},
    Endpoint{"enablePortal", "POST", "/v1/portal/enable", Scope::admin, enable_portal, none, none,
             "Undoes DisableService while the token is still kept.", "200:Portal 409"},
    Endpoint{"resetPortal", "POST", "/v1/portal/reset", Scope::admin, reset_portal, none, none,
             "Forgets the registration and closes every session.", "200:Portal"},

    // Sessions
    Endpoint{"listSessions", "GET", "/v1/sessions", Scope::sessions_read, list_sessions, "offset limit state userId",
             none, "Sessions, newest first.", "200:SessionList"},
    Endpoint{"startSession", "POST", "/v1/sessions", Scope::sessions_write, start_session, none,
             "userId externalId login binding clientIp authId image nextChange", "Starts a login.",
             "201:SessionStarted 404 409 410 502 504"},
    Endpoint{"endSessions", "DELETE", "/v1/sessions", Scope::sessions_write, end_sessions, "userId", none,
             "Ends every session of a user.", "204 404"},
    Endpoint{"showSession", "GET", "/v1/sessions/{id}", Scope::sessions_read, show_session, none, none,
             "One session: the check on each page view.", "200:Session 304 404"},
    Endpoint{"endSession", "DELETE", "/v1/sessions/{id}", Scope::sessions_write, end_session, none, none,
             "Cancels a pending or authorized session, closes an open one.", "204 404"},
    Endpoint{"showPicture", "GET", "/v1/sessions/{id}/picture", Scope::sessions_read, show_picture, none, none,
             "The picture that the session shows now.", "200:image/png 304 404"},
    Endpoint{"redeemSession", "POST", "/v1/sessions/{id}/redeem", Scope::sessions_write, redeem_session, none,
             "ticket binding", "Who has logged in: turns an authorized session into an open one.",
             "200:SessionRedeemed 404 409 410"},

    // Registrations
    Endpoint{"listRegistrations", "GET", "/v1/registrations", Scope::registrations_read, list_registrations,
             "offset limit state", none, "Registrations, newest first.", "200:RegistrationList"},
    Endpoint{"startRegistration", "POST", "/v1/registrations", Scope::registrations_write, start_registration, none,
             "for login email givenName surName phoneNumber binding redirectUrl clientIp otp", "Starts an enrolment.",
             "201:RegistrationStarted 409 502 504"},
    Endpoint{"startRegistrations", "POST", "/v1/registrations/batch", Scope::registrations_write, start_registrations,
             none, "registrations", "Starts 1 to 100 enrolments, each for itself.", "200:RegistrationBatch"},
    Endpoint{"showRegistration", "GET", "/v1/registrations/{id}", Scope::registrations_read, show_registration, none,
             none, "One registration.", "200:Registration 304 404"},
    Endpoint{"redeemRegistration", "POST", "/v1/registrations/{id}/redeem", Scope::registrations_write,
             redeem_registration, none, "ticket binding", "Who has enrolled: the way back from the NoPass page.",
             "200:RegistrationRedeemed 404 409 410"},

    // Users
    Endpoint{"listUsers", "GET", "/v1/users", Scope::users_read, list_users,
             "offset limit login email externalId state", none, "Users, oldest first; their fields by scope.",
             "200:UserList"},
    Endpoint{"putUser", "PUT", "/v1/users/by-external-id/{externalId}", Scope::users_write, put_user, none,
             "login email givenName surName phoneNumber profileImageUrl locale",
             "Makes a user with the site's own key, or links one to it.", "200:User 201:User 409"},
    Endpoint{"showUser", "GET", "/v1/users/{id}", Scope::users_read, show_user, none, none,
             "One user; the fields by scope.", "200:User 304 404 410"},
    Endpoint{"deleteUser", "DELETE", "/v1/users/{id}", Scope::users_write, delete_user, none, none,
             "Suspends a user now and erases him after users.erase_after.", "202:User 404 410"},
    Endpoint{"restoreUser", "POST", "/v1/users/{id}/restore", Scope::users_write, restore_user, none, none,
             "Undoes a deletion before the erasure.", "200:User 404 409 410"},
    Endpoint{"showHistory", "GET", "/v1/users/{id}/history", Scope::users_read, show_history, page, none,
             "What has happened to a user, newest first.", "200:HistoryList 404 410"},

    // Events
    Endpoint{"readEvents", "GET", "/v1/events", Scope::events_read, read_events, "after limit wait type* expand", none,
             "The event log, by page, long poll or Server-Sent Events.",
             "200:EventPage 200:EventStream 410:CursorGone"},
    Endpoint{"listConsumers", "GET", "/v1/consumers", Scope::events_read, list_consumers, page, none,
             "Your own durable consumers.", "200:ConsumerList"},
    Endpoint{"showConsumer", "GET", "/v1/consumers/{name}", Scope::events_read, show_consumer, none, none,
             "One consumer: its position and its lag.", "200:Consumer 304 404"},
    Endpoint{"putConsumer", "PUT", "/v1/consumers/{name}", Scope::events_read, put_consumer, none, "from types",
             "Makes a durable consumer, or changes the types of one.", "200:Consumer 201:Consumer 410:CursorGone"},
    Endpoint{"removeConsumer", "DELETE", "/v1/consumers/{name}", Scope::events_read, remove_consumer, none, none,
             "Forgets a consumer.", "204 404"},
    Endpoint{"readConsumer", "GET", "/v1/consumers/{name}/events", Scope::events_read, read_consumer,
             "limit wait expand", none, "What follows the consumer's position.", "200:EventPage 404 409 410"},
    Endpoint{"acknowledge", "POST", "/v1/consumers/{name}/ack", Scope::events_read, acknowledge, none, "through",
             "Moves the consumer on; what is not acknowledged is delivered again.",
             "200:Consumer 404 410:ConsumerGone"},

    // Questions
    Endpoint{"listQuestions", "GET", "/v1/questions", Scope::questions_answer, list_questions, "wait", none,
             "The questions that wait for an answer.", "200:QuestionList"},
    Endpoint{"answerQuestion", "PUT", "/v1/questions/{id}/answer", Scope::questions_answer, answer_question, none,
             "allow reason", "Answers a question, once.", "200:QuestionAnswered 404 409"},

    // Clients and their tokens
    Endpoint{"listClients", "GET", "/v1/clients", Scope::admin, list_clients, page, none,
             "Clients with a secret of their own, oldest first.", "200:ClientList"},
    Endpoint{"makeClient", "POST", "/v1/clients", Scope::admin, make_client, none, "name scopes",
             "Makes a client; its secret is told this once.", "201:ClientMade"},
    Endpoint{"showClient", "GET", "/v1/clients/{id}", Scope::admin, show_client, none, none, "One client.",
             "200:Client 304 404"},
    Endpoint{"changeClient", "PATCH", "/v1/clients/{id}", Scope::admin, change_client, none, "name scopes",
             "Changes a client's name or scopes, for its tokens too.", "200:Client 404"},
    Endpoint{"removeClient", "DELETE", "/v1/clients/{id}", Scope::admin, remove_client, none, none,
             "Forgets a client with its tokens and consumers.", "204 404"},
    Endpoint{"renewSecret", "POST", "/v1/clients/{id}/secret", Scope::admin, renew_secret, none, none,
             "Gives a client a new secret, told this once, and revokes its tokens.", "200:ClientMade 404"},
    Endpoint{"issueToken", "POST", "/oauth/token", anybody, issue_token, none,
             "grant_type client_id client_secret scope", "Gives a client a bearer token for an hour (RFC 6749, 4.4).",
             "200:Token 400:TokenRefused 401:TokenRefused", true},

    // Hooks
    Endpoint{"listHooks", "GET", "/v1/hooks", Scope::admin, list_hooks, page, none, "Hooks, by name.", "200:HookList"},
    Endpoint{"showHook", "GET", "/v1/hooks/{name}", Scope::admin, show_hook, none, none,
             "One hook: its state, its lag and its last error.", "200:Hook 304 404"},
    Endpoint{"putHook", "PUT", "/v1/hooks/{name}", Scope::admin, put_hook, none, "url types answers",
             "Makes a hook, or changes one and resumes it.", "200:Hook 201:HookMade"},
    Endpoint{"removeHook", "DELETE", "/v1/hooks/{name}", Scope::admin, remove_hook, none, none,
             "Forgets a hook and its position.", "204 404"},
    Endpoint{"testHook", "POST", "/v1/hooks/{name}/test", Scope::admin, test_hook, none, none,
             "Sends nopass.hook.test and tells what became of it.", "200:HookTested 404"},
};

}  // namespace

std::span<const Endpoint> endpoints() { return table; }

}  // namespace nopassd::handlers::site
