// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/activity.hpp"

#include "companion/pages/method.hpp"

#include <array>
#include <utility>

namespace countersign::companion {
namespace {

constexpr int kRecordsAtOnce = 50;  // as the daemon lists them

// The texts ask for "none" where it is about no method. Nobody signs in by an address: that was a
// link, which came there.
std::string method_in(const Catalogue& words, const v1::JournalRecord& record) {
  const v1::FactorKind kind = record.kind();
  const bool is_address = kind == v1::PRIMARY_EMAIL || kind == v1::SECONDARY_EMAIL;
  const bool is_link =
      is_address && (record.event() == "sign_in" || record.event() == "reset_proven");
  if (kind == v1::FACTOR_KIND_UNSPECIFIED || is_link) return "none";
  return method_name(words, kind);
}

void add_record(Visit& visit, Block& table, const v1::JournalRecord& record) {
  const Catalogue& words = visit.words();
  Block item = table.add("RECORD");
  item.set("WHEN", words.moment(record.at_ms(), Moment::date_and_time, visit.brand().zone));
  item.set("WHAT", activity_text(words, record));
  item.set("FROM",
           record.client_address().empty() ? words("activity.nowhere") : record.client_address());
}

awaitable<Result<Response>> show_activity(Visit& visit) {
  v1::Request request;
  const std::uint64_t before = visit.asked_number("before");
  request.mutable_list_activity()->set_before(before);
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  const auto& records = reply.activity_list().records();
  Page page = visit.page("activity", "activity.title");
  page.head().show("WIDE");
  if (records.empty()) {
    page.show("NONE");
  } else {
    Block table = page.add("RECORDS");
    for (const v1::JournalRecord& record : records) add_record(visit, table, record);
  }
  if (records.size() >= kRecordsAtOnce) {
    const std::string oldest = std::to_string(records.rbegin()->number());
    page.add("OLDER").set("OLDER_PATH", "/account/activity?before=" + oldest);
  }
  if (before != 0) page.show("NEWEST");
  co_return visit.show(std::move(page));
}

constexpr std::array<Route, 1> kRoutes{{
    {Method::get, "/account/activity", Access::account, &show_activity},
}};

}  // namespace

std::string activity_text(const Catalogue& words, const v1::JournalRecord& record) {
  const std::string method = method_in(words, record);
  const std::string plain = "activity." + record.event();
  const std::string refused = plain + ".refused";
  const bool is_refused = record.outcome() != v1::REASON_UNSPECIFIED;
  if (is_refused && words.has(refused)) return words(refused, {{"method", method}});
  if (!is_refused && words.has(plain)) return words(plain, {{"method", method}});
  return words(is_refused ? "activity.other.refused" : "activity.other");
}

Routes activity_routes() { return kRoutes; }

}  // namespace countersign::companion
