-- For wrk: sends the requests of the Lua file $BENCH_REQUESTS in random order, and prints what
-- happened as one line of JSON.

local requests = dofile(os.getenv("BENCH_REQUESTS"))
local count = #requests
local random = math.random
math.randomseed(tonumber(os.getenv("BENCH_SEED") or "1"))

request = function()
  return requests[random(count)]
end

done = dofile(os.getenv("BENCH_REPORT"))
