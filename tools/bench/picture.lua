-- wrk: UpdatePicture, every request another picture of one of many pending sessions.
-- Arguments: path, file of authIds, file of a PNG without its IEND, a number that no other run has (below 65536).
local bit = require("bit")
local threads, alphabet = 0, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

local crc_table = {}
for n = 0, 255 do
  local c = n
  for _ = 1, 8 do
    c = bit.band(c, 1) == 1 and bit.bxor(bit.rshift(c, 1), 0xedb88320) or bit.rshift(c, 1)
  end
  crc_table[n] = c
end

local function big_endian(value)
  return string.char(bit.band(bit.rshift(value, 24), 255), bit.band(bit.rshift(value, 16), 255),
                     bit.band(bit.rshift(value, 8), 255), bit.band(value, 255))
end

local function chunk(body, length)
  local c = bit.bnot(0)
  for i = 1, #body do
    c = bit.bxor(crc_table[bit.band(bit.bxor(c, body:byte(i)), 255)], bit.rshift(c, 8))
  end
  return big_endian(length) .. body .. big_endian(bit.bnot(c))
end

local pairs_of = {}
for n = 0, 4095 do
  local high, low = bit.rshift(n, 6) + 1, bit.band(n, 63) + 1
  pairs_of[n] = alphabet:sub(high, high) .. alphabet:sub(low, low)
end

local function base64(bytes)
  local out = {}
  for i = 1, #bytes, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    out[#out + 1] = pairs_of[bit.rshift(n, 12)]
    out[#out + 1] = pairs_of[bit.band(n, 4095)]
  end
  local text, surplus = table.concat(out), (3 - #bytes % 3) % 3
  return text:sub(1, #text - surplus) .. string.rep("=", surplus)
end

local ids, count, head, rest, iend, run, path = {}, 0, "", "", "", 0, ""
local headers = { ["Content-Type"] = "application/json-patch+json" }

function init(args)
  path, run = args[1], tonumber(args[4])
  for line in io.lines(args[2]) do ids[#ids + 1] = line end
  local file = assert(io.open(args[3], "rb"))
  local png = file:read("*a")
  file:close()
  -- What stays the same is encoded once: as much as fills whole groups of three bytes.
  local whole = #png - #png % 3
  head, rest, iend = base64(png:sub(1, whole)), png:sub(whole + 1), chunk("IEND", 0)
  count = id * 7919
end

function request()
  count = count + 1
  -- A comment with a number that never comes back makes it another picture.
  local text = string.format("tEXtn\0%04x%02x%08x", run, id, count)
  local tail = base64(rest .. chunk(text, #text - 4) .. iend)
  local body = '{"authId":"' .. ids[count % #ids + 1] .. '","image":"' .. head .. tail ..
               '","nextChange":30000,"UserId":"bench@example.org"}'
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency)
  io.write(string.format('RESULT {"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"failed":%d,"exhausted":false}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write +
    summary.errors.timeout))
end
