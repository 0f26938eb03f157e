// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/record.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::cli {
namespace {

constexpr std::array<std::pair<std::string_view, Step>, 5> kWords{{{"begun", Step::begun},
                                                                   {"enrolled", Step::enrolled},
                                                                   {"programmed", Step::programmed},
                                                                   {"confirmed", Step::confirmed},
                                                                   {"withdrawn", Step::withdrawn}}};

std::string_view word_of(Step step) {
  return std::ranges::find(kWords, step, &std::pair<std::string_view, Step>::second)->first;
}

bool is_theirs(Step step) { return step == Step::programmed || step == Step::confirmed; }

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

std::optional<std::string> whole_file(int file) {
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t count =
        ::pread(file, piece.data(), piece.size(), static_cast<off_t>(text.size()));
    if (count < 0) return std::nullopt;
    if (count == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Outcome<Record> Record::open(const std::string& file) {
  const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) {
    return Trouble{v1::DENIED, "The record " + file + ": " + std::strerror(errno) + "."};
  }
  Record record{opened, file};
  if (::flock(opened, LOCK_EX | LOCK_NB) != 0) {
    return Trouble{v1::CONFLICT, "Another run is writing the record " + file + "."};
  }
  CS_CHECK(record.read());
  return record;
}

Record::Record(Record&& other) noexcept
    : file_{std::exchange(other.file_, -1)},
      name_{std::move(other.name_)},
      latest_{std::move(other.latest_)},
      written_{std::move(other.written_)} {}

Record::~Record() {
  if (file_ >= 0) ::close(file_);
}

Outcome<void> Record::read() {
  auto text = whole_file(file_);
  if (!text) return Trouble{v1::UNAVAILABLE, "The record " + name_ + " cannot be read."};
  // The end of a line is its seal: what was cut off in the middle never happened.
  const std::size_t end = text->rfind('\n');
  text->resize(end == std::string::npos ? 0 : end + 1);
  if (::ftruncate(file_, static_cast<off_t>(text->size())) != 0) {
    return Trouble{v1::UNAVAILABLE, "The record " + name_ + " cannot be written."};
  }
  for (std::size_t at = 0; at < text->size();) {
    const std::size_t next = text->find('\n', at);
    CS_CHECK(read_line(text->substr(at, next - at)));
    at = next + 1;
  }
  return {};
}

Outcome<void> Record::read_line(const std::string& line) {
  const auto fields = fields_of(line);
  const Trouble none_of_ours{v1::MALFORMED,
                             "The record " + name_ + " has a line that is none of ours."};
  if (fields.size() != 4 || fields[0].empty()) return none_of_ours;
  const auto serial = number<std::uint32_t>(fields[1]);
  const auto factor = number<std::uint64_t>(fields[2]);
  const auto* word =
      std::ranges::find(kWords, fields[3], &std::pair<std::string_view, Step>::first);
  if (!serial || !factor || word == kWords.end()) return none_of_ours;
  remember(std::string{fields[0]}, {*serial, *factor, word->second});
  return {};
}

std::optional<Standing> Record::of(const std::string& subject) const {
  const auto found = latest_.find(subject);
  if (found == latest_.end()) return std::nullopt;
  return found->second;
}

std::string Record::holder_of(std::uint32_t serial) const {
  for (const auto& [subject, standing] : latest_) {
    if (standing.serial == serial && is_theirs(standing.step)) return subject;
  }
  return {};
}

bool Record::may_be_ours(std::uint32_t serial) const {
  return written_.contains(serial) && holder_of(serial).empty();
}

void Record::remember(const std::string& subject, Standing standing) {
  latest_[subject] = standing;
  if (standing.factor_id != 0) written_.insert(standing.serial);
}

Outcome<void> Record::add(const std::string& subject, Standing standing) {
  const std::string line = subject + '\t' + std::to_string(standing.serial) + '\t' +
                           std::to_string(standing.factor_id) + '\t' +
                           std::string{word_of(standing.step)} + '\n';
  if (!write_all(file_, line) || ::fdatasync(file_) != 0) {
    return Trouble{v1::UNAVAILABLE, "The record " + name_ + " cannot be written."};
  }
  remember(subject, standing);
  return {};
}

}  // namespace countersign::cli
