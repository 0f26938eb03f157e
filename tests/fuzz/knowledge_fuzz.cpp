// SPDX-License-Identifier: Apache-2.0
// Any bytes as what is kept of what people know: read whole or not at all, and what is read is
// written again byte by byte.
#include "daemon/verify/answer_hash.hpp"
#include "daemon/verify/crockford.hpp"
#include "daemon/verify/device_secret.hpp"
#include "daemon/verify/password_hash.hpp"
#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"
#include "daemon/verify/typed_text.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace countersign;

template <class Row>
void expect_same(const Result<Row>& row, BytesView sealed) {
  if (row && !std::ranges::equal(verify::encode(*row), sealed)) std::abort();
}

void check(const std::optional<SecretBytes>& normal) {
  if (!normal) return;
  const std::size_t points = verify::code_points(*normal);
  if (points == 0 || points > policies::kPasswordLengthMax) std::abort();
}

void type(BytesView typed) {
  const SecretBytes text{typed};
  check(verify::normal_password(text));
  check(verify::normal_answer(text));
  const auto code = crockford::canonical(as_text(typed));
  if (code && code->size() != typed.size()) std::abort();
  (void)verify::device_text_from(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes = std::as_bytes(std::span{data, size});
  expect_same(verify::password_hashes_from(bytes), bytes);
  expect_same(verify::question_row_from(bytes), bytes);
  expect_same(verify::recovery_set_from(bytes), bytes);
  expect_same(verify::temporary_code_from(bytes), bytes);
  expect_same(verify::device_row_from(bytes), bytes);
  type(bytes);
  return 0;
}
