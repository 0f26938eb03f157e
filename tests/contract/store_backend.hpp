// SPDX-License-Identifier: Apache-2.0
// Where a store under test keeps its data: it outlives the Store, which can be opened again.
#pragma once

#include "daemon/store/account_store.hpp"

#include <functional>
#include <memory>

namespace countersign::test {

class StoreBackend {
 public:
  virtual ~StoreBackend() = default;
  // At most one Store is open at a time.
  virtual Result<std::unique_ptr<WholeStore>> open(Executor loop, const Clock& clock) = 0;
};

using MakeBackend = std::function<std::unique_ptr<StoreBackend>()>;

}  // namespace countersign::test
