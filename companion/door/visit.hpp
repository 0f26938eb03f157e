// SPDX-License-Identifier: Apache-2.0
// One request on its way through a page: what the browser said, what the daemon is asked in its
// name, and what the browser is to keep.
#pragma once

#include "base/clock.hpp"
#include "companion/door/realms.hpp"
#include "companion/request/request.hpp"
#include "companion/request/response.hpp"
#include "companion/settings/brand.hpp"
#include "companion/view/page.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::companion {

// What all visits share. Outlives them.
struct House {
  Backend& backend;
  Realms& realms;
  const Clock& clock;
  const Languages& languages;
  const Templates& templates;
  std::string style_url;  // with what tells one version from another
  std::string script_url;
};

// The field, or what is asked in the address, of a form that comes back without what was secret in
// it: it is not sent but shown, with the rest, and says that it has to be completed.
inline constexpr std::string_view kRetype = "retype";
[[nodiscard]] bool is_to_be_retyped(const Request& request);

class Visit {
 public:
  // REQUIRES: what is referred to outlives the visit.
  Visit(const Request& request, const Brand& brand, const House& house);

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] const Brand& brand() const { return brand_; }
  [[nodiscard]] const Catalogue& words() const { return words_; }
  [[nodiscard]] const Languages& languages() const { return house_.languages; }
  [[nodiscard]] Time now() const { return house_.clock.now(); }
  [[nodiscard]] bool is_post() const { return request_.method == Method::post; }

  // What was typed into a field; what stands in the address behind "?"; the piece of the path where
  // the route has {id}. Empty if absent.
  [[nodiscard]] std::string_view typed(std::string_view field) const;
  [[nodiscard]] std::string_view asked(std::string_view name) const;
  [[nodiscard]] std::string_view id() const { return id_; }
  // The same as numbers of the daemon's; 0 if they are none.
  [[nodiscard]] std::uint64_t typed_number(std::string_view field) const;
  [[nodiscard]] std::uint64_t asked_number(std::string_view name) const;
  [[nodiscard]] std::uint64_t id_number() const;
  // What a page of ours says in the address to which it leads, such as that something was saved.
  // Empty where the browser says that somebody else has led here.
  [[nodiscard]] std::string_view told(std::string_view name) const;

  // Asks the daemon, with the browser's session. The reply is what was asked for: an error of the
  // daemon's fails with its code (`conflict`, `not_found`, `proof_required`, `busy`, ...), whose
  // operation is "daemon". A session in the answer is the browser's from now on.
  awaitable<Result<v1::Reply>> ask(v1::Request request);
  // The same without the browser's session: what is for people who cannot sign in is answered to
  // nobody who can.
  awaitable<Result<v1::Reply>> ask_as_stranger(v1::Request request);
  // What has to be proven, after `proof_required`.
  [[nodiscard]] const v1::ProofNeeded& proof_needed() const { return proof_needed_; }

  // The browser's session as the daemon knows it. REQUIRES: the route asked for one.
  [[nodiscard]] const v1::SessionReport& session() const { return session_; }
  // Nothing when there is none, or no longer.
  awaitable<Result<std::optional<v1::SessionReport>>> look_up_session();
  [[nodiscard]] bool has_session_text() const { return !session_text_.empty(); }

  // This realm's rules, as the daemon describes them. Once it has been asked, every page names whom
  // to ask when nothing helps.
  awaitable<Result<v1::RealmDescription>> realm();
  // The subject of this realm whom a username names.
  [[nodiscard]] v1::SubjectName subject(std::string_view username) const;

  // For the browser to keep, or to forget when empty.
  void keep(std::string_view cookie, std::string value,
            std::optional<std::chrono::seconds> age = std::nullopt);
  void forget(std::string_view cookie) { keep(cookie, {}); }
  void end_session();

  // A page of this name, with what every page has: `title` is heading and title at once.
  Page page(std::string_view name, std::string_view title_key);
  Page page_titled(std::string_view name, const std::string& title);
  Response show(Page page, unsigned status = kStatusOk);
  // What was typed has to be mended: the page once more, with its errors.
  Response show_again(Page page) { return show(std::move(page), kStatusUnprocessable); }
  Response leave_for(std::string location);
  // The page that somebody is at, or that a form was on: where they may try again.
  [[nodiscard]] std::string way_back() const;

  // Of the router.
  void set_id(std::string_view id) { id_ = id; }
  void set_page_path(std::string_view path) { page_path_ = path; }
  void set_session(v1::SessionReport report) { session_ = std::move(report); }
  [[nodiscard]] std::vector<SetCookie> take_cookies() { return std::move(cookies_); }
  [[nodiscard]] const std::string& form_target() const { return form_target_; }
  // The page leads to the portal: forms may go there.
  void allow_form_target(std::string origin) { form_target_ = std::move(origin); }

 private:
  void adopt_session(const v1::Reply& reply);
  void fill_head(Page& page, const std::string& title);
  void fill_foot(Page& page);

  const Request& request_;
  const Brand& brand_;
  const House& house_;
  const Catalogue& words_;
  std::string_view id_;
  std::string_view page_path_ = "/";
  std::string session_text_;
  v1::SessionReport session_;
  v1::ProofNeeded proof_needed_;
  std::string form_secret_;
  std::vector<SetCookie> cookies_;
  std::string form_target_;
  std::string support_;
};

}  // namespace countersign::companion
