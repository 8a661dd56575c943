-- Tells what wrk did as one line of JSON.
function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "bytes": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.bytes, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
