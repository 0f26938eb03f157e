// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/canary_search.hpp"

#include "base/bytes.hpp"
#include "firmware-interface/base32.hpp"
#include "tests/support/hex.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>

namespace countersign::test {
namespace {

constexpr std::size_t kFirstBytes = 3;
constexpr std::size_t kRawPiece = 10;
constexpr std::size_t kTextPiece = 16;
constexpr std::size_t kWindowBytes = std::size_t{1} << 20;
constexpr std::size_t kPageBytes = 4096;

std::size_t first_bytes(const char* at) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(at);
  return std::size_t{bytes[0]} << 16 | std::size_t{bytes[1]} << 8 | bytes[2];
}

std::string changed(std::string text, int (*change)(int)) {
  for (char& c : text) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * (bytes.size() + 2) / 3 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string decimal(std::string_view bytes, const char* separator) {
  std::string text;
  for (const char c : bytes) {
    text += std::to_string(static_cast<unsigned char>(c)) + separator;
  }
  return text;
}

// What surrounds a finding, to tell whose memory it was.
std::string context(std::string_view haystack, std::size_t at) {
  const std::size_t begin = at < 48 ? 0 : at - 48;
  std::string text{haystack.substr(begin, 128)};
  for (char& c : text) {
    if (std::isprint(static_cast<unsigned char>(c)) == 0) c = '.';
  }
  return text;
}

struct Region {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string name;
};

std::vector<Region> searched_regions(pid_t pid) {
  std::vector<Region> regions;
  std::ifstream maps{"/proc/" + std::to_string(pid) + "/maps"};
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields{line};
    Region region;
    char dash = 0;
    std::string rights;
    std::string ignored;
    fields >> std::hex >> region.begin >> dash >> region.end >> rights;
    fields >> ignored >> ignored >> ignored >> region.name;
    const bool kernels = region.name == "[vvar]" || region.name == "[vsyscall]";
    // What the file has and nobody can write holds no secret; the list of common passwords in it
    // has very many rows of digits that a passcode may be like.
    const bool is_files = region.name.starts_with('/') && !rights.starts_with("rw");
    if (rights.starts_with('r') && !kernels && !is_files) regions.push_back(region);
  }
  return regions;
}

}  // namespace

void CanarySearch::add_text(const std::string& what, std::string_view text) { add(what, text); }

void CanarySearch::add_secret(const std::string& what, std::string_view bytes) {
  const auto encoded = base32::encode(as_bytes(bytes));
  ASSERT_TRUE(encoded);
  const std::string text32{as_text(encoded->expose())};
  std::string text64 = base64(bytes);
  const std::string hex = to_hex(as_bytes(bytes));
  add_pieces(what + ", raw", bytes, kRawPiece);
  add_pieces(what + ", hex", hex, kTextPiece);
  add_pieces(what + ", HEX", changed(hex, &std::toupper), kTextPiece);
  add_pieces(what + ", BASE32", text32, kTextPiece);
  add_pieces(what + ", base32", changed(text32, &std::tolower), kTextPiece);
  add_pieces(what + ", base64", text64, kTextPiece);
  std::ranges::replace(text64, '+', '-');
  std::ranges::replace(text64, '/', '_');
  add_pieces(what + ", base64url", text64, kTextPiece);
  add_pieces(what + ", decimal", decimal(bytes, ","), kTextPiece);
  add_pieces(what + ", decimal", decimal(bytes, " "), kTextPiece);
}

void CanarySearch::add_pieces(const std::string& what, std::string_view text, std::size_t piece) {
  ASSERT_GE(text.size(), piece);
  add(what, text.substr(0, piece));
  add(what, text.substr((text.size() - piece) / 2, piece));
  add(what, text.substr(text.size() - piece));
}

void CanarySearch::add(const std::string& what, std::string_view bytes) {
  ASSERT_GE(bytes.size(), kFirstBytes);
  const std::size_t key = first_bytes(bytes.data());
  begins_[key] = true;
  needles_.emplace(key, Needle{what, std::string{bytes}});
  longest_ = std::max(longest_, bytes.size());
}

void CanarySearch::search(std::string_view haystack, const std::string& where,
                          std::vector<std::string>& found) const {
  for (std::size_t at = 0; at + kFirstBytes <= haystack.size(); ++at) {
    const std::size_t key = first_bytes(haystack.data() + at);
    if (!begins_[key]) continue;
    const auto [begin, end] = needles_.equal_range(key);
    for (auto needle = begin; needle != end; ++needle) {
      if (!haystack.substr(at).starts_with(needle->second.bytes)) continue;
      std::ostringstream finding;
      finding << needle->second.what << " in " << where << " +0x" << std::hex << at << ": "
              << context(haystack, at);
      found.push_back(finding.str());
    }
  }
}

std::vector<std::string> CanarySearch::in_memory_of(pid_t pid) const {
  std::vector<std::string> found;
  const std::string path = "/proc/" + std::to_string(pid) + "/mem";
  const int memory = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_GE(memory, 0) << path << " cannot be read";
  std::size_t bytes_read = 0;
  std::string window;
  for (const Region& region : searched_regions(pid)) {
    // Windows overlap, so that nothing hides across an edge.
    for (std::uint64_t at = region.begin; at < region.end; at += kWindowBytes) {
      window.resize(std::min<std::uint64_t>(region.end - at, kWindowBytes + longest_));
      const ssize_t count = ::pread(memory, window.data(), window.size(), static_cast<off_t>(at));
      if (count <= 0) continue;
      bytes_read += static_cast<std::size_t>(count);
      std::ostringstream where;
      where << "memory " << region.name << " 0x" << std::hex << at;
      search(std::string_view{window}.substr(0, static_cast<std::size_t>(count)), where.str(),
             found);
    }
  }
  ::close(memory);
  EXPECT_GT(bytes_read, std::size_t{1} << 20) << "that cannot be all of it";
  return found;
}

void CanarySearch::keep_memory_of(pid_t pid, const std::filesystem::path& file) {
  const std::string path = "/proc/" + std::to_string(pid) + "/mem";
  const int memory = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_GE(memory, 0) << path << " cannot be read";
  std::ofstream out{file, std::ios::binary};
  std::string page(kPageBytes, '\0');
  for (const Region& region : searched_regions(pid)) {
    for (std::uint64_t at = region.begin; at < region.end; at += kPageBytes) {
      const ssize_t count = ::pread(memory, page.data(), page.size(), static_cast<off_t>(at));
      if (count <= 0 || page.find_first_not_of('\0') == std::string::npos) continue;
      out.write(page.data(), count);
    }
  }
  ::close(memory);
  EXPECT_GT(out.tellp(), std::streamoff{1} << 20) << "that cannot be all of it";
}

std::vector<std::string> CanarySearch::in_folder(const std::filesystem::path& folder) const {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    search(entry.path().native(), "a file's name", found);
    if (!entry.is_regular_file()) continue;
    std::ifstream file{entry.path(), std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{file}, {}};
    search(content, entry.path(), found);
  }
  return found;
}

}  // namespace countersign::test
