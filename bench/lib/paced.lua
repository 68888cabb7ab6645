-- For wrk: sends the requests of the Lua file $BENCH_REQUESTS in their order, over and over, at
-- $BENCH_RATE a second in all, evenly spaced, and prints what happened as one line of JSON. A late
-- request does not delay those after it, as long as connections are free.

local ffi = require("ffi")
ffi.cdef [[
  struct bench_time { long seconds; long nanoseconds; };
  int clock_gettime(int clock, struct bench_time* time);
]]

local kMonotonic = 1
local time = ffi.new("struct bench_time")

local function now_ms()
  ffi.C.clock_gettime(kMonotonic, time)
  return tonumber(time.seconds) * 1e3 + tonumber(time.nanoseconds) / 1e6
end

local requests = dofile(os.getenv("BENCH_REQUESTS"))
local each_ms = 1000 / tonumber(os.getenv("BENCH_RATE"))
local planned, sent = 0, 0
local started

delay = function()
  started = started or now_ms()
  local due = started + planned * each_ms
  planned = planned + 1
  return math.max(0, math.floor(due - now_ms() + 0.5))
end

request = function()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

done = dofile(os.getenv("BENCH_REPORT"))
