-- wrk: AuthorizedUser, every request for another pending session.
-- Arguments: path, file of authIds, number of threads, "once" (each authId at most once) or "again" (go round).
local threads = {}

function setup(thread)
  thread:set("id", #threads)
  threads[#threads + 1] = thread
end

local ids, at, step, again, path = {}, 0, 1, false, ""
local headers = { ["Content-Type"] = "application/json-patch+json" }
exhausted = false

function init(args)
  path, step, again = args[1], tonumber(args[3]), args[4] == "again"
  for line in io.lines(args[2]) do ids[#ids + 1] = line end
  at = id + 1 - step
end

function request()
  at = at + step
  if at > #ids then
    at = id + 1
    if not again then
      exhausted = true
      wrk.thread:stop()
    end
  end
  return wrk.format("POST", path, headers, '{"authId":"' .. ids[at] .. '","isAuthorized":"true","reason":""}')
end

function done(summary, latency)
  local any = false
  for _, thread in ipairs(threads) do any = any or thread:get("exhausted") end
  io.write(string.format('RESULT {"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"failed":%d,"exhausted":%s}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write +
    summary.errors.timeout, tostring(any)))
end
