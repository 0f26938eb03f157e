// SPDX-License-Identifier: Apache-2.0
#include "companion/door/visit.hpp"

#include "companion/door/own_path.hpp"
#include "companion/request/guard.hpp"

#include <charconv>
#include <utility>

namespace countersign::companion {
namespace {

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, wrong] = std::from_chars(text.data(), end, number);
  return wrong == std::errc{} && stopped == end ? number : 0;
}

Error error_of(const v1::Error& error) {
  switch (error.code()) {
    case v1::MALFORMED:
      return {ErrorCode::malformed, "daemon"};
    case v1::DENIED:
      return {ErrorCode::denied, "daemon"};
    case v1::NOT_FOUND:
      return {ErrorCode::not_found, "daemon"};
    case v1::ALREADY_EXISTS:
      return {ErrorCode::already_exists, "daemon"};
    case v1::CONFLICT:
      return {ErrorCode::conflict, "daemon"};
    case v1::LIMIT_EXCEEDED:
      return {ErrorCode::limit_exceeded, "daemon"};
    case v1::TAMPERED:
      return {ErrorCode::corrupt, "daemon"};
    case v1::PROOF_REQUIRED:
      return {ErrorCode::proof_required, "daemon"};
    case v1::BUSY:
      return {ErrorCode::busy, "daemon"};
    default:
      return {ErrorCode::unavailable, "daemon"};
  }
}

// Where the answer to a question bears the browser's session from now on; empty if it does not.
const std::string& session_in(const v1::Reply& reply) {
  static const std::string none;
  switch (reply.outcome_case()) {
    case v1::Reply::kVerdict:
      return reply.verdict().session();
    case v1::Reply::kTicketOpened:
      return reply.ticket_opened().verdict().session();
    case v1::Reply::kSignInReport:
      return reply.sign_in_report().session();
    case v1::Reply::kPasswordReport:
      return reply.password_report().session();
    default:
      return none;
  }
}

}  // namespace

bool is_to_be_retyped(const Request& request) {
  return request.form.value_of(kRetype) == "1" || request.query.value_of(kRetype) == "1";
}

Visit::Visit(const Request& request, const Brand& brand, const House& house)
    : request_{request},
      brand_{brand},
      house_{house},
      words_{house.languages.choose(request.cookies.value_of(kLanguageCookie), request.languages)},
      session_text_{request.cookies.value_of(kSessionCookie)},
      form_secret_{form_secret_of(request)} {}

std::string_view Visit::typed(std::string_view field) const {
  return request_.form.value_of(field);
}
std::string_view Visit::asked(std::string_view name) const {
  const bool is_in_form = is_post() && is_to_be_retyped(request_);
  return is_in_form ? typed(name) : request_.query.value_of(name);
}
std::string_view Visit::told(std::string_view name) const {
  const std::string_view from = request_.fetch_site;
  return from.empty() || from == "same-origin" ? asked(name) : std::string_view{};
}
std::uint64_t Visit::typed_number(std::string_view field) const { return number_in(typed(field)); }
std::uint64_t Visit::asked_number(std::string_view name) const { return number_in(asked(name)); }
std::uint64_t Visit::id_number() const { return number_in(id_); }

awaitable<Result<v1::Reply>> Visit::ask(v1::Request request) {
  request.set_session(session_text_);
  co_return co_await ask_as_stranger(std::move(request));
}

awaitable<Result<v1::Reply>> Visit::ask_as_stranger(v1::Request request) {
  CS_CO_TRY(v1::Reply reply, co_await house_.backend.ask(std::move(request)));
  if (reply.has_error()) {
    proof_needed_ = reply.error().proof();
    co_return error_of(reply.error());
  }
  adopt_session(reply);
  co_return reply;
}

void Visit::adopt_session(const v1::Reply& reply) {
  const std::string& text = session_in(reply);
  if (text.empty() || text == session_text_) return;
  session_text_ = text;
  keep(kSessionCookie, text);
}

