// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/ticket.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::size_t kTicketBytesMax = 256;

bool is_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.';
}

v1::TicketReport no_ticket() {
  v1::TicketReport report;
  report.set_state(v1::TICKET_SPENT);
  return report;
}

// Keys of the catalogue.
struct Over {
  std::string_view title;
  std::string_view text;
};

Over what_is_over(const v1::TicketReport& report) {
  if (report.account_is_active()) return {.title = "link.active_title", .text = "link.active_text"};
  if (report.state() != v1::TICKET_EXPIRED) {
    return {.title = "link.spent_title", .text = "link.spent_text"};
  }
  switch (report.purpose()) {
    case v1::TICKET_ACTIVATION:
      return {.title = "link.expired_title", .text = "link.expired_activation"};
    case v1::TICKET_RESET:
      return {.title = "link.expired_title", .text = "link.expired_reset"};
    default:
      return {.title = "link.expired_title", .text = "link.expired_repudiation"};
  }
}

// A new link is sent to whom this one was for; where that is not known, they say it.
void offer_again(Visit& visit, Page& page, const v1::TicketReport& report) {
  page.show("AGAIN");
  if (!report.subject().username().empty()) {
    page.add("FOR_WHOM").set("USERNAME", report.subject().username());
    return;
  }
  page.field("USERNAME_FIELD", {.name = "username",
                                .label = visit.words()("field.username"),
                                .value = std::string{visit.typed("username")},
                                .autocomplete = "username",
                                .length_max = 256,
                                .focus = true});
}

}  // namespace

bool looks_like_ticket(std::string_view text) {
  return !text.empty() && text.size() <= kTicketBytesMax && std::ranges::all_of(text, is_letter);
}

std::string mark_of_ticket(const Visit& visit) {
  const std::string_view ticket = visit.request().cookies.value_of(kTicketCookie);
  std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
  ::crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const unsigned char*>(ticket.data()), ticket.size(),
                       nullptr, 0);
  std::string mark(2 * digest.size() + 1, '\0');
  ::sodium_bin2hex(mark.data(), mark.size(), digest.data(), digest.size());
  mark.resize(2 * digest.size());
  return mark;
}

awaitable<Result<v1::TicketReport>> inspect_ticket(Visit& visit) {
  const std::string_view ticket = visit.request().cookies.value_of(kTicketCookie);
  if (!looks_like_ticket(ticket)) co_return no_ticket();
  v1::Request request;
  request.mutable_inspect_ticket()->set_ticket(std::string{ticket});
  auto reply = co_await visit.ask(std::move(request));
  if (!reply && reply.error().code == ErrorCode::malformed) co_return no_ticket();
  if (!reply) co_return reply.error();
  v1::TicketReport report = std::move(*reply->mutable_ticket_report());
  const std::string& realm = report.subject().realm();
  const bool is_foreign = !realm.empty() && realm != visit.brand().realm;
  if (is_foreign) co_return no_ticket();
  co_return report;
}

awaitable<Result<Page>> link_over_page(Visit& visit, const v1::TicketReport& report) {
  CS_CO_TRY(const v1::RealmDescription realm, co_await visit.realm());
  const Over over = what_is_over(report);
  Page page = visit.page("link_over", over.title);
  const std::string date =
      visit.words().moment(report.expires_at_ms(), Moment::date_and_time, visit.brand().zone);
  page.set("TEXT", visit.words()(over.text, {{"date", date}}));
  const bool expired = report.state() == v1::TICKET_EXPIRED;
  if (report.account_is_active()) {
    page.show("SIGN_IN");
  } else if (!expired) {
    page.set_everywhere("AGAIN_TEXT", visit.words()("link.again_reset"));
    offer_again(visit, page, report);
    page.show("OTHER_WAYS");
  } else if (report.purpose() == v1::TICKET_ACTIVATION) {
    page.set_everywhere("AGAIN_TEXT", visit.words()("link.again_button"));
    offer_again(visit, page, report);
  } else if (report.purpose() == v1::TICKET_RESET) {
    page.show("FORGOTTEN");
  } else {
    page.show("OTHER_WAYS");
  }
  if (!realm.support().empty()) {
    const std::string text = visit.words()("link.support", {{"support", realm.support()}});
    page.add("SUPPORT_LINE").set("SUPPORT_TEXT", text);
  }
  co_return page;
}

}  // namespace countersign::companion
