// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/reach_form.hpp"

#include "address/email.hpp"
#include "companion/pages/activation_steps.hpp"
#include "companion/pages/own_profile.hpp"
#include "companion/pages/phone_field.hpp"

#include <utility>

namespace countersign::companion {
namespace {

// What is in force now, and what can be done instead of changing it.
void add_present(Page& page, const Reach& reach, const Reached& now) {
  const Catalogue& words = page.words();
  if (reach.is_step()) {
    page.show(now.masked.empty() ? "SKIP" : "CREATE");
  } else {
    page.add("BACK").set("BACK_PATH", reach.is_factor ? "/factors" : "/account");
  }
  if (reach.is_factor || now.masked.empty()) return;
  if (reach.is_step()) {
    page.head().add("NOTICE").set("NOTICE_TEXT",
                                  words("reach.confirmed", {{"destination", now.masked}}));
    page.show("ANOTHER");
    return;
  }
  Block present = page.add("NOW");
  present.set("NOW_TEXT", words("reach.now", {{"destination", now.masked}}));
  const bool may_go = reach.kind != v1::PRIMARY_EMAIL;
  if (may_go) {
    present.add("REMOVE").set("REMOVE_PATH", "/factors/" + std::to_string(now.factor) + "/remove");
  }
}

// A number of theirs that need not be typed again: the one for a new password, or the other one.
awaitable<std::string> known_phone(Visit& visit, const Reach& reach) {
  if (reach.kind != v1::SMS || visit.is_post()) co_return std::string{};
  const auto own = co_await own_profile(visit);
  if (!own || own->masked) co_return std::string{};
  std::string known;
  for (const v1::Contact& contact : own->profile.contacts()) {
    const bool is_phone = contact.kind() == v1::RESET_PHONE || contact.kind() == v1::MOBILE;
    if (is_phone && contact.state() == v1::ACTIVE) known = contact.destination();
  }
  co_return known;
}

void add_form(Visit& visit, Page& page, const Reach& reach, std::string_view known) {
  if (reach.is_phone) {
    add_phone_field(visit, page, known);
  } else if (!reach.has_no_field()) {
    page.field("EMAIL_FIELD", {.name = "email",
                               .label = visit.words()("reach.email"),
                               .type = "email",
                               .value = std::string{visit.typed("email")},
                               .autocomplete = "email",
                               .inputmode = "email",
                               .length_max = address::kEmailBytesMax,
                               .focus = true});
  }
}

}  // namespace

void show_reach_step(Visit& visit, Page& page, const Reach& reach) {
  if (!sets_up(visit)) return;
  show_step(page, reach.is_step() ? ActivationStep::phone : ActivationStep::factors);
}

awaitable<Result<Page>> reach_form(Visit& visit, const Reach& reach) {
  const Catalogue& words = visit.words();
  const v1::FactorKind shown = reach.has_no_field() ? v1::PRIMARY_EMAIL : reach.kind;
  CS_CO_TRY(const Reached now, co_await reached_now(visit, shown));
  Page page = visit.page("reach", reach.key("title"));
  show_reach_step(visit, page, reach);
  page.set("PATH", reach.path);
  page.set("TEXT", words(reach.key("text"), {{"destination", now.masked}}));
  page.set("BUTTON_KIND", reach.is_step() && !now.masked.empty() ? "button secondary" : "button");
  add_present(page, reach, now);
  const std::string known = co_await known_phone(visit, reach);
  add_form(visit, page, reach, known);
  co_return page;
}

Result<std::string> typed_destination(const Visit& visit, const Reach& reach) {
  if (reach.has_no_field()) return std::string{};
  if (reach.is_phone) return typed_phone(visit);
  return address::parse_email(visit.typed("email"));
}

std::string destination_fault_text(const Catalogue& words, const Reach& reach, const Error& fault) {
  if (reach.is_phone) return phone_fault_text(words, fault);
  return words(fault.operation.view() == "email.empty" ? "reach.email_empty" : "reach.email_wrong");
}

}  // namespace countersign::companion
