// SPDX-License-Identifier: Apache-2.0
// The pieces that every verification passes, one by one.
#include "daemon/hmac/hmac_key.hpp"
#include "daemon/store/journal_chain.hpp"
#include "daemon/store/row_macs.hpp"
#include "daemon/verify/request_tag.hpp"
#include "daemon/verify/window.hpp"
#include "daemon/wire/codec.hpp"
#include "firmware-interface/oath.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace countersign {
namespace {

// A native verify as a client sends it: request_id (1), verify (10) with subject (1), passcode (3).
std::string verify_body() {
  const std::string subject = std::string("\x12\x05", 2) + "alice";
  const std::string verify = std::string("\x0a", 1) + static_cast<char>(subject.size()) + subject +
                             std::string("\x1a\x06", 2) + "123456";
  return std::string("\x0a\x10", 2) + std::string(16, 'r') + std::string("\x52", 1) +
         static_cast<char>(verify.size()) + verify;
}

RequestId some_request_id() {
  RequestId id;
  id.size = RequestId::kBytesMin;
  return id;
}

void truncate_a_mac(benchmark::State& state) {
  const std::array<std::byte, 20> mac{};
  for (auto _ : state) benchmark::DoNotOptimize(oath::truncate(mac, oath::Digits::six));
}
BENCHMARK(truncate_a_mac);

void decode_a_verify(benchmark::State& state) {
  const std::string body = verify_body();
  for (auto _ : state) {
    const auto request = wire::decode_frame(as_bytes(body));
    if (!request) state.SkipWithError("the request is malformed");
    benchmark::DoNotOptimize(&request);
  }
}
BENCHMARK(decode_a_verify);

void encode_a_verdict(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    wire::encode_frame({some_request_id(), Answer{Verdict{.accepted = true}}}, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(encode_a_verdict);

void lay_out_a_window(benchmark::State& state) {
  FactorRecord factor;
  factor.fixed.kind = FactorKind::totp;
  const policies::Windows windows;
  for (auto _ : state) {
    benchmark::DoNotOptimize(verify::window_of(factor, windows, Time{} + std::chrono::hours{1}));
  }
}
BENCHMARK(lay_out_a_window);

void tag_a_request(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(verify::request_tag(1000, some_request_id()));
}
BENCHMARK(tag_a_request);

void seal_a_moving_row(benchmark::State& state) {
  const HmacKey key{SecretBytes{HmacKey::kBytes}};
  const Motion motion;
  const RowMac fixed{};
  for (auto _ : state) benchmark::DoNotOptimize(store::mac_of(key, FactorId{1}, motion, fixed));
}
BENCHMARK(seal_a_moving_row);

void chain_a_journal_record(benchmark::State& state) {
  store::JournalRecord record;
  store::JournalHash hash{};
  for (auto _ : state) {
    ++record.seq;
    hash = store::next_hash(hash, record);
    benchmark::DoNotOptimize(hash);
  }
}
BENCHMARK(chain_a_journal_record);

}  // namespace
}  // namespace countersign
