// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/errand.hpp"

#include "companion/door/own_path.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace countersign::companion {
namespace {

constexpr std::string_view kKept = "kept.";
// What is typed anew each time: it is not written into a page.
constexpr std::array<std::string_view, 6> kSecrets{
    {"password", "current", "new", "repeat", "answer", "code"}};
// What each page has of its own.
constexpr std::array<std::string_view, 4> kOurs{{"csrf", "once", "username", kRetype}};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

struct Errand {
  std::string path = "/account";
  bool is_form = false;
  bool had_secrets = false;
};

bool is_on_the_way(const Visit& visit) { return visit.request().path == kProvePath; }

Errand begun_by(const Visit& visit) {
  // A form goes back to where it was sent; a page comes with what its address asks.
  const std::string& target = visit.request().target;
  const bool is_page = !visit.is_post() && is_next_of_ours(target);
  Errand errand{.path = is_page ? target : visit.request().path, .is_form = visit.is_post()};
  const auto is_secret = [](const http::Form::Field& field) {
    return is_among(kSecrets, field.name) && !field.value.empty();
  };
  errand.had_secrets = std::ranges::any_of(visit.request().form.fields(), is_secret) ||
                       (errand.is_form && is_to_be_retyped(visit.request()));
  return errand;
}

Errand errand_of(const Visit& visit) {
  if (!is_on_the_way(visit)) return begun_by(visit);
  const std::string_view next = visit.is_post() ? visit.typed("next") : visit.asked("next");
  if (!is_next_of_ours(next)) return {};
  return {.path = std::string{next},
          .is_form = visit.typed("form") == "1",
          .had_secrets = visit.typed("secrets") == "1"};
}

// The fields of the errand's form: as they were typed, or as they came along so far.
std::vector<http::Form::Field> kept_of(const Visit& visit) {
  std::vector<http::Form::Field> kept;
  for (const http::Form::Field& field : visit.request().form.fields()) {
    std::string_view name = field.name;
    if (is_on_the_way(visit) != name.starts_with(kKept)) continue;
    if (is_on_the_way(visit)) name.remove_prefix(kKept.size());
    if (is_among(kSecrets, name) || is_among(kOurs, name)) continue;
    kept.push_back({.name = std::string{name}, .value = field.value});
  }
  return kept;
}

void put_kept(const Visit& visit, Page& page) {
  for (const http::Form::Field& field : kept_of(visit)) {
    Block kept = page.add("KEPT");
    kept.set("KEPT_NAME", field.name);
    kept.set("KEPT_VALUE", field.value);
  }
}

}  // namespace

void take_along(const Visit& visit, Page& page) {
  const Errand errand = errand_of(visit);
  page.set("NEXT", errand.path);
  if (errand.is_form) page.show("IS_FORM");
  if (errand.had_secrets) page.show("HAD_SECRETS");
  put_kept(visit, page);
}

Response go_on(Visit& visit) {
  const Errand errand = errand_of(visit);
  if (!errand.is_form) return go_to(errand.path);
  const bool nothing_left = errand.had_secrets && kept_of(visit).empty();
  if (nothing_left) return go_to(errand.path + "?" + std::string{kRetype} + "=1");
  Page page =
      visit.page("carry_on", errand.had_secrets ? "carry_on.retype_title" : "carry_on.title");
  page.show(errand.had_secrets ? "RETYPE" : "WHOLE");
  page.set("PATH", errand.path);
  put_kept(visit, page);
  return visit.show(std::move(page));
}

}  // namespace countersign::companion
