// SPDX-License-Identifier: Apache-2.0
// What begins without a session: links, and codes that reset or unlock.
#include "tests/model/walk.hpp"

#include <array>

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

constexpr auto kActivation = SessionScope::activation;
constexpr auto kReset = SessionScope::reset;

}  // namespace

// The answer is the same for everybody; whether a link goes out is what the model is asked.
void Walk::request_link() {
  Account& account = whom();
  const bool wants_activation = lead_ ? account.life == Life::pending : chance(50);
  const auto purpose = wants_activation ? TicketPurpose::activation : TicketPurpose::reset;
  const std::uint64_t before = model_.links.size();
  auto answer = ask(RequestLink{
      .subject = account.name, .purpose = purpose, .client_address = {}, .language = "en"});
  const Time asked = account.link_asked[purpose];
  const bool waits = asked != Time{} && model_.now < asked + 60s;
  const Life life = wants_activation ? Life::pending : Life::active;
  const bool goes_out = !waits && account.life == life &&
                        account.active(FactorKind::primary_email) != nullptr &&
                        peer_may(account).say == Say::yes;
  if (answer && !waits) account.link_asked[purpose] = model_.now;
  // It gave way to a newer one that nobody gets.
  const bool gives_way = answer && !waits && !goes_out;
  for (Link& link : model_.links) {
    if (link.account == index_of(account) && link.purpose == purpose) link.is_unsure |= gives_way;
  }
  about_ = &account;
  read_letters();
  const bool did = model_.links.size() > before;
  const By by = peer_may(account).say == Say::no ? By::denied : By::answer;
  judge("request_link", no_unless(goes_out, by, "it is for nobody"), answer, did, nullptr,
        wants_activation ? "activation" : "reset");
}

void Walk::inspect_ticket() {
  const Link* link = any_link({});
  const std::string text = link == nullptr ? std::string(43, 'A') : link->text;
  auto answer = ask(InspectTicket{secret_of(text)});
  const auto* report = held_in<TicketReport>(answer);
  if (report == nullptr) return fail("a link cannot be looked at");
  const bool did = report->condition == TicketCondition::open;
  const bool is_shown = link != nullptr && link->is_open && model_.now < link->expires &&
                        link->purpose != TicketPurpose::hand_over;
  const bool may = link == nullptr || companion_ == Stage::kEverywhere ||
                   model_.accounts[link->account].is_staff;
  const Ruling ruling = link != nullptr && link->is_unsure
                            ? maybe("a newer one was asked for")
                            : no_unless(is_shown && may, By::answer, "it is good for nothing");
  if (!judge("inspect_ticket", ruling, answer, did)) return;
  expect_own(model_.accounts[link->account], *report->subject);
  if (report->password_needed != model_.needs_password(*link)) fail("it asks for another password");
}

void Walk::open_ticket() {
  Link* link = any_link(lead_ && lead_account_->life == Life::pending
                            ? std::optional{TicketPurpose::activation}
                        : lead_ ? std::optional{TicketPurpose::reset}
                                : std::nullopt);
  // A change that nobody takes back, mostly: whoever says so is out of their account.
  if (link != nullptr && link->purpose == TicketPurpose::repudiation && chance(80)) return;
  if (link != nullptr && is_crowded(link->account)) return;
  Account* account = link == nullptr ? nullptr : &model_.accounts[link->account];
  const std::string password =
      account == nullptr || (!lead_ && chance(20)) ? "" : password_for(*account);
  const std::string text = link == nullptr ? std::string(43, 'A') : link->text;
  Ruling ruling = model_.opens(link, password);
  if (ruling.say != Say::no && account != nullptr) ruling = peer_may(*account) & ruling;
  auto answer = ask(OpenTicket{.ticket = secret_of(text),
                               .password = secret_of(password),
                               .client_address = {},
                               .user_agent = "Firefox"});
  auto* report = held_in<TicketOpened>(answer);
  const bool did = report != nullptr && report->outcome.verdict.accepted;
  if (link != nullptr && !did && companion_ != Stage::kEverywhere) ruling.by = By::anything;
  const bool with_password = link != nullptr && model_.needs_password(*link);
  if (!judge("open_ticket", ruling, answer, did, nullptr,
             link == nullptr ? "" : std::to_string(static_cast<int>(link->purpose)))) {
    return;
  }
  expect_own(*account, *report->subject);
  opened(*link, report->outcome, with_password);
}

