// SPDX-License-Identifier: Apache-2.0
// Looks for secrets where none may be: in a process's whole memory, in every file below a folder.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace countersign::test {

class CanarySearch {
 public:
  // A text that is looked for as it is: a passcode, a PIN.
  void add_text(const std::string& what, std::string_view text);
  // A secret's bytes, raw, and as hexadecimal, Base32, base64 and a list of decimal numbers. A
  // piece of one betrays it too: the search is for the beginning, the middle and the end.
  void add_secret(const std::string& what, std::string_view bytes);

  // What was found, and where; nothing when all is well.
  [[nodiscard]] std::vector<std::string> in_memory_of(pid_t pid) const;
  [[nodiscard]] std::vector<std::string> in_folder(const std::filesystem::path& folder) const;

  // Writes a process's whole memory into a file, but for pages of zeros: to be searched for what is
  // not known yet.
  static void keep_memory_of(pid_t pid, const std::filesystem::path& file);

 private:
  struct Needle {
    std::string what;
    std::string bytes;
  };

  void add(const std::string& what, std::string_view bytes);
  void add_pieces(const std::string& what, std::string_view text, std::size_t piece);
  void search(std::string_view haystack, const std::string& where,
              std::vector<std::string>& found) const;

  std::unordered_multimap<std::size_t, Needle> needles_;  // by their first bytes
  std::vector<bool> begins_ = std::vector<bool>(std::size_t{1} << 24);
  std::size_t longest_ = 0;
};

}  // namespace countersign::test
