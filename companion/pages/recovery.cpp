// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/recovery.hpp"

#include "companion/pages/sent_code.hpp"
#include "companion/pages/verdict.hpp"

#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kBySms = "sms";
constexpr std::string_view kByEmail = "email";
constexpr std::size_t kUsernameLettersMax = 256;

void add_way(Block& part, std::string_view id, std::string_view value, const std::string& text,
             bool chosen) {
  Block choice = part.add("CHOICE");
  choice.set("CHOICE_ID", id);
  choice.set("CHOICE_VALUE", value);
  choice.set("CHOICE_TEXT", text);
  if (chosen) choice.show("CHECKED");
}

CodePage code_page_of(const Recovery& recovery) {
  const std::string path{recovery.path};
  return {.title = recovery.code_title,
          .path = path + "/code",
          .send_path = path + "/send",
          .back_path = path,
          .back = "recovery.begin_again",
          .destination = {},
          .next = {},
          .sent = "recovery.sent"};
}

v1::Request start_request(Visit& visit, const Recovery& recovery, const Asker& asker) {
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  *start.mutable_subject() = visit.subject(asker.username);
  start.set_kind(asker.kind);
  start.set_purpose(recovery.purpose);
  start.set_client_address(visit.request().client_address);
  start.set_language(visit.words().language());
  return request;
}

bool is_sent(const v1::Challenge& challenge) {
  return challenge.delivery().outcome() == v1::ACCEPTED_FOR_DELIVERY;
}

// One sentence for everything that may be wrong: why is for nobody who has not signed in.
std::string wrong_text(const Catalogue& words, const v1::Verdict& verdict) {
  const std::int64_t seconds = verdict.retry_after_seconds();
  if (seconds == 0) return words("recovery.wrong");
  return words("refusal.throttled", {{"seconds", seconds}});
}

}  // namespace

Asker typed_asker(const Visit& visit, Ways ways) {
  Asker asker{.username = std::string{visit.typed("username")},
              .kind = v1::FACTOR_KIND_UNSPECIFIED};
  const std::string_view way = visit.typed("way");
  const bool is_only_way = ways.sms != ways.email;
  if (ways.sms && (way == kBySms || is_only_way)) asker.kind = v1::SMS;
  if (ways.email && (way == kByEmail || is_only_way)) asker.kind = v1::EMAIL;
  return asker;
}

Page recovery_page(Visit& visit, const Recovery& recovery, Ways ways) {
  const Catalogue& words = visit.words();
  Page page = visit.page("recovery", recovery.title);
  page.set("PATH", recovery.path);
  page.set("TEXT", words(recovery.text));
  page.set("BUTTON", words(recovery.button));
  page.field("USERNAME_FIELD", {.name = "username",
                                .label = words("field.username"),
                                .value = std::string{visit.typed("username")},
                                .autocomplete = "username",
                                .length_max = kUsernameLettersMax,
                                .focus = true});
  if (!ways.sms || !ways.email) return page;
  Block part = page.input("WAY_CHOICE", "choice", {.name = "way", .label = words("recovery.way")});
  const bool by_email = visit.typed("way") == kByEmail;
  add_way(part, "field-way", kBySms, words("recovery.by_sms"), !by_email);
  add_way(part, "field-way-email", kByEmail, words(recovery.by_email), by_email);
  return page;
}

void say_missing(Page& page, const Asker& asker) {
  const Catalogue& words = page.words();
  if (asker.username.empty()) page.wrong("username", words("recovery.username_missing"));
  if (asker.kind == v1::FACTOR_KIND_UNSPECIFIED) page.wrong("way", words("recovery.way_missing"));
}

awaitable<Result<Response>> send_code(Visit& visit, const Recovery& recovery, Asker asker,
                                      Page page) {
  v1::Request request = start_request(visit, recovery, asker);
  auto reply = co_await visit.ask_as_stranger(std::move(request));
  if (!reply && reply.error().code != ErrorCode::malformed) co_return reply.error();
  if (!reply) {
    page.wrong("username", visit.words()("recovery.username_wrong"));
    co_return visit.show_again(std::move(page));
  }
  if (is_sent(reply->challenge())) {
    keep_asker(visit, asker);
    co_return go_to(code_location(visit, code_page_of(recovery), reply->challenge()));
  }
  page.wrong("", delivery_text(visit.words(), reply->challenge().delivery()));
  co_return visit.show_again(std::move(page));
}

awaitable<Result<Response>> send_again(Visit& visit, const Recovery& recovery) {
  const auto asker = asker_of(visit);
  if (!asker) co_return go_to(std::string{recovery.path});
  v1::Request request = start_request(visit, recovery, *asker);
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask_as_stranger(std::move(request)));
  if (is_sent(reply.challenge())) {
    co_return go_to(code_location(visit, code_page_of(recovery), reply.challenge()) + "&again=1");
  }
  // The one before it is good still.
  Page page = code_page(visit, code_page_of(recovery));
  page.wrong("", delivery_text(visit.words(), reply.challenge().delivery()));
  co_return visit.show_again(std::move(page));
}

Response show_code(Visit& visit, const Recovery& recovery) {
  Page page = code_page(visit, code_page_of(recovery));
  if (!visit.told("again").empty()) {
    page.head().add("NOTICE").set("NOTICE_TEXT", visit.words()("code.asked_again"));
  }
  return visit.show(std::move(page));
}

awaitable<Result<Response>> answer_code(Visit& visit, const Recovery& recovery) {
  v1::Request request = code_answer(visit, recovery.purpose);
  auto reply = co_await visit.ask_as_stranger(std::move(request));
  v1::Verdict verdict;
  if (reply) {
    verdict = reply->verdict();
  } else if (reply.error().code != ErrorCode::malformed) {
    co_return reply.error();
  }
  // The code may have been right before: the button was pressed twice.
  const bool is_done = recovery.purpose == v1::RESET && visit.session().scope() == v1::SCOPE_RESET;
  if (verdict.answer() == v1::ACCEPTED) visit.forget(kAskerCookie);
  if (verdict.answer() == v1::ACCEPTED || is_done) co_return go_to(std::string{recovery.next});
  Page page = code_page(visit, code_page_of(recovery));
  page.wrong("code", wrong_text(visit.words(), verdict));
  co_return visit.show_again(std::move(page));
}

}  // namespace countersign::companion
