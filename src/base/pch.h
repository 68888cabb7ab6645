#pragma once
// The one precompiled header. Beast stays out: it costs 200 MB and few files need it.
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/result.h"
#include "base/task.h"
