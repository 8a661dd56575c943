-- Asks for random, aligned 64 KiB of a file of 100 MB.
require("report")
local piece = 65536
local last = math.floor(100000000 / piece) - 1
math.randomseed(20261122)
function request()
  local first = math.random(0, last) * piece
  wrk.headers["Range"] = string.format("bytes=%d-%d", first, first + piece - 1)
  return wrk.format("GET")
end
