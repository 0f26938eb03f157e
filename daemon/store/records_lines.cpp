// SPDX-License-Identifier: Apache-2.0
// The journal, as people read it.
#include "daemon/store/records.hpp"

#include <limits>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;
using Lines = std::vector<JournalLine>;

// How many places are read in one go: whoever else asks the store waits no longer than that.
constexpr std::int64_t kStride = 20'000;

}  // namespace

awaitable<Result<std::vector<JournalLine>>> Records::activity(SubjectId subject,
                                                              std::uint64_t before) {
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  const bool from_newest = before == 0 || before > static_cast<std::uint64_t>(kNewest);
  const std::int64_t end = from_newest ? kNewest : static_cast<std::int64_t>(before);
  auto read = [subject, end](Statements& statements) {
    return statements.lines.activity(subject, end, kLinesListed);
  };
  co_return co_await reader_.ask<Lines>(read);
}

awaitable<Result<std::vector<JournalLine>>> Records::journal_lines(std::uint64_t after, Time since,
                                                                   std::uint32_t max) {
  auto read_end = [](Statements& statements) { return statements.checks.journal_end(); };
  CS_CO_TRY(const std::uint64_t end, co_await reader_.ask<std::uint64_t>(read_end));
  Lines lines;
  while (after < end && lines.size() < max) {
    const auto from = static_cast<std::int64_t>(after);
    const std::size_t wanted = max - lines.size();
    auto read = [from, since, wanted](Statements& statements) {
      return statements.lines.lines(from, from + kStride, since, wanted);
    };
    CS_CO_TRY(Lines some, co_await reader_.ask<Lines>(read));
    lines.insert(lines.end(), some.begin(), some.end());
    after += kStride;
  }
  co_return lines;
}

}  // namespace countersign::store
