// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/wordings.hpp"

#include <array>

namespace countersign::wire {
namespace {

constexpr auto kWordings = std::to_array<Wording>({
    {"http.session", 0, "http: at most one Countersign-Session header may be given"},
    {"session.text", 0,
     "session: is not one that this service has given out; sign in, and give it back unchanged"},
    {"session.socket", 0,
     "session: is for enroll.sock alone; leave it (or the header Countersign-Session) out here"},
    {"session.id", 0, "there is no such session of this person; it may be over"},
    {"session_id", 0, "session_id: is not one that this service has given out"},
    {"session_id.one", 0, "give a session_id or all_others, and not both"},
    {"ticket", 0, "ticket: is not one that this service has given out; use the whole link"},
    {"ticket.missing", 0, "ticket: is missing; it is what stands behind /t/ in the link"},
    {"device", 0, "device: is not one that this service has given out; leave it out"},
    {"user_agent", 0,
     "user_agent: must be at most 200 bytes that can all be seen; shorten it, or leave it out"},
    {"typed_text.missing", 0, "the password, or the answer, is missing"},
    {"typed_text.length", 0, "a password or an answer must be at most 1024 bytes"},
    {"link.purpose", 0,
     "purpose: must be CONFIRMATION (a new activation link) or RESET (of the password)"},
    {"question.one", 0, "give a stock_id or a custom question, and not both"},
    {"question.stock_id", 0, "stock_id: must be one that describe_realm lists"},
    {"question.custom", 0,
     "custom: must be 10 to 150 characters that can all be seen, without line breaks"},
    {"question.answer", 0, "answer: must be at most 128 characters"},
    {"answer.text", 0, "answer: must be a text that can be seen, of at most 256 characters"},
    {"answer.length", 0, "answer: is too short or too long; describe_realm says how short"},
    {"answer.in_question", 0, "answer: must not be a part of its question"},
    {"answer.username", 0, "answer: must not be the username"},
    {"answer.password", 0, "answer: must not be the password"},
    {"factor.secret", 0, "its secret is shown no longer; enrol the factor anew"},
    {"profile.name", 0,
     "first_name, last_name: must be at most 64 characters, without control characters"},
    {"profile.version", 0, "version: give back the one that get_profile answered"},
    {"country.mobile", 0, "country: is for a mobile number in national form; there is none"},
    {"activation.primary_email", 0,
     "primary_email: is missing; send_activation sends the link there"},
    {"destination.enrol_kind", 0,
     "kind: must be SMS, EMAIL, RESET_PHONE, PRIMARY_EMAIL, SECONDARY_EMAIL or MOBILE"},
    {"temporary_code.lifetime", 0,
     "lifetime_seconds: must be at least 300, and at most what the policy allows"},
    {"temporary_code.uses", 0, "uses: must be at most 65535, and at most what the policy allows"},
    {"explain.operation", 0,
     "operation: must be one of api/countersign.proto, such as verify or sign_in"},
    {"explain.socket", 0, "socket: must be verify, provision, admin, courier or enroll"},
    {"journal.number", 0, "before, after: must be a record's number, less than 2 to the 63rd"},
    {"journal.since", 0, "since_ms: must be milliseconds since 1970, less than 2 to the 63rd"},
    {"journal.max", 0, "max: must be 500 at most"},
});

constexpr auto kRefusals = std::to_array<Wording>({
    {"password.set_already", 0,
     "this account has a password already; open the link with it, or reset it"},
    {"password.question", 0, "answer the question first (answer_question)"},
    {"activation.password", 0, "set a password first (set_password): factors come after it"},
    {"question.offer", 0, "the policy offers no question to sign in by"},
    {"question.same", 0, "choose another question than the one that you have chosen already"},
    {"session.none", 0, "there is no such session, or it is over; sign in"},
    {"session.scope", 0,
     "a session of this scope may not do this; finish the activation, or signing in, first"},
    {"session.subject", 0, "the session is somebody else's; leave the subject out"},
    {"challenge.purpose", 0,
     "the purpose is not one for this socket, session or factor, or not the challenge's"},
    {"contact.same", 0, "this person is reached there already"},
    {"contact.other", 0,
     "this person is reached there already, in another capacity; give another destination"},
    {"contact.primary", 0,
     "there is no primary e-mail address yet; give a destination, or confirm a primary one first"},
    {"device.policy", 0, "the policy lets no device be remembered in this realm"},
    {"temporary_code.policy", 0, "the policy gives out no temporary codes in this realm"},
    {"recovery_codes.policy", 0, "the policy gives out no recovery codes in this realm"},
    {"factor.offer", 0, "the policy does not offer people this kind of factor in this realm"},
    {"factor.last", 0, "it is the last factor that may be the only one; set up another first"},
    {"factor.password", 0, "a password is not revoked; set another one (set_password)"},
    {"factor.primary_email", 0,
     "the primary e-mail address is not revoked; confirm another one, which takes its place"},
    {"proof.password", 0,
     "give the password again (reauthenticate), and then ask again: see `proof`"},
    {"proof.factor", 0,
     "prove a factor again (prove_factor, or a challenge of the session), and then ask again: see "
     "`proof`"},
    {"proof.both", 0,
     "give the password again (reauthenticate), prove a factor again (prove_factor, or a challenge "
     "of the session), and then ask again: see `proof`"},
});

}  // namespace

std::span<const Wording> account_wordings() { return kWordings; }

std::span<const Wording> refusal_wordings() { return kRefusals; }

}  // namespace countersign::wire