void Walk::opened(Link& link, const SessionVerdict& outcome, bool with_password) {
  about_ = &model_.accounts[link.account];
  if (link.purpose == TicketPurpose::repudiation) {
    ++successes_["repudiate"];
    link.is_open = false;
    model_.suspend_what_was_changed(link);
    return;
  }
  const bool activates = link.purpose == TicketPurpose::activation;
  Visitor& who = begin(link.account, activates ? kActivation : kReset, outcome.session);
  if (with_password) who.password_at = model_.now;
}

// Whoever is not signed in may have a code for a reset or an unlock, and for nothing else.
void Walk::recover_by_code() {
  Account& account = whom();
  static constexpr std::array kPurposes{Purpose::reset, Purpose::unlock, Purpose::unlock,
                                        Purpose::sign_in, Purpose::confirmation};
  const Purpose lead_to = chance(75) ? Purpose::reset : Purpose::unlock;
  const Purpose purpose = lead_ ? lead_to : one_of(kPurposes);
  const FactorKind channel = chance(50) ? FactorKind::sms : FactorKind::email;
  const bool is_theirs = purpose == Purpose::reset || purpose == Purpose::unlock;
  auto answer = ask(StartChallenge{
      .subject = account.name, .client_address = {}, .kind = channel, .purpose = purpose});
  const auto* report = held_in<ChallengeReport>(answer);
  if (report != nullptr && number(report->factor) != 0) fail("it tells a stranger of a factor");
  const std::uint64_t before = model_.codes.size();
  about_ = &account;
  asked_ = Code{.account = index_of(account),
                .channel = channel,
                .purpose = purpose,
                .expires = model_.now + 300s,
                .made = model_.now};
  if (report != nullptr) asked_->id = report->id;
  const bool waits =
      report != nullptr && report->delivery->outcome != DeliveryOutcome::accepted_for_delivery;
  const auto challenge = stage_.world.challenges.find(asked_->id);
  if (challenge != stage_.world.challenges.end()) asked_->factor = challenge->second.factor;
  read_letters();
  asked_.reset();
  Ruling ruling = no_unless(is_theirs, By::denied, "nobody is signed in") & peer_may(account);
  if (ruling.say == Say::yes) ruling = model_.starts(account, channel, purpose, nullptr);
  if (ruling.say == Say::yes && waits) ruling = maybe("one was sent just now");
  judge("recover_by_code", ruling, answer, model_.codes.size() > before);
}

void Walk::answer_as_stranger() {
  Code* code = any_code(lead_account_, true);
  Account* account = code == nullptr ? nullptr : &model_.accounts[code->account];
  if (code != nullptr && is_crowded(code->account)) return;
  const Purpose purpose = code != nullptr && is_apt(80) ? code->purpose : Purpose::reset;
  const std::string digits = code == nullptr || !is_apt(80) ? "123456" : code->digits;
  Account* whose = is_apt(80) ? account : &whom();
  AnswerChallenge wish{.challenge = code == nullptr ? ChallengeId{7} : code->id};
  wish.passcode.emplace(*Passcode::from(digits));
  wish.purpose = purpose;
  if (whose != nullptr && chance(70)) wish.subject = whose->name;
  if (!wish.subject) whose = nullptr;
  const bool may_ask = purpose == Purpose::reset || purpose == Purpose::unlock;
  Ruling ruling = no_unless(may_ask, By::denied, "nobody is signed in") &
                  model_.answers(code, whose, purpose, digits);
  if (account != nullptr && ruling.say != Say::no) ruling = peer_may(*account) & ruling;
  auto answer = ask(std::move(wish));
  auto* outcome = held_in<SessionVerdict>(answer);
  const bool did = outcome != nullptr && outcome->verdict.accepted;
  const bool is_tried = answer && code != nullptr && digits != code->digits;
  const bool was_good =
      is_tried && model_.answers(code, whose, purpose, code->digits).say != Say::no;
  if (was_good) ++code->tries;
  if (companion_ != Stage::kEverywhere && !did) ruling.by = By::anything;
  const auto* name = purpose == Purpose::unlock ? "unlock_by_code" : "reset_by_code";
  if (!judge(name, ruling, answer, did)) return;
  code->is_over = true;
  about_ = account;
  changed_ = purpose == Purpose::unlock ? FactorId{} : code->factor;
  if (purpose == Purpose::reset) {
    begin(code->account, kReset, outcome->session).factor_at = model_.now;
  } else if (outcome->session.size() != 0) {
    fail("an unlock signs nobody in");
  }
}

}  // namespace countersign::model
