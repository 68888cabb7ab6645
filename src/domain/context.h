#pragma once
// What every service of the domain is built from; all of it outlives the services.

#include "base/compute_pool.h"
#include "base/time.h"
#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::domain {

struct Context {
  Store& store;
  const Directory& directory;
  const Clock& clock;
  ComputePool& compute;
};

}  // namespace gantry::domain
