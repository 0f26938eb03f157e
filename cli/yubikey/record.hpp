// SPDX-License-Identifier: Apache-2.0
// What became of each subject of a batch: a file of lines that are only ever added, each of them
// durable before the next step, so that a run goes on where another one stopped.
//
//   SUBJECT <tab> SERIAL <tab> FACTOR <tab> STEP     the last line of a subject counts
//
// Holds no secret. A line that was not finished is cut off. One run at a time holds the file.
#pragma once

#include "cli/yubikey/give.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace countersign::cli {

struct Standing {
  std::uint32_t serial = 0;
  std::uint64_t factor_id = 0;
  Step step = Step::begun;
};

class Record {
 public:
  // Makes the file if there is none. Fails with `conflict` (another run holds it), `malformed`.
  static Outcome<Record> open(const std::string& file);
  Record(Record&& other) noexcept;
  Record& operator=(Record&&) = delete;
  ~Record();

  [[nodiscard]] std::optional<Standing> of(const std::string& subject) const;
  // Whose key this is: it is programmed for them, or confirmed. Empty: nobody's.
  [[nodiscard]] std::string holder_of(std::uint32_t serial) const;
  // This run or an earlier one may have written to the key, and nobody has it. It is written only
  // when its factor has a number.
  [[nodiscard]] bool may_be_ours(std::uint32_t serial) const;

  Outcome<void> add(const std::string& subject, Standing standing);

 private:
  Record(int file, std::string name) : file_{file}, name_{std::move(name)} {}
  Outcome<void> read();
  Outcome<void> read_line(const std::string& line);
  void remember(const std::string& subject, Standing standing);

  int file_;
  std::string name_;
  std::map<std::string, Standing> latest_;
  std::set<std::uint32_t> written_;  // perhaps
};

}  // namespace countersign::cli
