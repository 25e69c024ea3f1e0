-- Executions that are started, watched, measured and deleted, with some requests that are refused.
local json = { ["Content-Type"] = "application/json" }
local alive, number = {}, 0
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
wrk.headers["AI-Resource-Group"] = "tutorial"
json["Authorization"], json["AI-Resource-Group"] = wrk.headers["Authorization"], wrk.headers["AI-Resource-Group"]
local start = '{"configurationId": "' .. os.getenv("BENCH_CONFIGURATION") .. '"}'
local point = '{"executionId": "%s", "metrics": [{"name": "loss", "value": 0.5, "timestamp": "2026-01-01T00:00:00Z"}]}'

function request()
  number = number + 1
  local turn, newest = number % 10, alive[#alive] or "eabsent"
  if turn == 0 then
    return wrk.format("POST", "/v2/lm/executions", json, start)
  elseif turn == 1 and #alive > 50 then
    return wrk.format("DELETE", "/v2/lm/executions/" .. table.remove(alive, 1))
  elseif turn == 2 then
    return wrk.format("PATCH", "/v2/lm/metrics", json, string.format(point, newest))
  elseif turn == 3 then
    return wrk.format("GET", "/v2/lm/metrics?executionIds=" .. newest)
  elseif turn == 4 then
    return wrk.format("GET", "/v2/lm/executions?$top=5&status=COMPLETED")
  elseif turn == 5 then
    return wrk.format("GET", "/v2/lm/executions/$count")
  elseif turn == 6 then
    return wrk.format("GET", "/v2/lm/executions/absent-" .. number)
  elseif turn == 7 then
    return wrk.format("POST", "/v2/lm/executions", json, '{"configurationId": ' .. number .. "}")
  end
  return wrk.format("GET", "/v2/lm/executions/" .. newest)
end

function response(status, headers, body)
  local id = status == 202 and body:match('"id":"(e%x+)","message":"Execution scheduled"')
  if id then
    alive[#alive + 1] = id
  end
end

function done(summary)
  io.write(string.format('{"requests": %d, "seconds": %.6f}\n', summary.requests, summary.duration / 1e6))
end