awaitable<Result<std::optional<v1::SessionReport>>> Visit::look_up_session() {
  if (session_text_.empty()) co_return std::optional<v1::SessionReport>{};
  v1::Request request;
  request.mutable_get_session();
  auto reply = co_await ask(std::move(request));
  if (reply) co_return std::optional{reply->session_report()};
  if (reply.error().code != ErrorCode::denied) co_return reply.error();
  // The browser keeps its cookie: a form that is under way beside us may just have renewed it.
  session_text_.clear();
  session_.Clear();
  co_return std::optional<v1::SessionReport>{};
}

awaitable<Result<v1::RealmDescription>> Visit::realm() {
  CS_CO_TRY(v1::RealmDescription description, co_await house_.realms.describe(brand_.realm));
  support_ = description.support();
  co_return description;
}

v1::SubjectName Visit::subject(std::string_view username) const {
  v1::SubjectName name;
  name.set_realm(brand_.realm);
  name.set_username(std::string{username});
  return name;
}

void Visit::keep(std::string_view cookie, std::string value,
                 std::optional<std::chrono::seconds> age) {
  std::erase_if(cookies_, [cookie](const SetCookie& set) { return set.name == cookie; });
  cookies_.push_back({.name = cookie, .value = std::move(value), .age = age});
}

void Visit::end_session() {
  session_text_.clear();
  session_.Clear();
  forget(kSessionCookie);
}

Page Visit::page(std::string_view name, std::string_view title_key) {
  return page_titled(name, words_(title_key));
}

Page Visit::page_titled(std::string_view name, const std::string& title) {
  Page page{name, words_};
  // Not for a form that another site made this browser send: it would lose the secret that it has.
  if (form_secret_.empty() && !is_post()) {
    form_secret_ = fresh_secret();
    keep(kFormCookie, form_secret_);
  }
  page.set_everywhere("CSRF", form_secret_);
  // Two forms are never the same, so that a repeated one is known as such.
  page.set_everywhere("ONCE", fresh_secret());
  page.set_everywhere("PRODUCT", brand_.product);
  fill_head(page, title);
  return page;
}

void Visit::fill_head(Page& page, const std::string& title) {
  Block& head = page.head();
  head.set("LANG", words_.language());
  head.set("DIR", words_("language.direction"));
  head.set("TITLE", title);
  head.set("HEADING", title);
  head.set("STYLE_URL", house_.style_url);
  head.set("SCRIPT_URL", house_.script_url);
  head.set("BRAND_URL", "/brand.css");
  if (!brand_.logo.empty()) head.add("LOGO").set("LOGO_URL", "/logo");
  // Whoever was led into somebody else's account or activation can see it.
  const std::string& username = session_.subject().username();
  if (!username.empty()) head.add("WHOSE").set("USERNAME", username);
  if (session_.scope() == v1::SCOPE_ACCOUNT) {
    Block signed_in = head.add("SIGNED_IN");
    if (request_.path == "/account") signed_in.show("AT_SETTINGS");
    if (request_.path == "/account/activity") signed_in.show("AT_ACTIVITY");
  }
  if (is_to_be_retyped(request_)) head.add("NOTICE").set("NOTICE_TEXT", words_("carry_on.again"));
  fill_foot(page);
}

void Visit::fill_foot(Page& page) {
  Block& foot = page.foot();
  if (!support_.empty()) foot.add("HAS_SUPPORT").set("SUPPORT", support_);
  // Back to the page, not to what a form on it did.
  foot.set("HERE", is_post() ? "/" : way_back());
  if (house_.languages.all().size() == 1 || form_secret_.empty()) return;
  for (const auto& [tag, words] : house_.languages.all()) {
    Block language = foot.add("LANGUAGE");
    language.set("LANGUAGE_TAG", words->language());
    language.set("LANGUAGE_NAME", (*words)("language.name"));
    if (words.get() == &words_) language.show("LANGUAGE_CURRENT");
  }
}

Response Visit::show(Page page, unsigned status) {
  Response response;
  response.status = status;
  response.language = words_.language();
  response.body = page.render(house_.templates);
  response.form_target = form_target_;
  return response;
}

std::string Visit::way_back() const {
  if (is_post()) return std::string{page_path_};
  return is_path_of_ours(request_.target) ? request_.target : request_.path;
}

Response Visit::leave_for(std::string location) { return go_to(std::move(location)); }

}  // namespace countersign::companion
