// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/factors.hpp"

#include "cli/ask.hpp"
#include "cli/show.hpp"
#include "cli/yubikey/desk.hpp"
#include "firmware-interface/base32.hpp"
#include "firmware-interface/modhex.hpp"

#include <algorithm>
#include <set>

namespace countersign::cli {
namespace {

constexpr int kTouchesMax = 3;

v1::Reply ask_admin(const Command& command, v1::Request request) {
  return ask(command, Door::admin, std::move(request));
}

Outcome<v1::FactorList> factors_of(const Command& command, const v1::SubjectName& subject) {
  v1::Request request;
  *request.mutable_list_factors()->mutable_subject() = subject;
  v1::Reply reply = ask_admin(command, std::move(request));
  if (!reply.has_factor_list()) return trouble_of(reply);
  return std::move(*reply.mutable_factor_list());
}

using Ids = std::set<std::uint64_t>;

Outcome<Ids> pending_ids(const Command& command, const v1::SubjectName& subject,
                         const std::string& label) {
  CS_TRY(const v1::FactorList list, factors_of(command, subject));
  Ids ids;
  for (const v1::Factor& factor : list.factors()) {
    if (factor.state() == v1::PENDING && factor.label() == label) ids.insert(factor.id());
  }
  return ids;
}

v1::Request request_for(const Wanted& wanted) {
  v1::Request request;
  if (wanted.kind == v1::YUBICO_OTP) {
    v1::EnrolYubicoOtp& enrol = *request.mutable_enrol_yubico_otp();
    *enrol.mutable_subject() = wanted.subject;
    enrol.set_public_id(wanted.identifier);
    enrol.set_label(wanted.label);
    return request;
  }
  if (wanted.kind == v1::CHALRESP) {
    v1::EnrolChallengeResponse& enrol = *request.mutable_enrol_challenge_response();
    *enrol.mutable_subject() = wanted.subject;
    enrol.set_label(wanted.label);
    return request;
  }
  v1::EnrolOath& enrol = *request.mutable_enrol_oath();
  *enrol.mutable_subject() = wanted.subject;
  enrol.set_kind(v1::HOTP);
  enrol.set_algorithm(v1::SHA1);
  enrol.set_digits(wanted.digits);
  enrol.set_label(wanted.label);
  enrol.set_counter(wanted.counter);
  enrol.set_token_identifier(wanted.identifier);
  return request;
}

// Enrols, and looks after an answer that was lost: a factor that came to be all the same has a
// secret that nobody has seen.
Outcome<v1::Enrolment> enrol(const Command& command, const Wanted& wanted, v1::Request request) {
  CS_TRY(const Ids before, pending_ids(command, wanted.subject, wanted.label));
  v1::Reply reply = ask_admin(command, std::move(request));
  if (reply.has_enrolment()) return std::move(*reply.mutable_enrolment());
  const Trouble trouble = trouble_of(reply);
  if (trouble.code != v1::UNAVAILABLE) return trouble;
  const auto after = pending_ids(command, wanted.subject, wanted.label);
  if (!after) return trouble;
  for (const std::uint64_t id : *after) {
    if (before.contains(id)) continue;
    CS_CHECK(withdraw(command, id));
  }
  return trouble;
}

Outcome<yubikey::Configuration> configuration_of(const Wanted& wanted,
                                                 const v1::Enrolment& enrolment) {
  constexpr const char* kNoSecret = "The daemon sent no secret for the key.";
  if (wanted.kind == v1::YUBICO_OTP) {
    const v1::YubicoSecret& secret = enrolment.yubico();
    auto public_id = modhex::decode(secret.public_id());
    if (!public_id || secret.aes_key().empty())
      return Trouble{v1::UNAVAILABLE, kNoSecret, Source::daemon};
    return yubikey::Configuration{yubikey::YubicoOtp{*std::move(public_id),
                                                     SecretBytes{as_bytes(secret.private_id())},
                                                     SecretBytes{as_bytes(secret.aes_key())}}};
  }
  if (wanted.kind == v1::CHALRESP) {
    SecretBytes key{as_bytes(enrolment.challenge_response_key())};
    if (key.size() == 0) return Trouble{v1::UNAVAILABLE, kNoSecret, Source::daemon};
    return yubikey::Configuration{yubikey::ChallengeResponse{std::move(key), wanted.wants_touch}};
  }
  auto secret = base32::decode(enrolment.secret_base32());
  if (!secret || secret->size() == 0) return Trouble{v1::UNAVAILABLE, kNoSecret, Source::daemon};
  const auto digits = wanted.digits == 8 ? yubikey::HotpDigits::eight : yubikey::HotpDigits::six;
  return yubikey::Configuration{yubikey::Hotp{*std::move(secret), digits, wanted.identifier}};
}

// One code. False: it was none, or the wrong one.
Outcome<bool> confirm_once(const Command& command, const v1::SubjectName& subject,
                           std::uint64_t factor_id, const std::string& typed) {
  v1::Request request;
  request.mutable_confirm_factor()->set_factor_id(factor_id);
  request.mutable_confirm_factor()->set_passcode(typed);
  const v1::Reply reply = ask_admin(command, std::move(request));
  if (reply.has_verdict()) {
    if (reply.verdict().answer() == v1::ACCEPTED) return true;
    tell("Not accepted: " + word(reply.verdict().reason()) + ".");
    return false;
  }
  Trouble trouble = trouble_of(reply);
  if (trouble.code == v1::MALFORMED) {
    tell("Not accepted: this is no code.");
    return false;
  }
  if (trouble.code != v1::UNAVAILABLE) return trouble;
  // The code may have been accepted before the answer was lost.
  const auto state = state_of(command, subject, factor_id);
  if (state && *state == v1::ACTIVE) return true;
  trouble.message += " Whether factor " + std::to_string(factor_id) +
                     " is active is not known: see countersign factor list.";
  return trouble;
}

}  // namespace

Outcome<Fresh> enrol_fresh(const Command& command, const Wanted& wanted) {
  CS_TRY(const v1::Enrolment enrolment, enrol(command, wanted, request_for(wanted)));
  const std::uint64_t id = enrolment.factor().id();
  auto configuration = configuration_of(wanted, enrolment);
  if (configuration) return Fresh{id, *std::move(configuration)};
  CS_CHECK(withdraw(command, id));
  return configuration.error();
}

Outcome<std::uint64_t> enrol_known(const Command& command, const Wanted& wanted,
                                   const SlotValues& values) {
  v1::Request request = request_for(wanted);
  const std::string secret{countersign::as_text(values.secret.expose())};
  if (wanted.kind == v1::YUBICO_OTP) {
    request.mutable_enrol_yubico_otp()->set_aes_key(secret);
    request.mutable_enrol_yubico_otp()->set_private_id(
        std::string{countersign::as_text(values.private_id.expose())});
  } else {
    request.mutable_enrol_oath()->set_secret(secret);
  }
  CS_TRY(const v1::Enrolment enrolment, enrol(command, wanted, std::move(request)));
  return std::uint64_t{enrolment.factor().id()};
}

Outcome<FirstTouch> confirm_by_touch(const Command& command, const v1::SubjectName& subject,
                                     std::uint64_t factor_id, const std::string& which_key) {
  for (int touch = 0; touch < kTouchesMax; ++touch) {
    const auto typed = ask_for_line("Touch " + which_key + ":");
    if (!typed) return FirstTouch::ended;
    if (typed->empty()) continue;
    CS_TRY(const bool confirmed, confirm_once(command, subject, factor_id, *typed));
    if (confirmed) return FirstTouch::active;
  }
  return FirstTouch::wrong;
}

Outcome<void> withdraw(const Command& command, std::uint64_t factor_id) {
  v1::Request request;
  request.mutable_revoke_factor()->set_factor_id(factor_id);
  const v1::Reply reply = ask_admin(command, std::move(request));
  if (reply.has_factor()) return {};
  Trouble trouble = trouble_of(reply);
  trouble.message += " Factor " + std::to_string(factor_id) +
                     " is still pending: end it with countersign factor revoke " +
                     std::to_string(factor_id) + ".";
  return trouble;
}

Outcome<void> withdraw_leftovers(const Command& command, const v1::SubjectName& subject,
                                 const std::string& label) {
  CS_TRY(const Ids ids, pending_ids(command, subject, label));
  for (const std::uint64_t id : ids) CS_CHECK(withdraw(command, id));
  return {};
}

Outcome<v1::FactorState> state_of(const Command& command, const v1::SubjectName& subject,
                                  std::uint64_t factor_id) {
  CS_TRY(const v1::FactorList list, factors_of(command, subject));
  for (const v1::Factor& factor : list.factors()) {
    if (factor.id() == factor_id) return factor.state();
  }
  return Trouble{v1::NOT_FOUND, "This subject has no such factor.", Source::daemon};
}

}  // namespace countersign::cli
