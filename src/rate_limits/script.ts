import { type Count, PARTS, type Request } from "./counter.ts";

/**
 * Counts in Redis, in one step and by the server's clock, so that processes can't exceed a limit together, whatever their own
 * clocks say. A key is a hash from parts of time to counts. Like `MemoryCounter`.
 */
export const SCRIPT = `
local action, limit, window, cost = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local PARTS = ${PARTS}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local length = window / PARTS
local current = math.floor(now / length)

local entries, used = {}, 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local part, count = tonumber(fields[i]), tonumber(fields[i + 1])
  if math.abs(part - current) > PARTS then
    redis.call('HDEL', KEYS[1], fields[i])
  else
    if action == 'give_back' and fields[i] == ARGV[5] then
      count = math.max(0, count - cost)
      redis.call('HSET', KEYS[1], fields[i], count)
    end
    if count > 0 then
      used = used + count
      entries[#entries + 1] = { part = part, count = count }
    end
  end
end
table.sort(entries, function(one, other) return one.part < other.part end)

local newest = #entries > 0 and entries[#entries].part or current
local has_room = used + cost <= limit
local room_after, freed = 0, 0
if action == 'take' and has_room then
  used = used + cost
  newest = math.max(newest, current)
  current = newest
  redis.call('HINCRBY', KEYS[1], string.format('%.0f', newest), cost)
  redis.call('PEXPIRE', KEYS[1], math.ceil(window + length))
elseif not has_room then
  local part = newest
  for _, entry in ipairs(entries) do
    freed = freed + entry.count
    if freed >= used + cost - limit then part = entry.part break end
  end
  room_after = math.ceil((part + PARTS + 1) * length - now)
end
local empty_after = used > 0 and math.ceil((newest + PARTS + 1) * length - now) or 0
return { has_room and 1 or 0, used, string.format('%.0f', current), room_after, empty_after }
`;

/** The script's arguments after its one key. */
export function argumentsOf({ action, limit, window, cost, part = 0 }: Request): string[] {
  return [action, String(limit), String(window), String(cost), String(part)];
}

/** Throws if the answer isn't the script's. */
export function readCount(answer: unknown): Count {
  const [hasRoom, used, part, roomAfter, emptyAfter] = Array.isArray(answer) ? answer.map(Number) : [];
  if (emptyAfter === undefined || Number.isNaN(emptyAfter)) throw new Error("Redis gave an unknown answer");
  return { hasRoom: hasRoom === 1, used: used!, part: part!, roomAfter: roomAfter!, emptyAfter };
}
