// SPDX-License-Identifier: Apache-2.0
#include "cli/journal_pages.hpp"

#include "base/clock.hpp"
#include "cli/ask.hpp"
#include "policies/duration.hpp"

#include <algorithm>
#include <iostream>

namespace countersign::cli {
namespace {

constexpr std::uint32_t kRecordsAPage = 500;

}  // namespace

std::optional<std::uint64_t> since_from(const std::string& text) {
  if (text == "0") return 0;
  const auto duration = policies::parse_duration(text);
  if (!duration) {
    std::cerr << "countersign: --since takes a whole number and its unit, as 30min, 12h or 7d\n";
    return std::nullopt;
  }
  const std::int64_t since = to_milliseconds(SystemClock{}.now() - *duration);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0));
}

std::optional<v1::Error> read_journal(const Command& command, std::uint64_t since_ms,
                                      const std::function<void(const v1::JournalRecord&)>& take) {
  std::uint64_t after = 0;
  for (;;) {
    v1::Request request;
    request.mutable_read_journal()->set_after(after);
    request.mutable_read_journal()->set_since_ms(since_ms);
    request.mutable_read_journal()->set_max(kRecordsAPage);
    const v1::Reply reply = ask(command, Door::admin, std::move(request));
    if (!reply.has_journal_page()) return reply.error();
    const auto& records = reply.journal_page().records();
    for (const v1::JournalRecord& record : records) {
      // A page that does not go on would be read for ever.
      if (record.number() <= after) return std::nullopt;
      after = record.number();
      take(record);
    }
    if (static_cast<std::uint32_t>(records.size()) < kRecordsAPage) return std::nullopt;
  }
}

}  // namespace countersign::cli
