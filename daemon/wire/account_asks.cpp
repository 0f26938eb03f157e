// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/account_asks.hpp"

#include "daemon/wire/destination.hpp"
#include "daemon/wire/numbers.hpp"
#include "daemon/wire/shown_text.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

#include <array>
#include <limits>

namespace countersign::wire {
namespace {

constexpr std::size_t kQuestionCharactersMin = 10;
constexpr TextLimits kQuestion{.characters_max = 150, .bytes_max = 600};
constexpr std::size_t kAnswerCharactersMax = 128;
constexpr std::uint32_t kStockIdMax = std::numeric_limits<std::uint16_t>::max();

Result<TicketPurpose> link_purpose_from(v1::Purpose purpose) {
  if (purpose == v1::CONFIRMATION) return TicketPurpose::activation;
  if (purpose == v1::RESET) return TicketPurpose::reset;
  return Error{ErrorCode::malformed, "link.purpose"};
}

// One that cannot be absent.
Result<SecretBytes> needed_text_from(std::string& typed) {
  CS_TRY(SecretBytes text, typed_text_from(typed));
  if (text.size() == 0) return Error{ErrorCode::malformed, "typed_text.missing"};
  return text;
}

Result<Ask> ask(v1::DescribeRealm& message) {
  CS_TRY(const Realm realm, Realm::from(message.realm()));
  return Ask{DescribeRealm{realm.text()}};
}

Result<Ask> ask(v1::RequestLink& message) {
  CS_TRY(SubjectName name, subject_of(message));
  CS_TRY(const TicketPurpose purpose, link_purpose_from(message.purpose()));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  CS_TRY(std::string language, language_from(message.language()));
  return Ask{RequestLink{std::move(name), purpose, std::move(address), std::move(language)}};
}

Result<Ask> ask(v1::InspectTicket& message) {
  CS_TRY(SecretBytes ticket, ticket_from(*message.mutable_ticket()));
  return Ask{InspectTicket{std::move(ticket)}};
}

Result<Ask> ask(v1::OpenTicket& message) {
  CS_TRY(SecretBytes ticket, ticket_from(*message.mutable_ticket()));
  CS_TRY(SecretBytes password, typed_text_from(*message.mutable_password()));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  CS_TRY(std::string user_agent, user_agent_from(*message.mutable_user_agent()));
  return Ask{OpenTicket{std::move(ticket), std::move(password), std::move(address),
                        std::move(user_agent)}};
}

Result<Ask> ask(v1::SignIn& message) {
  CS_TRY(SecretBytes password, needed_text_from(*message.mutable_password()));
  CS_TRY(SecretBytes device, device_from(*message.mutable_device()));
  CS_TRY(SubjectName name, subject_of(message));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  CS_TRY(std::string user_agent, user_agent_from(*message.mutable_user_agent()));
  return Ask{SignIn{std::move(name), std::move(password), std::move(address), std::move(user_agent),
                    std::move(device)}};
}

Result<Ask> ask(v1::ProveFactor& message) {
  Result<Passcode> passcode = Passcode::from(message.passcode());
  wipe(*message.mutable_passcode());
  if (!passcode) return passcode.error();
  std::optional<FactorId> factor;
  if (message.factor_id() != 0) {
    CS_TRY(factor, factor_from(message.factor_id()));
  }
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{ProveFactor{factor, *std::move(passcode), std::move(address)}};
}

Result<Ask> ask(v1::Reauthenticate& message) {
  CS_TRY(SecretBytes password, needed_text_from(*message.mutable_password()));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{Reauthenticate{std::move(password), std::move(address)}};
}

Result<Ask> ask(v1::GetSession&) { return Ask{GetSession{}}; }
Result<Ask> ask(v1::ListSessions&) { return Ask{ListSessions{}}; }
Result<Ask> ask(v1::IssueHandOver&) { return Ask{IssueHandOver{}}; }
Result<Ask> ask(v1::GetQuestion&) { return Ask{GetQuestion{}}; }
Result<Ask> ask(v1::MakeRecoveryCodes&) { return Ask{MakeRecoveryCodes{}}; }

Result<Ask> ask(v1::EndSession& message) {
  const std::uint64_t id = message.session_id();
  if (id > kStoredNumberMax) return Error{ErrorCode::malformed, "session_id"};
  if (id != 0 && message.all_others()) return Error{ErrorCode::malformed, "session_id.one"};
  return Ask{EndSession{SessionId{static_cast<std::int64_t>(id)}, message.all_others()}};
}

Result<Ask> ask(v1::RedeemHandOver& message) {
  CS_TRY(SecretBytes ticket, ticket_from(*message.mutable_ticket()));
  return Ask{RedeemHandOver{std::move(ticket)}};
}

// What is wrong with a new one is for the policy to say, also when it is nothing at all.
Result<Ask> ask(v1::SetPassword& message) {
  CS_TRY(SecretBytes current, typed_text_from(*message.mutable_current_password()));
  CS_TRY(SecretBytes fresh, typed_text_from(*message.mutable_new_password()));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{
      SetPassword{std::move(current), std::move(fresh), message.check_only(), std::move(address)}};
}

Result<Ask> ask(v1::SetQuestion& message) {
  CS_TRY(SecretBytes answer, needed_text_from(*message.mutable_answer()));
  if (characters_in(as_text(answer.expose())) > kAnswerCharactersMax) {
    return Error{ErrorCode::malformed, "question.answer"};
  }
  const std::string& custom = message.custom();
  if (custom.empty() == (message.stock_id() == 0)) {
    return Error{ErrorCode::malformed, "question.one"};
  }
  if (message.stock_id() > kStockIdMax) return Error{ErrorCode::malformed, "question.stock_id"};
  const bool long_enough = custom.empty() || characters_in(custom) >= kQuestionCharactersMin;
  if (!long_enough || !check_shown_text(custom, kQuestion)) {
    return Error{ErrorCode::malformed, "question.custom"};
  }
  return Ask{SetQuestion{message.factor(), static_cast<std::uint16_t>(message.stock_id()), custom,
                         std::move(answer)}};
}

Result<Ask> ask(v1::AnswerQuestion& message) {
  CS_TRY(SecretBytes answer, needed_text_from(*message.mutable_answer()));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{AnswerQuestion{std::move(answer), std::move(address)}};
}

Result<Ask> ask(v1::RememberDevice& message) {
  CS_TRY(Label label, Label::from(message.label()));
  return Ask{RememberDevice{std::move(label)}};
}

Result<Ask> ask(v1::ShowPendingSecret& message) {
  CS_TRY(const FactorId factor, factor_from(message.factor_id()));
  return Ask{ShowPendingSecret{factor}};
}

// Whatever was wrong with the rest, nothing that was typed stays in the message.
template <class Message>
void forget(Message&) {}
void forget(v1::InspectTicket& message) { wipe(*message.mutable_ticket()); }
void forget(v1::OpenTicket& message) {
  wipe(*message.mutable_ticket());
  wipe(*message.mutable_password());
}
void forget(v1::SignIn& message) {
  wipe(*message.mutable_password());
  wipe(*message.mutable_device());
}
void forget(v1::RedeemHandOver& message) { wipe(*message.mutable_ticket()); }
void forget(v1::SetPassword& message) {
  wipe(*message.mutable_current_password());
  wipe(*message.mutable_new_password());
}
void forget(v1::SetQuestion& message) {
  wipe(*message.mutable_custom());
  wipe(*message.mutable_answer());
}

template <class Message>
Result<Ask> ask_once(BytesView bytes) {
  Message message;
  CS_CHECK(parse(bytes, message));
  Result<Ask> result = ask(message);
  forget(message);
  return result;
}

constexpr auto kReaders = std::to_array<MessageReader>({
    {v1::Request::kDescribeRealm, &ask_once<v1::DescribeRealm>},
    {v1::Request::kRequestLink, &ask_once<v1::RequestLink>},
    {v1::Request::kInspectTicket, &ask_once<v1::InspectTicket>},
    {v1::Request::kOpenTicket, &ask_once<v1::OpenTicket>},
    {v1::Request::kSignIn, &ask_once<v1::SignIn>},
    {v1::Request::kProveFactor, &ask_once<v1::ProveFactor>},
    {v1::Request::kReauthenticate, &ask_once<v1::Reauthenticate>},
    {v1::Request::kGetSession, &ask_once<v1::GetSession>},
    {v1::Request::kListSessions, &ask_once<v1::ListSessions>},
    {v1::Request::kEndSession, &ask_once<v1::EndSession>},
    {v1::Request::kIssueHandOver, &ask_once<v1::IssueHandOver>},
    {v1::Request::kRedeemHandOver, &ask_once<v1::RedeemHandOver>},
    {v1::Request::kSetPassword, &ask_once<v1::SetPassword>},
    {v1::Request::kSetQuestion, &ask_once<v1::SetQuestion>},
    {v1::Request::kGetQuestion, &ask_once<v1::GetQuestion>},
    {v1::Request::kAnswerQuestion, &ask_once<v1::AnswerQuestion>},
    {v1::Request::kMakeRecoveryCodes, &ask_once<v1::MakeRecoveryCodes>},
    {v1::Request::kRememberDevice, &ask_once<v1::RememberDevice>},
    {v1::Request::kShowPendingSecret, &ask_once<v1::ShowPendingSecret>},
});

}  // namespace

std::span<const MessageReader> account_readers() { return kReaders; }

}  // namespace countersign::wire
