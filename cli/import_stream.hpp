// SPDX-License-Identifier: Apache-2.0
// Tokens on their way into the daemon: in batches as large as a frame and the contract allow,
// several of them at once.
#pragma once

#include "clients/cpp/countersign_client.hpp"
#include "firmware-interface/files/token_row.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace countersign::cli {

struct ImportProblem {
  std::size_t line = 0;
  std::string why;
};

// What became of the rows.
struct ImportTally {
  std::uint64_t imported = 0;
  std::uint64_t known = 0;
  std::uint64_t refused = 0;
  std::vector<ImportProblem> problems;  // the first kProblemsMax of the refused

  static constexpr std::size_t kProblemsMax = 1000;

  void refuse(std::size_t line, std::string why) {
    ++refused;
    if (problems.size() < kProblemsMax) problems.push_back({line, std::move(why)});
  }
  [[nodiscard]] std::uint64_t answered() const { return imported + known + refused; }
};

class ImportStream {
 public:
  // `answered` is called after every answer. `tally` outlives the stream.
  ImportStream(client::Client client, bool dry_run, ImportTally& tally,
               std::function<void()> answered);

  // Sends when a batch is full, and waits when enough of them are under way. Both give an error
  // that ends the import: what was sent before it may have been taken in or not.
  [[nodiscard]] std::optional<v1::Error> add(std::size_t line, const files::TokenRow& row);
  // Sends the rest and waits for all answers.
  [[nodiscard]] std::optional<v1::Error> finish();

 private:
  [[nodiscard]] std::optional<v1::Error> send();
  [[nodiscard]] std::optional<v1::Error> receive();
  void begin();

  struct Batch {
    v1::Request request;
    std::vector<std::size_t> lines;
    int tries = 0;
  };
  // Also for one that the daemon could not take in just now: doing it again doubles nothing.
  [[nodiscard]] std::optional<v1::Error> send(Batch batch);
  [[nodiscard]] std::optional<v1::Error> count(const v1::ImportReport& report, const Batch& batch);

  client::Client client_;
  bool dry_run_;
  ImportTally& tally_;
  std::function<void()> answered_;
  Batch batch_;  // being filled
  std::size_t batch_bytes_ = 0;
  std::map<std::string, Batch> under_way_;  // by request id
};

}  // namespace countersign::cli
